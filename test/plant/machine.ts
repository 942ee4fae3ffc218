/** The simulated plant's machine control: an OPC UA server with one PackML unit per line. Prints one JSON line when it serves. */
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { shiftClock } from './clock.ts';
import { numberFlag, portFlag, readFlags } from './command-line.ts';
import { createLineController, type LineController, type LineTruth } from './line-controller.ts';
import { LineStateSchema, newLine } from './line-process.ts';
import { startMachineServer } from './machine-server.ts';
import { VENDOR_URI } from './machine-unit.ts';
import { onEndOfLife, refuseToStart } from './process-life.ts';
import { readStateFile, writeStateFile } from './state-file.ts';

const SAVE_MS = 2_000;
/** Time in which the last values reach their subscribers. */
const LAST_WORDS_MS = 150;
/** The file of truths is set aside as `.1` at this size (about 300,000 parts), so that it cannot fill the disk. */
const TRUTH_MAX_BYTES = 50_000_000;

const FlagsSchema = z.object({
  port: portFlag().default(0),
  lines: z
    .string()
    .default('line-1')
    .transform((text) => text.split(',').map((code) => code.trim()))
    .pipe(
      z
        .array(z.string().regex(/^[A-Za-z0-9_-]{1,40}$/, 'give codes of letters, digits, - and _ divided by commas'))
        .min(1)
        .max(20, 'give at most 20 lines')
        .refine((codes) => new Set(codes).size === codes.length, 'give each line once'),
    ),
  /** One for all lines, or one per line. */
  speed: z
    .string()
    .default('60')
    .transform((text) => text.split(','))
    .pipe(z.array(numberFlag(1, 1_200))),
  seed: numberFlag(0, 2 ** 31).default(1),
  'batch-minutes': numberFlag(0.01, 1_440).default(4),
  'acting-ms': numberFlag(1, 60_000).default(600),
  /** `asked` leaves the lines Idle until the parent process says "start", as an operator would. "stop" makes every belt stand for good. */
  start: z.enum(['self', 'asked'], 'give self or asked').default('self'),
  /** How far the machine's clock is ahead of the computer's. */
  'clock-offset-ms': numberFlag(-1e12, 1e12).default(0),
  state: z.string().optional(),
  /** A folder for the truth of each line: `parts-LINE.jsonl`, one part a line when it has left. */
  truth: z.string().optional(),
  pki: z.string().optional(),
  /** `none` offers no encryption at all; `all` every policy and None; `secure` every policy but None. */
  security: z.enum(['none', 'all', 'secure'], 'give none, all or secure').default('all'),
  /** Only this user may open a session; without it everybody may. */
  user: z
    .string()
    .regex(/^[^:]+:.+$/, 'give NAME:PASSWORD')
    .optional(),
  /** Of the server's own certificate; a negative number of days makes one that has expired. */
  'certificate-days': numberFlag(-3_650, 3_650).default(3_650),
});

const StateSchema = z.record(z.string(), LineStateSchema);

async function main(): Promise<void> {
  // First of all, so that a parent that goes during the start is not missed; what is up by then is closed, the last first.
  const closers: (() => void | Promise<void>)[] = [];
  onEndOfLife(async () => {
    for (const close of closers.toReversed()) await close();
  });

  const flags = readFlags(FlagsSchema, process.argv.slice(2));
  if (flags.speed.length !== 1 && flags.speed.length !== flags.lines.length) {
    throw new Error(
      `--speed ${flags.speed} is refused: give one speed, or as many as --lines has (${flags.lines.length})`,
    );
  }
  if (flags['clock-offset-ms'] !== 0) shiftClock(flags['clock-offset-ms']);
  const stored = flags.state === undefined ? {} : (readStateFile(flags.state, StateSchema) ?? {});
  const pki = flags.pki ?? mkdtempSync(join(tmpdir(), 'lehr-machine-pki-'));
  if (flags.pki === undefined) closers.push(() => rmSync(pki, { recursive: true, force: true }));
  if (flags.truth !== undefined) mkdirSync(flags.truth, { recursive: true });
  const server = await startMachineServer({
    port: flags.port,
    pki,
    security: flags.security,
    user: flags.user,
    certificateDays: flags['certificate-days'],
  });
  closers.push(() => server.shutdown(0));

  const addressSpace = server.engine.addressSpace;
  if (!addressSpace) throw new Error('node-opcua gave no address space');
  addressSpace.registerNamespace(VENDOR_URI);
  const controllers = flags.lines.map((line, index) => {
    const speed = flags.speed[index] ?? flags.speed[0] ?? 60;
    const settings = { line, index, seed: flags.seed, speed, batchMinutes: flags['batch-minutes'] };
    return createLineController(addressSpace, settings, stored[line] ?? newLine(settings), flags['acting-ms'], {
      keep: save,
      truth: (part) => flags.truth !== undefined && appendTruth(join(flags.truth, `parts-${line}.jsonl`), part),
    });
  });

  /** Lines that are not served this time keep their stored state. */
  function save(): void {
    if (flags.state === undefined) return;
    for (const controller of controllers) stored[controller.line] = controller.state();
    writeStateFile(flags.state, stored);
  }

  await server.start();
  const stopLines = controllers.map(keepAdvancing);
  const saving = setInterval(save, SAVE_MS);
  const stand = async () => {
    for (const stop of stopLines) stop();
    save();
    await new Promise((resolve) => setTimeout(resolve, LAST_WORDS_MS));
  };
  closers.push(async () => {
    clearInterval(saving);
    await stand();
  });
  const begin = (): void => {
    for (const controller of controllers) controller.start();
  };
  if (flags.start === 'self') begin();
  process.on('message', (message) => {
    if (message === 'start' && flags.start === 'asked') begin();
    if (message === 'stop') void stand().then(() => process.stdout.write('the lines stand\n'));
  });
  save();
  const port = server.endpoints[0]?.port;
  process.stdout.write(`${JSON.stringify({ listening: `opc.tcp://127.0.0.1:${port}`, port })}\n`);
}

/** Wakes the line for each of its instants; answers what ends that. */
function keepAdvancing(controller: LineController): () => void {
  let timer = setTimeout(wake, 0);
  function wake(): void {
    timer = setTimeout(wake, Math.max(1, controller.advance()));
  }
  return () => {
    clearTimeout(timer);
    controller.stop();
  };
}

function appendTruth(file: string, part: LineTruth): void {
  appendFileSync(file, `${JSON.stringify(part)}\n`);
  if (statSync(file).size > TRUTH_MAX_BYTES) renameSync(file, `${file}.1`);
}

main().catch((error: unknown) => refuseToStart('machine', error));
