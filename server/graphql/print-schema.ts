/** Prints the schema to `schema/schema.graphql`; with `--check` compares and exits 1 when the file is stale. */
import { readFile, writeFile } from 'node:fs/promises';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { assertEverythingIsDescribed } from './rules.ts';
import { schema } from './schema.ts';

const file = new URL('../../schema/schema.graphql', import.meta.url);
const printed = `${printSchema(lexicographicSortSchema(schema))}\n`;

if (process.argv.includes('--check')) {
  assertEverythingIsDescribed(schema);
  if ((await readFile(file, 'utf8')) !== printed) {
    console.error('schema/schema.graphql is stale: run `npm run print-schema` and commit the file.');
    process.exitCode = 1;
  }
} else {
  await writeFile(file, printed);
}
