/** Writes ONNX graphs node by node. Opset 11, the backbone's own, so that its nodes go in unchanged. */
import onnxProto, { type onnx as Onnx } from 'onnx-proto';

const { AttributeProto, GraphProto, ModelProto, NodeProto, StringStringEntryProto, TensorProto, ValueInfoProto } =
  onnxProto.onnx;

export type ModelProto = Onnx.ModelProto;
export type NodeProto = Onnx.NodeProto;
export type AttributeValue = number | string | number[] | { float: number };

export const ELEMENT = { float: 1, uint8: 2, int64: 7 } as const;
type ElementType = keyof typeof ELEMENT;

const OPSET = 11;
const IR_VERSION = 6;

export interface GraphBuilder {
  /** Appends a node and gives the name of its (first) output. */
  op(type: string, inputs: string[], attributes?: Record<string, AttributeValue>, outputs?: string[]): string;
  append(nodes: readonly NodeProto[]): void;
  floats(data: ArrayLike<number>, dims: number[], name?: string): string;
  ints(data: readonly number[], dims?: number[]): string;
  input(name: string, type: ElementType, dims: (number | string)[]): string;
  /** Declares `value` as the graph's output `name`. */
  output(name: string, value: string, dims: (number | string)[]): void;
  build(name: string, metadata?: Record<string, string>): Uint8Array;
}

export function createGraphBuilder(): GraphBuilder {
  const nodes: NodeProto[] = [];
  const initializers: Onnx.TensorProto[] = [];
  const inputs: Onnx.ValueInfoProto[] = [];
  const outputs: Onnx.ValueInfoProto[] = [];
  let count = 0;
  const fresh = (hint: string) => `lehr.${hint}.${count++}`;

  const builder: GraphBuilder = {
    op(type, from, attributes = {}, to = [fresh(type)]) {
      nodes.push(node(type, from, to, attributes));
      return to[0] ?? '';
    },
    append(more) {
      nodes.push(...more);
    },
    floats(data, dims, name = fresh('floats')) {
      initializers.push(floatTensor(name, data, dims));
      return name;
    },
    ints(data, dims = [data.length]) {
      const name = fresh('ints');
      const values = BigInt64Array.from(data, (value) => BigInt(value));
      const rawData = new Uint8Array(values.buffer);
      initializers.push(TensorProto.create({ name, dims, dataType: ELEMENT.int64, rawData }));
      return name;
    },
    input(name, type, dims) {
      inputs.push(valueInfo(name, type, dims));
      return name;
    },
    output(name, value, dims) {
      nodes.push(node('Identity', [value], [name], {}));
      outputs.push(valueInfo(name, 'float', dims));
    },
    build(name, metadata = {}) {
      const model = ModelProto.create({
        irVersion: IR_VERSION,
        producerName: 'lehr',
        opsetImport: [{ domain: '', version: OPSET }],
        graph: GraphProto.create({ name, node: nodes, initializer: initializers, input: inputs, output: outputs }),
        metadataProps: Object.entries(metadata).map(([key, value]) => StringStringEntryProto.create({ key, value })),
      });
      return ModelProto.encode(model).finish();
    },
  };
  return builder;
}

export function node(
  opType: string,
  input: string[],
  output: string[],
  attributes: Record<string, AttributeValue>,
): NodeProto {
  const attribute = Object.entries(attributes).map(([name, value]) => {
    const { INT, FLOAT, STRING, INTS } = AttributeProto.AttributeType;
    if (typeof value === 'number') return AttributeProto.create({ name, type: INT, i: value });
    if (typeof value === 'string')
      return AttributeProto.create({ name, type: STRING, s: new TextEncoder().encode(value) });
    if (Array.isArray(value)) return AttributeProto.create({ name, type: INTS, ints: value });
    return AttributeProto.create({ name, type: FLOAT, f: value.float });
  });
  return NodeProto.create({ name: output[0] ?? '', opType, input, output, attribute });
}

export function constantNode(name: string, data: ArrayLike<number>, dims: number[]): NodeProto {
  const { TENSOR } = AttributeProto.AttributeType;
  const value = AttributeProto.create({ name: 'value', type: TENSOR, t: floatTensor(name, data, dims) });
  return NodeProto.create({ name, opType: 'Constant', output: [name], attribute: [value] });
}

export function decodeModel(bytes: Uint8Array): ModelProto {
  return ModelProto.decode(bytes);
}

function floatTensor(name: string, data: ArrayLike<number>, dims: number[]) {
  const rawData = new Uint8Array(Float32Array.from(data).buffer);
  return TensorProto.create({ name, dims, dataType: ELEMENT.float, rawData });
}

function valueInfo(name: string, type: ElementType, dims: (number | string)[]) {
  const dim = dims.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return ValueInfoProto.create({ name, type: { tensorType: { elemType: ELEMENT[type], shape: { dim } } } });
}
