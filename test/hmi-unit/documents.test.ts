import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildSchema, type DocumentNode, Kind, validate } from 'graphql';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const schema = buildSchema(readFileSync(`${root}schema/schema.graphql`, 'utf8'));

function isDocument(value: unknown): value is DocumentNode {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === Kind.DOCUMENT;
}

/** Every document that a file of the HMI exports, by its name there. */
async function documentsOf(file: string): Promise<[string, DocumentNode][]> {
  const module: Record<string, unknown> = await import(pathToFileURL(`${root}${file}`).href);
  return Object.entries(module).flatMap(([name, value]) =>
    isDocument(value) ? [[name, value] as [string, DocumentNode]] : [],
  );
}

const files: string[] = [];
for await (const file of glob('hmi/**/{*.documents,catalogue}.ts', { cwd: root })) files.push(file);

describe('the documents of the HMI', () => {
  it('are found', () => {
    expect(files.length).toBeGreaterThanOrEqual(4);
  });

  it.each(files)('in %s ask for what the schema offers', async (file) => {
    const documents = await documentsOf(file);
    expect(documents.length).toBeGreaterThan(0);
    for (const [name, document] of documents) {
      const isFragment = document.definitions.every(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
      const errors = validate(schema, document).map(({ message }) => message);
      const relevant = isFragment ? errors.filter((message) => !message.endsWith('is never used.')) : errors;
      expect(relevant, name).toEqual([]);
    }
  });
});
