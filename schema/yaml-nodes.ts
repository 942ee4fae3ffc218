/** What readYaml looks up in the nodes that a YAML document was composed to. Each goes through them once. */
import { isAlias, isMap, isNode, isScalar, isSeq, type Node } from 'yaml';

export interface WrongNode {
  offset: number;
  value: string | null;
  remedy: string;
}

/**
 * Keys that are there twice, keys that are no text, and aliases of nothing or of what they stand in, in the order of the file.
 * The parser's own check of keys compares each with all before it.
 */
export function findWrongNodes(root: unknown): WrongNode[] {
  const found: WrongNode[] = [];
  const anchors = new Set<string>();
  const walk = (node: unknown): void => {
    if (isAlias(node)) {
      if (!anchors.has(node.source))
        wrong(node, `*${node.source}`, 'write it out, or give it an anchor that ends before it');
      return;
    }
    if (isSeq(node)) for (const item of node.items) walk(item);
    if (isMap(node)) walkMap(node.items);
    if (isNode(node) && 'anchor' in node && node.anchor) anchors.add(node.anchor);
  };
  const walkMap = (pairs: readonly { key: unknown; value: unknown }[]): void => {
    const known = new Set<string>();
    for (const { key, value } of pairs) {
      if (!isScalar(key)) wrong(key, null, 'give a text as the key, not a list, a map or an alias');
      else if (known.has(nameOf(key.value))) wrong(key, nameOf(key.value), 'correct the YAML: Map keys must be unique');
      else known.add(nameOf(key.value));
      if (isScalar(key)) walk(key);
      walk(value);
    }
  };
  const wrong = (node: unknown, value: string | null, remedy: string) =>
    found.push({ offset: offsetOf(node), value: value?.slice(0, 200) ?? null, remedy });
  walk(root);
  return found;
}

/** Finds the deepest node on a path. Looks through a map once, however many of its keys are asked for. */
export function createNodeFinder(root: unknown): (path: readonly (string | number)[]) => Node | undefined {
  const known = new WeakMap<object, Map<string, unknown>>();
  const step = (node: unknown, part: string | number): unknown => {
    if (isSeq(node)) return node.items[Number(part)];
    if (!isMap(node)) return undefined;
    const values =
      known.get(node) ?? new Map(node.items.map(({ key, value }) => [isScalar(key) ? nameOf(key.value) : '', value]));
    known.set(node, values);
    return values.get(String(part));
  };
  return (path) => {
    let found = isNode(root) ? root : undefined;
    for (const part of path) {
      const next = step(found, part);
      if (!isNode(next)) return found;
      found = next;
    }
    return found;
  };
}

export function offsetOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}

/** As the key is called in the object that is made of the map. */
function nameOf(key: unknown): string {
  return key === null ? '' : String(key);
}
