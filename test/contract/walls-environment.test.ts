/** One reader of the environment per program: `server/config.ts` for the server, `edge/config.ts` for the edge. */
import { glob, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const repository = fileURLToPath(new URL('../..', import.meta.url));
/** The configurations, and the command line's own programs, which learn from it as whom they act. */
const readers = new Set(['server/config.ts', 'edge/config.ts', 'server/programs/client.ts']);

/** Lines (from 1) where a text reads `process.env`, in whatever spelling; comments and strings do not count. */
function environmentReads(name: string, text: string): number[] {
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
  const lines: number[] = [];
  const visit = (node: ts.Node) => {
    if (readsEnvironment(node)) lines.push(source.getLineAndCharacterOfPosition(node.getStart()).line + 1);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return lines;
}

function readsEnvironment(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node)) {
    return node.expression.getText() === 'process' && node.name.text === 'env' && !isHandedToChild(node);
  }
  if (ts.isElementAccessExpression(node)) return node.expression.getText() === 'process' && /env/.test(node.getText());
  if (ts.isImportSpecifier(node)) {
    const from = node.parent.parent.parent.moduleSpecifier.getText();
    return (node.propertyName ?? node.name).text === 'env' && /process/.test(from);
  }
  if (!ts.isVariableDeclaration(node) || !node.initializer || !ts.isObjectBindingPattern(node.name)) return false;
  const names = node.name.elements.map((element) => (element.propertyName ?? element.name).getText());
  return node.initializer.getText() === 'process' && names.includes('env');
}

/** `spawn(…, { env: process.env })` or `{ env: { ...process.env, MORE: '1' } }`: passed on unread. */
function isHandedToChild(node: ts.Node): boolean {
  const value = ts.isSpreadAssignment(node.parent) ? node.parent.parent : node;
  return ts.isPropertyAssignment(value.parent) && value.parent.name.getText() === 'env';
}

describe('reading the environment', () => {
  it.each([
    'process.env.PORT',
    "process['env']",
    "import { env } from 'node:process';",
    "import { env as e } from 'process';",
    'const { env } = process;',
    'const { env: e } = process;',
    'const e = process.env;',
    'spawn(a, { ...process.env });',
    'spawn(a, { env: { HOME: process.env.HOME } });',
  ])('is seen in: %s', (text) => {
    expect(environmentReads('a.ts', `// line 1\n${text}`)).toEqual([2]);
  });

  it.each([
    "import { environment as env } from './a.ts';",
    '// process.env',
    "const a = 'process.env';",
    'a.env',
    'spawn(a, { env: { ...process.env, A: "1" } });',
    'spawn(a, { env: process.env });',
  ])('is not seen in: %s', (text) => expect(environmentReads('a.ts', text)).toEqual([]));

  it('happens in the configuration only', async () => {
    const reads: string[] = [];
    let files = 0;
    for await (const name of glob('{server,edge,schema,migrations}/**/*.ts', { cwd: repository })) {
      files++;
      if (readers.has(name)) continue;
      const lines = environmentReads(name, await readFile(`${repository}/${name}`, 'utf8'));
      reads.push(...lines.map((line) => `${name}:${line}`));
    }
    expect(files).toBeGreaterThan(0);
    expect(reads).toEqual([]);
  });
});
