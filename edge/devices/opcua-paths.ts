/** From the configuration's paths and node ids to nodes of one server, and their units. */
import { AttributeIds, coerceNodeId, makeBrowsePath, type NodeId } from 'node-opcua';
import type { MachineConfig } from '../config/machine-config.ts';
import type { OpcuaCalls } from './opcua-calls.ts';

export interface FoundSignal {
  name: string;
  nodeId: NodeId | undefined;
}

type Namespaces = Record<string, string>;

/** Signals whose path leads nowhere, or whose namespace the server does not know, have no node. */
export async function resolveSignals(calls: OpcuaCalls, config: MachineConfig): Promise<FoundSignal[]> {
  const uris = await calls.session.readNamespaceArray();
  const signals = Object.entries(config.signals);
  const paths = signals.flatMap(([, { path }]) => (path === undefined ? [] : [path]));
  const found = await resolvePaths(calls, paths, config.namespaces, uris);
  return signals.map(([name, { path, nodeId = '' }]) => ({
    name,
    nodeId: path === undefined ? parseNodeId(nodeId, config.namespaces, uris) : found.get(path),
  }));
}

export async function resolvePaths(
  calls: OpcuaCalls,
  paths: string[],
  namespaces: Namespaces,
  uris: string[],
): Promise<Map<string, NodeId>> {
  const known = paths.flatMap((path) => {
    const indexed = indexNamespaces(path, namespaces, uris);
    return indexed === undefined ? [] : [{ path, indexed }];
  });
  const results = await calls.translate(known.map(({ indexed }) => makeBrowsePath('RootFolder', indexed)));
  return new Map(
    known.flatMap(({ path }, index) => {
      const nodeId = results[index]?.targets?.[0]?.targetId;
      return nodeId ? [[path, nodeId]] : [];
    }),
  );
}

/** Prefixes become the indices of this server. Undefined when the server does not know a namespace. Throws when the configuration does not. */
export function indexNamespaces(path: string, namespaces: Namespaces, uris: string[]): string | undefined {
  let isKnown = true;
  const indexed = path.replace(/\/([A-Za-z]\w*):/g, (_match, prefix: string) => {
    const index = indexOf(prefix, path, namespaces, uris);
    if (index < 0) isKnown = false;
    return `/${index}:`;
  });
  return isKnown ? indexed : undefined;
}

function indexOf(prefix: string, where: string, namespaces: Namespaces, uris: string[]): number {
  const uri = namespaces[prefix];
  if (uri !== undefined) return uris.indexOf(uri);
  throw new Error(`${where}: the prefix ${prefix} is not in namespaces; add it with its URI`);
}

/** `V:s=x` and `nsu=URI;s=x` keep their meaning when the server numbers its namespaces anew; `ns=4;s=x` does not. */
export function parseNodeId(text: string, namespaces: Namespaces, uris: string[]): NodeId | undefined {
  const [, prefix, uri, id = text] = /^(?:([A-Za-z]\w*):|nsu=([^;]+);)(.+)$/.exec(text) ?? [];
  if (prefix === undefined && uri === undefined) return coerceNodeId(text);
  const index = prefix === undefined ? uris.indexOf(uri ?? '') : indexOf(prefix, text, namespaces, uris);
  return index < 0 ? undefined : coerceNodeId(`ns=${index};${id}`);
}

/** The units that the server gives its values (OPC 10000-8, EngineeringUnits), by signal. */
export async function readUnits(calls: OpcuaCalls, signals: FoundSignal[]): Promise<Map<string, string>> {
  const mapped = signals.flatMap(({ name, nodeId }) => (nodeId ? [{ name, nodeId }] : []));
  const paths = await calls.translate(mapped.map(({ nodeId }) => makeBrowsePath(nodeId, '.EngineeringUnits')));
  const properties = mapped.flatMap(({ name }, index) => {
    const nodeId = paths[index]?.targets?.[0]?.targetId;
    return nodeId ? [{ name, nodeId }] : [];
  });
  const values = await calls.read(properties.map(({ nodeId }) => ({ nodeId, attributeId: AttributeIds.Value })));
  return new Map(
    properties.flatMap(({ name }, index) => {
      const unit: unknown = values[index]?.value?.value?.displayName?.text;
      return typeof unit === 'string' && unit !== '' ? [[name, unit.slice(0, 40)]] : [];
    }),
  );
}
