/** Measures a batch of a plant's images: what no other image has a say in. */
import { act } from '../../../kit/act.ts';
import type { Services } from '../../../kit/context.ts';
import { imagePath, sketchPath } from '../../../kit/paths.ts';
import { EMBEDDER } from './embedding-graph.ts';
import { similarityOf, vectorHex } from './follow-index.ts';
import { type MeasuresRow, selectToMeasure, writeMeasures } from './similarity.queries.ts';
import type { Calls } from './similarity-calls.ts';

const MOST_ERROR_LENGTH = 300;

/** True when more may wait. A file that cannot be used is noted with its reason and not tried again. */
export async function measureImages(
  services: Pick<Services, 'db' | 'hub' | 'config' | 'memory' | 'now'>,
  plantId: string,
): Promise<boolean> {
  const { db, config, memory } = services;
  const { measureBatch, imagePixels } = config.limits;
  const sha256s = await selectToMeasure(db, plantId, measureBatch);
  if (sha256s.length === 0) return false;
  const images = sha256s.map((sha256) => ({
    image: imagePath(config.home, plantId, sha256),
    sketch: sketchPath(config.home, plantId, sha256),
  }));
  const answers = await similarityOf(memory).call('measure', { images, maxPixels: imagePixels });
  const rows = answers.map((answer, index) => rowOf(sha256s[index] ?? '', answer));
  await act(services, ({ trx, now }) => writeMeasures(trx, plantId, EMBEDDER, rows, now));
  return sha256s.length === measureBatch;
}

function rowOf(sha256: string, answer: Calls['measure']['answer'][number]): MeasuresRow {
  if ('error' in answer) {
    const none = { pixelHash: null, perceptualHash: null, blurred: null, dark: null, bright: null };
    // the file's place is nobody's business
    const error = answer.error.replace(/(?:\/[^\s/:]+)+/g, 'the file').slice(0, MOST_ERROR_LENGTH);
    return { sha256, error, ...none, lowInformation: null, vector: null };
  }
  const { pixelHash, perceptualHash, quality, vector } = answer.measured;
  return {
    sha256,
    error: null,
    pixelHash: Buffer.from(pixelHash).toString('hex'),
    perceptualHash: Buffer.from(perceptualHash).toString('hex'),
    ...quality,
    vector: vectorHex(vector),
  };
}
