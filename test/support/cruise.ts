/** Runs dependency-cruiser as `npm run check:walls` does, with its findings as data. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ICruiseResult } from 'dependency-cruiser';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const configuration = join(repository, '.dependency-cruiser.json');
const program = join(repository, 'node_modules/.bin/depcruise');

export interface Cruise {
  /** How many files and packages were looked at; 0 means that the parser did not work, not that all is well. */
  modules: number;
  violations: { wall: string; from: string; to: string }[];
}

/** The folders that `npm run check:walls` names, so that test and check look at the same files. */
export async function checkedFolders(): Promise<string[]> {
  const { scripts } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8'));
  const command: string = scripts['check:walls'];
  const [, folders] = /--config \.dependency-cruiser\.json (.+)$/.exec(command) ?? [];
  if (!folders)
    throw new Error(`package.json: check:walls is "${command}", expected it to end with the folders to look at`);
  return folders.split(' ');
}

/** Names of all walls in the configuration, in its order. */
export async function wallNames(): Promise<string[]> {
  const { forbidden }: { forbidden: { name: string }[] } = JSON.parse(await readFile(configuration, 'utf8'));
  return forbidden.map(({ name }) => name);
}

export async function cruise(folders: string[], root: string = repository): Promise<Cruise> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [program, '--config', configuration, '--output-type', 'json', ...folders],
    { cwd: root, maxBuffer: 256 * 1024 * 1024 },
  ).catch((error: { code?: unknown; stdout?: string }) => {
    // The exit status is the number of violations; findings are on stdout all the same.
    if (typeof error.code === 'number' && error.stdout?.startsWith('{')) return { stdout: error.stdout };
    throw error;
  });
  const { summary }: ICruiseResult = JSON.parse(stdout);
  return {
    modules: summary.totalCruised,
    violations: summary.violations.map(({ rule, from, to }) => ({ wall: rule.name, from, to })),
  };
}
