/**
 * The scoring child: `fork('score-process.ts', [MODEL.onnx, THREADS])`. Reads the manifest out of the file, prepares images
 * and runs the graph just as an edge node does. Answers one `ScoreRequest` with one `ScoreAnswer`, in order.
 */
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { readModelManifest } from '#schema/model-manifest.ts';
import { prepareImage } from '#schema/prepare-image.ts';
import { loadModel } from '../../../onnx/load-model.ts';

export interface ScoreRequest {
  id: number;
  path: string;
}

export interface ImageScore {
  score: number;
  distance: number;
  /** [h, w] cells, row-major, on the score's scale. */
  anomalyMap: { data: Float32Array; h: number; w: number };
  /** Size of the scaled image that the cells lie on, in pixels. */
  width: number;
  height: number;
  /** Decoding and scaling, and the graph alone. */
  prepareMs: number;
  graphMs: number;
}

export type ScoreAnswer =
  | { id: number; image: ImageScore; peakRssMb: number }
  | { id: number; error: string }
  | { ready: true }
  | { fatal: string };

process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit());
sharp.cache(false);
sharp.concurrency(1);

try {
  const [modelFile = '', threads = '1'] = process.argv.slice(2);
  const bytes = await readFile(modelFile);
  const manifest = readModelManifest(bytes);
  const model = await loadModel(bytes, { intraOpNumThreads: Number(threads) });

  const score = async (path: string): Promise<ImageScore> => {
    const started = performance.now();
    const { data, width, height } = await prepareImage(path, manifest.input);
    const prepared = performance.now();
    const result = await model.run({ image: { type: 'uint8', data, dims: [height, width, 3] } });
    const done = performance.now();
    const [h = 0, w = 0] = result.anomaly_map?.dims ?? [];
    return {
      score: result.score?.data[0] ?? Number.NaN,
      distance: result.distance?.data[0] ?? Number.NaN,
      anomalyMap: { data: result.anomaly_map?.data ?? new Float32Array(), h, w },
      width,
      height,
      prepareMs: prepared - started,
      graphMs: done - prepared,
    };
  };

  let queue = Promise.resolve();
  process.on('message', ({ id, path }: ScoreRequest) => {
    queue = queue.then(async () => {
      try {
        answer({ id, image: await score(path), peakRssMb: process.resourceUsage().maxRSS / 1024 });
      } catch (error) {
        answer({ id, error: error instanceof Error ? error.message : String(error) });
      }
    });
  });
  answer({ ready: true });
} catch (error) {
  answer({ fatal: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
  process.disconnect();
}

function answer(message: ScoreAnswer): void {
  process.send?.(message);
}
