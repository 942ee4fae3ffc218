/** A set of images as the product would hold it: measured by its process, in an index of its own, pairs judged by its rules. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EMBEDDER, EMBEDDING_DIMENSIONS } from '../../../server/modules/images/similarity/embedding-graph.ts';
import { type JudgedPair, judgeImage } from '../../../server/modules/images/similarity/judge-image.ts';
import { openSimilarity } from '../../../server/modules/images/similarity/open-similarity.ts';
import {
  CANDIDATES,
  GROUND_NEIGHBOURS,
  NEIGHBOURS,
} from '../../../server/modules/images/similarity/pair-candidates.ts';
import type { Ground } from '../../../server/modules/images/similarity/pair-threshold.ts';
import type { MeasuredImage, SketchPlace } from '../../../server/modules/images/similarity/similarity-calls.ts';

const MAX_PIXELS = 100_000_000;

export interface LeakSet extends AsyncDisposable {
  /** Measures a file and adds it; gives its number. */
  add(file: string): Promise<number>;
  /** Measures a file and tells which of the set it is the same photograph as, without adding it. */
  ask(file: string): Promise<JudgedPair[]>;
  /** The same for one of the set. */
  askNumber(number: number): Promise<JudgedPair[]>;
}

/** `folder` takes sketches; the caller removes it. */
export async function openLeakSet(folder: string): Promise<LeakSet> {
  await mkdir(folder, { recursive: true });
  const similarity = openSimilarity();
  const place = { folder: join(folder, 'index'), embedder: EMBEDDER, dimensions: EMBEDDING_DIMENSIONS };
  const known: { place: SketchPlace; measured: MeasuredImage; ground?: Ground }[] = [];
  let asked = 0;

  const measure = async (file: string, name: string) => {
    const image = { image: file, sketch: join(folder, name) };
    const [answer] = await similarity.call('measure', { images: [image], maxPixels: MAX_PIXELS });
    if (!answer || 'error' in answer) throw new Error(`${file}: ${answer?.error ?? 'not measured'}`);
    return { place: image, measured: answer.measured };
  };
  const judge = async (image: (typeof known)[number], own: number | null) => {
    const vectors = image.measured.vector;
    const [nearest = []] = await similarity.call('nearest', { place, vectors, k: NEIGHBOURS + 1 });
    const hashes = [image.measured.perceptualHash];
    const [alike = []] = await similarity.call('likeHashes', { place, hashes, most: CANDIDATES + 1 });
    const judged = {
      place: image.place,
      nearest: nearest.map(({ number }) => number).filter((number) => number !== own),
      grounds: nearest
        .filter(({ number }) => number !== own)
        .slice(0, GROUND_NEIGHBOURS)
        .flatMap(({ number }) => known[number - 1]?.ground ?? []),
      alike: new Map(alike.filter(({ number }) => number !== own).map(({ number, bits }) => [number, bits])),
    };
    const placeOf = (number: number) => known[number - 1]?.place ?? image.place;
    const { pairs, ground } = await judgeImage(judged, placeOf, (one, others) =>
      similarity.call('compare', { image: one, others, maxPixels: MAX_PIXELS }),
    );
    image.ground = ground;
    return pairs;
  };

  return {
    async add(file) {
      const number = known.length + 1;
      const image = await measure(file, `known-${number}`);
      known.push(image);
      const { vector, perceptualHash } = image.measured;
      await similarity.call('extend', {
        place,
        numbers: [number],
        vectors: vector,
        hashes: [perceptualHash],
        last: number,
      });
      return number;
    },
    ask: async (file) => judge(await measure(file, `asked-${++asked}`), null),
    askNumber: async (number) => {
      const image = known[number - 1];
      return image ? judge(image, number) : [];
    },
    [Symbol.asyncDispose]: () => similarity.close(),
  };
}
