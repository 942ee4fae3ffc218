/** The capabilities of the server (server/modules/<wing>/<capability>/) import each other in one direction. */
import { glob, readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const modules = fileURLToPath(new URL('../../server/modules', import.meta.url));

type Imports = ReadonlyMap<string, ReadonlySet<string>>;

function capabilityOf(file: string): string {
  return file.split('/').slice(0, 2).join('/');
}

/** Which other capabilities each capability imports; `import type` counts. */
async function importsOfCapabilities(): Promise<Imports> {
  const imports = new Map<string, Set<string>>();
  for await (const file of glob('**/*.ts', { cwd: modules })) {
    const own = capabilityOf(file);
    const known = imports.get(own) ?? new Set();
    imports.set(own, known);
    for (const { fileName } of ts.preProcessFile(await readFile(join(modules, file), 'utf8')).importedFiles) {
      const target = normalize(join(dirname(file), fileName));
      if (!fileName.startsWith('.') || target.startsWith('..')) continue;
      if (capabilityOf(target) !== own) known.add(capabilityOf(target));
    }
  }
  return imports;
}

/** Capabilities that import themselves by way of others, sorted. */
function onCircles(imports: Imports): string[] {
  const reachable = (from: string) => {
    const found = new Set<string>();
    const open = [...(imports.get(from) ?? [])];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (found.has(next)) continue;
      found.add(next);
      open.push(...(imports.get(next) ?? []));
    }
    return found;
  };
  return [...imports.keys()].filter((each) => reachable(each).has(each)).sort();
}

describe('capabilities that import each other', () => {
  it('are found, also by way of a third', () => {
    const imports = (of: Record<string, string[]>) => new Map(Object.entries(of).map(([k, v]) => [k, new Set(v)]));
    expect(onCircles(imports({ a: ['b'], b: ['c'], c: [] }))).toEqual([]);
    expect(onCircles(imports({ a: ['b'], b: ['a'], c: ['a'] }))).toEqual(['a', 'b']);
    expect(onCircles(imports({ a: ['b'], b: ['c'], c: ['a'], d: [] }))).toEqual(['a', 'b', 'c']);
  });

  it('do not exist', async () => {
    const imports = await importsOfCapabilities();
    expect(imports.size).toBeGreaterThan(20);
    expect([...imports.values()].some((each) => each.size > 0)).toBe(true);
    expect(onCircles(imports)).toEqual([]);
  });
});
