/** `npm run bench` and `npm run prove`, started as people start them, on folders with tiny programs. */
import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTemporaryFolder, type TemporaryFolder, writeTree } from '../support/temporary-folder.ts';

const kit = (path: string) => JSON.stringify(fileURLToPath(new URL(`../${path}`, import.meta.url)));
const runner = (path: string, run: string) =>
  `import { ${run} } from ${kit(path)};\nawait ${run}(import.meta.dirname, import.meta.filename, process.argv.slice(2));`;

let folder: TemporaryFolder;

beforeAll(async () => {
  folder = await makeTemporaryFolder('runners');
  await writeTree(folder.path, {
    'bench/run.ts': runner('bench/kit/run-benches.ts', 'runBenches'),
    'bench/addition.bench.ts': `
      export const name = 'addition';
      export const about = 'adds numbers';
      export async function run({ data, report }) {
        report('adding');
        return { value: 2, unit: 'sums/s', ratio: 0.5, against: 'a bare loop', n: 10, data, database: 'PostgreSQL 1.2' };
      }`,
    'bench/nothing.bench.ts': `
      export const name = 'nothing';
      export const about = 'measures nothing';
      export const run = async () => ({ value: 1, unit: 's', ratio: null, against: 'none', n: 0 });`,
    'bench/readme.md': 'not a benchmark',
    'prove/run.ts': runner('prove/kit/run-proofs.ts', 'runProofs'),
    'prove/even.prove.ts': `
      export const name = 'even';
      export const about = 'doubles are even';
      export const run = async ({ seed, n = 1000 }) => ({ n, counted: { odd: 0, seed }, holds: true });`,
    'prove/odd.prove.ts': `
      export const name = 'odd';
      export const about = 'doubles are odd';
      export const run = async ({ n = 1000 }) => ({ n, counted: { odd: 0 }, holds: false });`,
    'wrong/run.ts': runner('prove/kit/run-proofs.ts', 'runProofs'),
    'wrong/renamed.prove.ts': `export const name = 'former';`,
    'leak/run.ts': runner('prove/kit/run-proofs.ts', 'runProofs'),
    'leak/open.prove.ts': `
      import { spawnLines } from ${kit('support/spawn-lines.ts')};
      export const name = 'open';
      export const about = 'leaves a child behind';
      export async function run() {
        const server = "require('net').createServer().listen(0, function () { console.log(this.address().port) })";
        const child = await spawnLines(process.execPath, ['-e', server]);
        const [port] = await child.waitForLine(/^\\d+$/);
        return { n: 1, counted: { port: Number(port) }, holds: true };
      }`,
  });
});
afterAll(() => folder.remove());

function start(file: string, ...args: string[]): Promise<{ code: number; stdout: string[]; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(folder.path, file), ...args], (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : error ? -1 : 0;
      resolve({ code, stdout: stdout.trimEnd().split('\n'), stderr });
    });
  });
}

describe('running one benchmark', () => {
  it('ends with one JSON object and passes the data folder on as a full path', async () => {
    const { code, stdout } = await start('bench/run.ts', 'addition', '--data', 'somewhere');
    expect(code).toBe(0);
    expect(stdout.slice(0, -1)).toEqual(['addition: adds numbers', 'adding']);
    expect(JSON.parse(stdout.at(-1) ?? '')).toMatchObject({
      name: 'addition',
      value: 2,
      unit: 'sums/s',
      ratio: 0.5,
      against: 'a bare loop',
      n: 10,
      environment: { cores: expect.any(Number), node: process.versions.node, database: 'PostgreSQL 1.2' },
      data: expect.stringMatching(/^\/.+somewhere$/),
    });
  });

  it('prints nothing but the JSON object with --json', async () => {
    const { stdout } = await start('bench/run.ts', '--json', 'addition');
    expect(stdout).toHaveLength(1);
  });

  it('fails when nothing was measured', async () => {
    const { code, stderr } = await start('bench/run.ts', 'nothing');
    expect(code).toBe(1);
    expect(stderr).toContain('"n"');
  });
});

describe('running all', () => {
  it('goes on after a failure, prints one object each and fails', async () => {
    const { code, stdout } = await start('prove/run.ts', '--json', '--n', '5', '--seed', '3');
    expect(code).toBe(1);
    expect(stdout.map((line) => JSON.parse(line))).toEqual([
      { name: 'even', n: 5, seed: 3, counted: { odd: 0, seed: 3 }, holds: true },
      { name: 'odd', n: 5, seed: 3, counted: { odd: 0 }, holds: false },
    ]);
  });
});

describe('running one proof', () => {
  it('takes seed 1 and the full size by itself', async () => {
    const { code, stdout } = await start('prove/run.ts', 'even', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout[0] ?? '')).toMatchObject({ n: 1000, seed: 1 });
  });

  it('fails when the proof does not hold', async () => {
    expect((await start('prove/run.ts', 'odd')).code).toBe(1);
  });

  it('fails when something stays open, and ends the children', async () => {
    const { code, stdout, stderr } = await start('leak/run.ts', 'open', '--json');
    expect(code).toBe(1);
    expect(stderr).toContain('open left something open');
    await expect.poll(() => answers(JSON.parse(stdout[0] ?? '').counted.port)).toBe(false);
  });
});

describe('a wrong command line', () => {
  it.each([
    ['bench/run.ts', ['multiplication'], 'there is no "multiplication".', 'NAME is one of: addition, nothing'],
    ['bench/run.ts', ['--seed', '1'], "Unknown option '--seed'", '[--data …]'],
    ['bench/run.ts', ['addition', 'nothing'], 'one name at a time, got addition nothing', 'addition, nothing'],
    ['prove/run.ts', ['even', '--n', '1e3'], '--n is "1e3"; give a whole number from 1', 'even, odd'],
    ['prove/run.ts', ['even', '--n', '0'], '--n is "0"', 'even, odd'],
    ['prove/run.ts', ['even', '--seed', '-1'], '--seed', 'even, odd'],
  ])('%s %j is refused in one line that names the remedy', async (file, args, problem, remedy) => {
    const { code, stdout, stderr } = await start(file, ...args);
    expect(code).toBe(2);
    expect(stdout).toEqual(['']);
    expect(stderr).toContain(problem);
    expect(stderr).toContain(remedy);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('a file whose name is not its program is an error that says both', async () => {
    const { code, stderr } = await start('wrong/run.ts', 'renamed');
    expect(code).toBe(1);
    expect(stderr).toContain('renamed.prove.ts exports the name former; expected renamed');
  });
});

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
