/** The edge's only way to the model runtime. Runs in the child process of one model: `run` blocks its event loop. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { type ModelManifest, readModelManifest } from '#schema/model-manifest.ts';

export interface ModelInputImage {
  /** RGB, row-major, [height, width, 3]. */
  data: Uint8Array;
  width: number;
  height: number;
}

export interface ModelOutput {
  /** Calibrated, 0 to 1. */
  score: number;
  distance: number;
  map: { values: Float32Array; width: number; height: number };
}

export interface LoadedModel {
  manifest: ModelManifest;
  run(image: ModelInputImage): Promise<ModelOutput>;
}

/** Any size that a graph must accept; the first run allocates what the later ones reuse. */
const WARM_SIDE_PX = 64;

/**
 * Loads and warms the model. The bytes that are hashed are the bytes that are loaded: a file changed after its signature
 * was verified is refused. Throws also when the file is no model after the contract.
 */
export async function loadModel(path: string, sha256: string, intraOpThreads: number): Promise<LoadedModel> {
  const file = await readFile(path);
  const actual = createHash('sha256').update(file).digest('hex');
  if (actual !== sha256)
    throw new Error(`${path} has the SHA-256 ${actual}, expected ${sha256}; it was changed after its signature`);
  const manifest = readModelManifest(file);
  const session = await InferenceSession.create(file, {
    intraOpNumThreads: intraOpThreads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    // A spinning thread would take the core that the next part's decoding needs.
    extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
  });

  const run = async ({ data, width, height }: ModelInputImage): Promise<ModelOutput> => {
    const outputs = await session.run({ image: new Tensor('uint8', data, [height, width, 3]) });
    const score = numbers(outputs, 'score', 1)[0] ?? Number.NaN;
    const distance = numbers(outputs, 'distance', 1)[0] ?? Number.NaN;
    const [mapHeight = 0, mapWidth = 0] = outputs.anomaly_map?.dims ?? [];
    const values = numbers(outputs, 'anomaly_map', mapHeight * mapWidth);
    if (!(score >= 0 && score <= 1)) throw new Error(`output "score" is ${score}, expected 0 to 1`);
    return { score, distance, map: { values, width: mapWidth, height: mapHeight } };
  };
  await run({ data: new Uint8Array(WARM_SIDE_PX * WARM_SIDE_PX * 3), width: WARM_SIDE_PX, height: WARM_SIDE_PX });
  return { manifest, run };
}

function numbers(outputs: InferenceSession.OnnxValueMapType, name: string, length: number): Float32Array {
  const value = outputs[name];
  if (!(value instanceof Tensor) || !(value.data instanceof Float32Array) || value.data.length !== length) {
    throw new Error(
      `output "${name}" is not float32 with ${length} values; the artifact breaks the contract of a model`,
    );
  }
  return value.data;
}
