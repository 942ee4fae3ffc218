/** Where a signal leads, so that two signals of one path or node id are found whatever prefixes they are written with. */
import type { MachineConfig } from './machine-config.ts';

/** Undefined for a signal that the machine does not have. A path and a node id that lead to one node have different keys: only the machine knows. */
export function nodeKey(
  { endpoint, namespaces, signals }: Pick<MachineConfig, 'endpoint' | 'namespaces' | 'signals'>,
  signal: string,
): string | undefined {
  if (!Object.hasOwn(signals, signal)) return undefined;
  const { path, nodeId = '' } = signals[signal] ?? {};
  const uriOf = (prefix: string) => namespaces[prefix] ?? prefix;
  const where =
    path === undefined
      ? nodeId.replace(
          /^nsu=([^;]+);|^([A-Za-z]\w*):(?=[isgb]=)/,
          (_all, uri?: string, prefix = '') => `{${uri ?? uriOf(prefix)}}`,
        )
      : path.replace(/\/([A-Za-z]\w*):/g, (_all, prefix: string) => `/{${uriOf(prefix)}}`);
  return `${endpoint} ${where}`;
}
