/**
 * A model after the artifact's contract that is small enough to build in a test: each cell of 8 × 8 px is as anomalous as it is
 * bright, the score is the brightest cell. A black image passes with 0, a white spot rejects.
 */
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { signArtifact } from '#schema/artifact-signature.ts';
import { MANIFEST_KEY, type ModelManifest } from '#schema/model-manifest.ts';
import { createGraphBuilder } from '../../../server/onnx/onnx-builder.ts';

const MANIFEST: ModelManifest = {
  format: 1,
  kind: 'anomaly',
  input: { scale: 1, kernel: 'linear', maxPixels: 1_000_000 },
  thresholds: { reject: 0.5, uncertain: 0.4, outline: 0.5 },
  calibration: {
    method: 'out-of-fold',
    falseRejectTarget: 0.01,
    confidence: 0.9,
    images: 1,
    imagesMissing: 229,
    distanceAtReject: 5,
    distanceScale: 5,
  },
  training: {
    seed: 1,
    backbone: { package: 'none', version: '0', sha256: '0'.repeat(64) },
    images: 1,
    memory: 1,
    parameters: {},
  },
  producer: 'lehr test',
};

/** `name` makes files that differ in bytes and not in what they do. */
export function tinyModel(name = 'brightness'): Uint8Array {
  const graph = createGraphBuilder();
  const image = graph.input('image', 'uint8', ['h', 'w', 3]);
  const pixels = graph.op('Cast', [image], { to: 1 });
  const grey = graph.op('ReduceMean', [pixels], { axes: [2], keepdims: 0 });
  const share = graph.op('Div', [grey, graph.floats([255], [1])]);
  const planes = graph.op('Unsqueeze', [share], { axes: [0, 1] });
  const cells = graph.op('AveragePool', [planes], { kernel_shape: [8, 8], strides: [8, 8], ceil_mode: 1 });
  const map = graph.op('Squeeze', [cells], { axes: [0, 1] });
  const score = graph.op('Reshape', [graph.op('ReduceMax', [map], { keepdims: 0 }), graph.ints([1])]);
  graph.output('score', score, [1]);
  graph.output('distance', graph.op('Mul', [score, graph.floats([10], [1])]), [1]);
  graph.output('anomaly_map', map, ['mh', 'mw']);
  return graph.build(name, { [MANIFEST_KEY]: JSON.stringify(MANIFEST) });
}

export interface SigningKey {
  id: string;
  /** SPKI, base64: what a node trusts. */
  publicKey: string;
  privateKey: KeyObject;
}

export function makeSigningKey(): SigningKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).toString('base64');
  return { id: createHash('sha256').update(publicKey).digest('hex').slice(0, 16), publicKey, privateKey };
}

export interface TestArtifact {
  bytes: Uint8Array;
  sha256: string;
  signature: string;
  signingKeyId: string;
}

export function signedModel(key: SigningKey, name?: string): TestArtifact {
  const bytes = tinyModel(name);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { bytes, sha256, signature: signArtifact(sha256, key.privateKey), signingKeyId: key.id };
}

/** PNG of 64 × 48 px: black, with a white spot of 16 × 16 px at (16, 16) when it is defective. `mark` makes each file's bytes its own. */
export async function testImage(options: { isDefective?: boolean; mark?: number } = {}): Promise<Buffer> {
  const width = 64;
  const height = 48;
  const pixels = Buffer.alloc(width * height * 3);
  if (options.isDefective) {
    for (let y = 16; y < 32; y++) pixels.fill(255, (y * width + 16) * 3, (y * width + 32) * 3);
  }
  pixels.writeUInt32BE(options.mark ?? 0, (width * height - 2) * 3);
  // The mark's bytes may be bright, but two pixels of a cell are not.
  return await sharp(pixels, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 1 })
    .toBuffer();
}

export async function writeImages(
  folder: string,
  names: string[],
  isDefective = (_index: number) => false,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [mark, name] of names.entries()) {
    await writeFile(join(folder, name), await testImage({ isDefective: isDefective(mark), mark }));
  }
}
