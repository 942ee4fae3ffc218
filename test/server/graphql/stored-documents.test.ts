import { buildSchema } from 'graphql';
import { expect, it } from 'vitest';
import { compileOperations } from '../../../server/graphql/compiled.ts';
import { hashOf, readPersistedOperations } from '../../../server/graphql/persisted-operations.ts';
import { readStoredDocuments } from '../../../server/graphql/stored-documents.ts';
import { silentLog } from '../../../server/kit/log.ts';
import { makeTemporaryFolder, writeTree } from '../../support/temporary-folder.ts';

const schema = buildSchema('type Query { hello: String! }');
const good = 'query Good { hello }';

it('keeps what the schema knows and tells of the rest', () => {
  const texts = [good, 'query Gone { bye }', 'query Broken {'];
  const persisted = { find: () => undefined, has: (text: string) => texts.includes(text), texts: () => texts };
  const told: unknown[] = [];
  const log = { ...silentLog, warn: (...facts: unknown[]) => void told.push(facts[0]) };
  const documents = readStoredDocuments({ schema, persisted, queryTokens: 100, rules: [], log });
  expect([...documents.keys()]).toEqual([good]);
  expect(told).toMatchObject([{ operation: 'query Gone { bye }' }, { operation: 'query Broken {' }]);

  const operations = compileOperations(schema, () => true);
  for (const document of documents.values()) operations.prepare(document);
  for (const document of documents.values()) {
    for (const operationName of [undefined, 'Good']) {
      const answer = operations.execute({ schema, document, operationName, rootValue: { hello: 'you' } });
      expect(answer).toEqual({ data: { hello: 'you' } });
    }
  }
});

it('takes operations of other versions from files, and refuses a file that does not hold what it says', async () => {
  const folder = await makeTemporaryFolder('operations');
  await writeTree(folder.path, {
    'more.json': JSON.stringify({ [hashOf(good)]: good }),
    'wrong.json': JSON.stringify({ [hashOf(good)]: `${good} ` }),
    'list.json': '[]',
  });
  const read = (name: string) => readPersistedOperations([`${folder.path}/${name}`]);
  expect(read('more.json').find(hashOf(good))).toBe(good);
  expect(read('more.json').has('query EdgeNodePlan { viewer { tokenName } }')).toBe(false);
  for (const name of ['wrong.json', 'list.json', 'gone.json']) expect(() => read(name)).toThrow(name);
  await folder.remove();
});
