/**
 * The server's only door to the model runtime. Runs only in child processes (training, scoring): `run()` is a synchronous
 * native call behind a promise, and released sessions do not give their memory back (microsoft/onnxruntime#19611, #25325).
 */
import { createRequire } from 'node:module';
import type * as Ort from 'onnxruntime-node';

// The package is CommonJS with getters, which Node's named-import detection does not see.
const ort = createRequire(import.meta.url)('onnxruntime-node') as typeof Ort;

export interface Tensor {
  type: 'float32' | 'uint8';
  data: Float32Array | Uint8Array;
  dims: readonly number[];
}

export interface FloatTensor {
  data: Float32Array;
  dims: readonly number[];
}

export interface LoadedModel {
  /** Copies nothing in; the output arrays belong to the caller. Throws when shapes or names do not fit the graph. */
  run(inputs: Record<string, Tensor>): Promise<Record<string, FloatTensor>>;
  release(): Promise<void>;
}

export interface LoadOptions {
  /** Threads of one operator. 1 on the line: several models share two cores there. */
  intraOpNumThreads: number;
}

/** How a session is made, the same on server and edge: no busy waiting for work, one operator at a time. */
export function sessionOptions({ intraOpNumThreads }: LoadOptions): Ort.InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    intraOpNumThreads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: '0' }, set_denormal_as_zero: '1' } },
  };
}

/** Loads an ONNX file or its bytes. Throws when it is damaged or uses operators that the runtime does not know. */
export async function loadModel(model: string | Uint8Array, options: LoadOptions): Promise<LoadedModel> {
  const settings = sessionOptions(options);
  // Two overloads; a union argument fits neither.
  const session =
    typeof model === 'string'
      ? await ort.InferenceSession.create(model, settings)
      : await ort.InferenceSession.create(model, settings);
  return {
    async run(inputs) {
      const feeds = Object.fromEntries(
        Object.entries(inputs).map(([name, { type, data, dims }]) => [name, new ort.Tensor(type, data, dims)]),
      );
      const results = await session.run(feeds);
      return Object.fromEntries(
        Object.entries(results).map(([name, tensor]) => {
          if (!(tensor.data instanceof Float32Array))
            throw new Error(`model output "${name}": is ${tensor.type}, not float32`);
          return [name, { data: tensor.data, dims: tensor.dims }];
        }),
      );
    },
    release: () => session.release(),
  };
}
