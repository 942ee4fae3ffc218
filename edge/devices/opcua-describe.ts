/** What a server says of its nodes beside their values: of which type they are and whether this user may write them. Nothing is written. */
import { AccessLevelFlag, AttributeIds, DataType } from 'node-opcua';
import type { OpcuaCalls } from './opcua-calls.ts';
import type { FoundSignal } from './opcua-paths.ts';

export interface SignalDescription {
  name: string;
  /** Of OPC UA's built-in types. */
  type: string;
  isWritable: boolean;
}

export async function describeSignals(
  { session, read }: OpcuaCalls,
  nodes: ReadonlyMap<string, FoundSignal['nodeId']>,
): Promise<SignalDescription[]> {
  const known = [...nodes].flatMap(([name, nodeId]) => (nodeId ? [{ name, nodeId }] : []));
  const levels = await read(known.map(({ nodeId }) => ({ nodeId, attributeId: AttributeIds.UserAccessLevel })));
  return await Promise.all(
    known.map(async ({ name, nodeId }, index) => {
      const flags = Number(levels[index]?.value?.value ?? 0);
      const type = await session.getBuiltInDataType(nodeId).catch(() => undefined);
      return {
        name,
        type: type === undefined ? 'unknown type' : DataType[type],
        isWritable: (flags & AccessLevelFlag.CurrentWrite) !== 0,
      };
    }),
  );
}
