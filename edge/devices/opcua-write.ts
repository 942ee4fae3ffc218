/** Writing the value of a node in the type that the node has. */
import { AttributeIds, type ClientSession, DataType, type NodeId, Variant } from 'node-opcua';
import type { Json } from '../pipeline/frame.ts';

export interface WriteTarget {
  name: string;
  nodeId: NodeId;
  /** Undefined before a value was heard: then the node is asked. */
  type: DataType | undefined;
}

const NUMBERS = new Set([
  DataType.SByte,
  DataType.Byte,
  DataType.Int16,
  DataType.UInt16,
  DataType.Int32,
  DataType.UInt32,
  DataType.Float,
  DataType.Double,
]);

/** Rejects, with what to do about it, when the node takes values of another kind or the server refuses this one. */
export async function writeNode(
  session: ClientSession,
  { name, nodeId, type }: WriteTarget,
  value: Json,
): Promise<void> {
  const dataType = type ?? (await session.getBuiltInDataType(nodeId));
  const status = await session.write({
    nodeId,
    attributeId: AttributeIds.Value,
    value: { value: writableVariant(name, value, dataType) },
  });
  if (!status.isGood())
    throw new Error(`the machine does not take ${JSON.stringify(value)} for ${name}: ${status.name}`);
}

function writableVariant(name: string, value: Json, dataType: DataType): Variant {
  const fits =
    (dataType === DataType.Boolean && typeof value === 'boolean') ||
    (dataType === DataType.String && typeof value === 'string') ||
    (NUMBERS.has(dataType) && typeof value === 'number');
  if (fits) return new Variant({ dataType, value });
  throw new Error(`${name} is of type ${DataType[dataType]} and takes no ${JSON.stringify(value)}; map another node`);
}
