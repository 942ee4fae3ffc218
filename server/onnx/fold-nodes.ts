/**
 * Folds what the backbone computes in many small passes over memory: `Conv · a + b` with scalars into the convolution's
 * own weights, and `x · clip(x + 3, 0, 6) / 6` into `x · HardSigmoid(x)`. onnxruntime does neither by itself at opset 11.
 */
import { constantNode, type NodeProto, node } from './onnx-builder.ts';

interface Constant {
  data: Float32Array;
  dims: number[];
}

/** Equal up to rounding at every tensor of `keep`. Nodes that became unused stay in the list. */
export function foldNodes(nodes: readonly NodeProto[], keep: readonly string[]): NodeProto[] {
  const constants = readConstants(nodes);
  const consumers = new Map<string, NodeProto[]>();
  for (const each of nodes) {
    for (const name of each.input) consumers.set(name, [...(consumers.get(name) ?? []), each]);
  }
  const folded = new Set<NodeProto>();
  /** The only reader of a tensor that nobody else needs. */
  const soleConsumer = (tensor: string, opType: string): NodeProto | undefined => {
    const readers = consumers.get(tensor) ?? [];
    return !keep.includes(tensor) && readers.length === 1 && readers[0]?.opType === opType ? readers[0] : undefined;
  };
  const scalarBeside = (operation: NodeProto, tensor: string): number | undefined => {
    const other = constants.get(operation.input.find((name) => name !== tensor) ?? '');
    return other?.data.length === 1 ? other.data[0] : undefined;
  };

  const foldConvolution = (conv: NodeProto): NodeProto[] => {
    const weights = constants.get(conv.input[1] ?? '');
    if (!weights) return [conv];
    const outputs = weights.dims[0] ?? 0;
    let { data } = weights;
    let bias: Float32Array = constants.get(conv.input[2] ?? '')?.data ?? new Float32Array(outputs);
    let output = conv.output[0] ?? '';
    for (;;) {
      const next = soleConsumer(output, 'Mul') ?? soleConsumer(output, 'Add');
      const scalar = next && scalarBeside(next, output);
      if (!next || scalar === undefined) break;
      if (next.opType === 'Mul') {
        data = data.map((value) => value * scalar);
        bias = bias.map((value) => value * scalar);
      } else bias = bias.map((value) => value + scalar);
      folded.add(next);
      output = next.output[0] ?? '';
    }
    if (output === conv.output[0]) return [conv];
    const [weightName, biasName] = [`${output}.weight`, `${output}.bias`];
    conv.input = [conv.input[0] ?? '', weightName, biasName];
    conv.output = [output];
    return [constantNode(weightName, data, weights.dims), constantNode(biasName, bias, [outputs]), conv];
  };

  const foldHardSwish = (add: NodeProto): NodeProto[] => {
    const [x = '', sum = ''] = [add.input[0], add.output[0]];
    const clip = scalarBeside(add, x) === 3 ? soleConsumer(sum, 'Clip') : undefined;
    const product = clip && soleConsumer(clip.output[0] ?? '', 'Mul');
    const quotient = product?.input.includes(x) ? soleConsumer(product.output[0] ?? '', 'Div') : undefined;
    if (!clip || !product || !quotient || scalarBeside(quotient, product.output[0] ?? '') !== 6) return [add];
    for (const each of [clip, product, quotient]) folded.add(each);
    return [
      node('HardSigmoid', [x], [sum], { alpha: { float: 1 / 6 }, beta: { float: 0.5 } }),
      node('Mul', [x, sum], quotient.output, {}),
    ];
  };

  return nodes.flatMap((each) => {
    if (folded.has(each)) return [];
    if (each.opType === 'Conv') return foldConvolution(each);
    return each.opType === 'Add' ? foldHardSwish(each) : [each];
  });
}

function readConstants(nodes: readonly NodeProto[]): Map<string, Constant> {
  const constants = new Map<string, Constant>();
  for (const each of nodes) {
    const tensor = each.opType === 'Constant' ? each.attribute?.[0]?.t : undefined;
    if (!tensor?.rawData || tensor.dataType !== 1) continue;
    const raw = tensor.rawData;
    // A copy: the bytes lie unaligned inside the file's buffer.
    const data = new Float32Array(Uint8Array.from(raw).buffer);
    constants.set(each.output[0] ?? '', { data, dims: (tensor.dims ?? []).map(Number) });
  }
  return constants;
}
