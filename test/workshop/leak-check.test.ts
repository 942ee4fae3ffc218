/** A test file that leaves something open fails, in a run of its own with the same setup file. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTemporaryFolder, type TemporaryFolder, writeTree } from '../support/temporary-folder.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));

const leaks = {
  timer: 'setInterval(() => {}, 1000)',
  timeout: 'setTimeout(() => {}, 60_000)',
  server: "await new Promise((resolve) => require('node:http').createServer().listen(0, resolve))",
  child: "require('node:child_process').spawn(process.execPath, ['-e', 'process.stdin.resume()'])",
  worker: "new (require('node:worker_threads').Worker)('setInterval(() => {}, 1000)', { eval: true })",
  watcher: "require('node:fs').watch('.')",
};

/** Everything above opened and closed, and what ends by itself. */
const clean = `
  const server = require('node:http').createServer((request, response) => response.end('answer'));
  await new Promise((resolve) => server.listen(0, resolve));
  await (await fetch('http://127.0.0.1:' + server.address().port)).text();
  await new Promise((resolve) => server.close(resolve));
  const child = require('node:child_process').spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => child.once('close', resolve));
  await new (require('node:worker_threads').Worker)('setInterval(() => {}, 1000)', { eval: true }).terminate();
  clearInterval(setInterval(() => {}, 1000));
  setTimeout(() => {}, 50);
  setInterval(() => {}, 1000).unref();
`;

let folder: TemporaryFolder;
let failures: Map<string, string>;

beforeAll(async () => {
  folder = await makeTemporaryFolder('leaks');
  const setup = fileURLToPath(new URL('../support/leak-check.ts', import.meta.url));
  const file = (body: string) => `
    import { createRequire } from 'node:module';
    const require = createRequire('/');
    it('passes by itself', async () => {${body}\n});`;
  await writeTree(folder.path, {
    'vitest.config.mjs': `export default { test: { globals: true, maxWorkers: 2, setupFiles: [${JSON.stringify(setup)}] } };`,
    'clean.test.ts': file(clean),
    ...Object.fromEntries(Object.entries(leaks).map(([name, body]) => [`${name}.test.ts`, file(body)])),
  });
  failures = await failuresOf(folder.path);
}, 60_000);
afterAll(() => folder.remove());

/** What each failed file said, by its name. */
async function failuresOf(root: string): Promise<Map<string, string>> {
  const report = `${root}/report.json`;
  const args = [
    'run',
    '--root',
    root,
    '--config',
    `${root}/vitest.config.mjs`,
    '--reporter',
    'json',
    '--outputFile',
    report,
  ];
  // The run below is a vitest of its own, not a worker of this one.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')));
  const run = promisify(execFile)(`${repository}/node_modules/.bin/vitest`, args, { env });
  // It ends with 1, as it should: the report tells what failed.
  await run.catch((error: { code?: unknown }) => {
    if (error.code !== 1) throw error;
  });
  const { testResults }: { testResults: { name: string; status: string; message: string }[] } = JSON.parse(
    await readFile(report, 'utf8'),
  );
  const failed = testResults.filter(({ status }) => status === 'failed');
  return new Map(failed.map(({ name, message }) => [basename(name, '.test.ts'), message]));
}

describe('leaving something open', () => {
  it.each([
    ['timer', '1 Timeout'],
    ['timeout', '1 Timeout'],
    ['server', '1 TCPServerWrap'],
    ['child', '1 ProcessWrap'],
    ['worker', '1 Worker'],
    ['watcher', '1 FSEventWrap'],
  ])('fails the file that leaves a %s', (name, what) => {
    expect(failures.get(name)).toMatch(new RegExp(`This file leaves open: .*${what}`));
  });

  it('lets a file pass that closes what it opens', () => {
    expect(failures.has('clean')).toBe(false);
  });
});
