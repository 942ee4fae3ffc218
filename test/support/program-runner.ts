/** What `npm run bench` and `npm run prove` share: find the programs of a folder, run one or all, print one JSON object each. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { spawnLines } from './spawn-lines.ts';

export interface Program<Options> {
  name: string;
  /** One line: what is measured or proved. */
  about: string;
  run(options: Options & Reporting): Promise<unknown>;
}

export interface Reporting {
  /** A line for people; silent with --json. */
  report(line: string): void;
}

export interface Suite<Options> {
  kind: 'bench' | 'prove';
  folder: string;
  /** The file that was started; a run of all starts it again for each program, so that none measures in another's heap. */
  entry: string;
  /** Flags beside --json, each with a value. */
  flags: string[];
  /** Throws, naming flag, value and remedy, when the text of a flag is wrong. */
  readFlags(flags: Record<string, string>): Options;
  /** Checks what a program gave and makes the object to print; `failed` ends the process with 1. */
  conclude(name: string, result: unknown, options: Options): { line: Record<string, unknown>; failed: boolean };
}

type SuiteFacts = Pick<Suite<unknown>, 'kind' | 'folder' | 'entry' | 'flags'>;

const usageError = 2;
/** How long a program that has given its result may hold the process open before that is called a leak. */
const lingerMs = 2_000;

/** Runs what `args` ask for and ends the process with 0, 1 (a program failed) or 2 (a wrong command line). */
export async function runSuite<Options>(suite: Suite<Options>, args: string[]): Promise<void> {
  const names = await programNames(suite);
  const command = readCommand(suite, args);
  if ('problem' in command) return refuse(suite, names, command.problem);
  // `exit` handlers end the children; a signal's default action would skip them.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

  const { name, json, options } = command;
  if (name === undefined) {
    if (names.length === 0) return refuse(suite, names, `no file ends in .${suite.kind}.ts`);
    process.exitCode = (await runAll(suite, names, args)) ? 0 : 1;
    return;
  }
  if (!names.includes(name)) return refuse(suite, names, `there is no "${name}"`);

  const program = await loadProgram(suite, name);
  const report = json ? () => {} : (line: string) => console.log(line);
  report(`${program.name}: ${program.about}`);
  const { line, failed } = suite.conclude(name, await program.run({ ...options, report }), options);
  console.log(JSON.stringify(line));
  process.exitCode = failed ? 1 : 0;
  setTimeout(() => {
    console.error(`${name} left something open: ${process.getActiveResourcesInfo().join(', ')}`);
    process.exit(1);
  }, lingerMs).unref();
}

async function programNames({ folder, kind }: SuiteFacts): Promise<string[]> {
  const ending = `.${kind}.ts`;
  return (await readdir(folder))
    .filter((file) => file.endsWith(ending))
    .map((file) => file.slice(0, -ending.length))
    .sort();
}

type Command<Options> = { name: string | undefined; json: boolean; options: Options } | { problem: string };

function readCommand<Options>(suite: Suite<Options>, args: string[]): Command<Options> {
  const options: ParseArgsOptionsConfig = { json: { type: 'boolean' } };
  for (const flag of suite.flags) options[flag] = { type: 'string' };
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    if (positionals.length > 1) return { problem: `one name at a time, got ${positionals.join(' ')}` };
    const flags = Object.entries(values).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
    return { name: positionals[0], json: values.json === true, options: suite.readFlags(Object.fromEntries(flags)) };
  } catch (error) {
    // parseArgs gives some of its advice in several lines.
    const message = error instanceof Error ? error.message : String(error);
    return { problem: message.replaceAll(/\s*\n\s*/g, ' ').replace(/\.$/, '') };
  }
}

function refuse({ kind, flags }: SuiteFacts, names: string[], problem: string): void {
  const usage = ['[NAME]', '[--json]', ...flags.map((flag) => `[--${flag} …]`)].join(' ');
  console.error(
    `${kind}: ${problem}. Usage: npm run ${kind} -- ${usage}; NAME is one of: ${names.join(', ') || '(none)'}`,
  );
  process.exitCode = usageError;
}

async function runAll({ entry }: SuiteFacts, names: string[], args: string[]): Promise<boolean> {
  let allHold = true;
  for (const name of names) {
    await using child = await spawnLines(process.execPath, [entry, name, ...args], {
      onLine: (line) => console.log(line),
    });
    child.child.stderr?.pipe(process.stderr, { end: false });
    allHold = (await child.exit).code === 0 && allHold;
  }
  return allHold;
}

async function loadProgram<Options>({ folder, kind }: Suite<Options>, name: string): Promise<Program<Options>> {
  const file = `${name}.${kind}.ts`;
  const program: Partial<Program<Options>> = await import(pathToFileURL(join(folder, file)).href);
  if (program.name !== name) throw new Error(`${file} exports the name ${program.name}; expected ${name}`);
  if (!program.about) throw new Error(`${file} exports no "about"`);
  if (typeof program.run !== 'function') throw new Error(`${file} exports no function "run"`);
  return { name, about: program.about, run: program.run };
}
