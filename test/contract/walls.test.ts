/** The walls between the parts of the house (dependency-cruiser's rules): each stops what it should, and the house keeps to them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cruise, checkedFolders, cruise, wallNames } from '../support/cruise.ts';
import { makeTemporaryFolder, type TemporaryFolder, writeTree } from '../support/temporary-folder.ts';
import { allowedImports, forbiddenImports } from './planted-imports.ts';

const dependencies = [
  ...['gql.tada', 'zod', 'kysely', 'graphql-yoga', 'ws', 'node-opcua', 'sharp', 'solid-js', '@urql/solid'],
  'onnxruntime-node',
];
const devDependencies = ['vitest'];

/** Packages as far as the resolver looks at them. */
function standInPackages(names: string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => [
      [`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' })],
      [`node_modules/${name}/index.js`, 'export const a = 1;'],
    ]),
  );
}

function versions(names: string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, '1.0.0']));
}

describe('planting a forbidden import', () => {
  let house: TemporaryFolder;
  let found: Cruise;

  beforeAll(async () => {
    house = await makeTemporaryFolder('walls');
    await writeTree(house.path, {
      'package.json': JSON.stringify({
        name: 'house',
        type: 'module',
        imports: { '#schema/*': './schema/*' },
        dependencies: versions(dependencies),
        devDependencies: versions(devDependencies),
      }),
      'tsconfig.json': JSON.stringify({ compilerOptions: { module: 'nodenext', allowImportingTsExtensions: true } }),
      ...standInPackages([...dependencies, ...devDependencies, 'undeclared']),
      ...allowedImports,
      ...Object.fromEntries(
        forbiddenImports.map(({ file, imports }) => [
          file,
          `${imports}\nexport const config = 1;\nexport type Chicken = 1;`,
        ]),
      ),
    });
    found = await cruise(await checkedFolders(), house.path);
  });
  afterAll(() => house.remove());

  it.each(forbiddenImports)('is found by $wall in $file', ({ wall, file }) => {
    expect(found.violations.filter(({ from }) => from === file).map((violation) => violation.wall)).toEqual([wall]);
  });

  it('does not raise an alarm about the imports that a working house needs', () => {
    const planted = new Set(forbiddenImports.map(({ file }) => file));
    expect(found.violations.filter(({ from }) => !planted.has(from))).toEqual([]);
    expect(found.modules).toBeGreaterThan(Object.keys(allowedImports).length + planted.size);
  });

  it('is tried on every wall', async () => {
    const tried = new Set(forbiddenImports.map(({ wall }) => wall));
    expect((await wallNames()).filter((wall) => !tried.has(wall))).toEqual([]);
  });
});

describe('the house', () => {
  it('keeps to its walls', async () => {
    const { modules, violations } = await cruise(await checkedFolders());
    expect(modules, 'modules looked at (0: the parser did not work)').toBeGreaterThan(0);
    expect(violations.map(({ wall, from, to }) => `${wall}: ${from} -> ${to}`)).toEqual([]);
  });
});
