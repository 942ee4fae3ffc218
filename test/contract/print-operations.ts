/**
 * Prints `schema/operations.json`: what HMI and edge say to the server, by the SHA-256 of its text, as they send the hash instead of it.
 * With `--check` compares and exits 1 when the file is stale.
 */
import { createHash } from 'node:crypto';
import { glob, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { stringifyDocument } from '@urql/core';
import { type DocumentNode, Kind, parse } from 'graphql';

const root = fileURLToPath(new URL('../../', import.meta.url));
const file = `${root}schema/operations.json`;

/** Texts as they are sent, by their operation's name. Throws when two operations have one name. */
export async function storedOperations(): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  const keep = (text: string) => {
    const [operation] = parse(text).definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
    if (operation?.kind !== Kind.OPERATION_DEFINITION) return;
    const name = operation.name?.value;
    if (name === undefined) throw new Error(`An operation of HMI or edge has no name: ${text.slice(0, 80)}`);
    if (texts.has(name) && texts.get(name) !== text) throw new Error(`Two operations are named ${name}`);
    texts.set(name, text);
  };
  for (const document of await exportsOf('hmi/**/{*.documents,catalogue}.ts', isDocument)) {
    keep(stringifyDocument(document));
  }
  for (const text of await exportsOf('edge/uplink/documents.ts', (value) => typeof value === 'string')) keep(text);
  return new Map([...texts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

export async function printOperations(): Promise<string> {
  const entries = [...(await storedOperations()).values()].map((text) => [hashOf(text), text]);
  return `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`;
}

async function exportsOf<T>(pattern: string, isWanted: (value: unknown) => value is T): Promise<T[]> {
  const found: T[] = [];
  for await (const path of glob(pattern, { cwd: root })) {
    const module: Record<string, unknown> = await import(pathToFileURL(`${root}${path}`).href);
    found.push(...Object.values(module).filter(isWanted));
  }
  return found;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

function isDocument(value: unknown): value is DocumentNode {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === Kind.DOCUMENT;
}

if (import.meta.main) {
  const printed = await printOperations();
  if (!process.argv.includes('--check')) await writeFile(file, printed);
  else if ((await readFile(file, 'utf8').catch(() => '')) !== printed) {
    console.error('schema/operations.json is stale: run `npm run print-schema` and commit the file.');
    process.exitCode = 1;
  }
}
