/**
 * What a model artifact says about itself. The JSON lies inside the ONNX file (metadata_props, key `lehr.manifest`),
 * so the file alone tells the edge how to prepare an image and the server how the model came to be.
 */
import { z } from 'zod';

export const MANIFEST_KEY = 'lehr.manifest';

/** How an image becomes the graph's uint8 [H, W, 3] input. `maxPixels` bounds the decoded image, and with `scale` the graph's memory. */
export const modelInputSchema = z.strictObject({
  scale: z.number().positive().max(16),
  kernel: z.enum(['nearest', 'linear', 'cubic', 'mitchell', 'lanczos2', 'lanczos3']),
  maxPixels: z.int().positive().max(268_435_456),
});

const probability = z.number().gt(0).lt(1);

export const modelManifestSchema = z.strictObject({
  format: z.literal(1),
  kind: z.literal('anomaly'),
  input: modelInputSchema,
  /** On the calibrated scale: reject at `reject` and above; "uncertain" from `uncertain` up to it; cells at `outline` and above are drawn. */
  thresholds: z.strictObject({
    reject: z.literal(0.5),
    uncertain: z.number().min(0).max(0.5),
    outline: z.literal(0.5),
  }),
  calibration: z.strictObject({
    /**
     * `order-statistic`: the false-reject rate is at most the target with the stated confidence (split conformal, Beta law).
     * `out-of-fold`: a best estimate from cross-fitted scores, without that promise.
     */
    method: z.enum(['order-statistic', 'out-of-fold']),
    falseRejectTarget: probability,
    confidence: probability,
    /** Good images whose scores set the threshold. */
    images: z.int().positive(),
    /** Good images still missing, over all that were given, until the promise can be made; 0 when it is made. */
    imagesMissing: z.int().nonnegative(),
    /** Raw distance that maps to the score 0.5. */
    distanceAtReject: z.number(),
    /** Raw distance from a typical good image to the threshold: the unit of the calibrated scale. */
    distanceScale: z.number().positive(),
  }),
  training: z.strictObject({
    seed: z.int().nonnegative(),
    backbone: z.strictObject({ package: z.string(), version: z.string(), sha256: z.string() }),
    /** Distinct good images that were used; exact duplicates count once. */
    images: z.int().positive(),
    /** Patches in the nearest-neighbour memory. */
    memory: z.int().positive(),
    parameters: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
  }),
  producer: z.string(),
});

export type ModelManifest = z.infer<typeof modelManifestSchema>;
export type ModelInput = ModelManifest['input'];

/**
 * Reads the manifest out of an ONNX file's bytes without decoding the graph: a walk over the top-level fields of
 * ModelProto (onnx.proto3, field 14 `metadata_props`). Throws when the bytes are no ONNX file or carry no valid manifest.
 */
export function readModelManifest(file: Uint8Array): ModelManifest {
  const text = findMetadata(file, MANIFEST_KEY);
  if (text === undefined)
    throw new Error(`model file: metadata "${MANIFEST_KEY}" is missing; use a file that the Lehr trainer wrote`);
  const parsed = modelManifestSchema.safeParse(parseJson(text));
  if (!parsed.success)
    throw new Error(`model file: metadata "${MANIFEST_KEY}" is invalid: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`model file: metadata "${MANIFEST_KEY}" is not JSON`, { cause });
  }
}

function findMetadata(file: Uint8Array, key: string): string | undefined {
  for (const field of fieldsOf(file)) {
    if (field.number !== 14 || !field.bytes) continue;
    const entry = [...fieldsOf(field.bytes)];
    const text = (number: number) => new TextDecoder().decode(entry.find((part) => part.number === number)?.bytes);
    if (text(1) === key) return text(2);
  }
  return undefined;
}

/** The fields of one protobuf message in file order; `bytes` only for length-delimited ones. */
function* fieldsOf(message: Uint8Array): Generator<{ number: number; bytes?: Uint8Array }> {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message[at++];
      if (byte === undefined || factor > 2 ** 63)
        throw new Error('model file: not a readable ONNX file (truncated or damaged)');
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    const wireType = tag % 8;
    if (wireType === 0) varint();
    else if (wireType === 1) at += 8;
    else if (wireType === 5) at += 4;
    else if (wireType === 2) {
      const length = varint();
      if (at + length > message.length) throw new Error('model file: not a readable ONNX file (truncated or damaged)');
      yield { number, bytes: message.subarray(at, at + length) };
      at += length;
      continue;
    } else throw new Error('model file: not a readable ONNX file (truncated or damaged)');
    yield { number };
  }
}
