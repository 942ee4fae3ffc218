/** One camera: takes a picture of each part that passes and puts it into its spool, with the truth beside for tests. */
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { LineView } from './machine-watch.ts';
import type { PictureSource } from './picture-source.ts';
import { readStateFile, writeStateFile } from './state-file.ts';

/** How often an idle camera looks whether the line runs again. */
const IDLE_MS = 100;
/** The file of truths is set aside as `.1` at this size (about 300,000 parts), so that it cannot fill the disk. */
const TRUTH_MAX_BYTES = 50_000_000;

const MemorySchema = z.object({ nextPart: z.number().int().positive(), goodRun: z.number().int().nonnegative() });

export interface CameraSettings {
  readonly line: string;
  /** Begins the part's name: `L1` of `L1-00000042`. */
  readonly prefix: string;
  readonly spool: string;
  readonly truth: string;
  readonly maxSpool: number;
}

export interface LineCamera {
  close(): Promise<void>;
}

/** Makes parts in the rhythm of the machine until closed. Throws when spool or memory cannot be used at all. */
export function startLineCamera(
  settings: CameraSettings,
  source: PictureSource,
  view: () => LineView | undefined,
  say: (text: string) => void,
): LineCamera {
  for (const folder of [settings.spool, dirname(settings.truth)]) mkdirSync(folder, { recursive: true });
  sweepUnfinished(settings.spool);
  const memoryFile = `${settings.truth}.state.json`;
  let memory = readStateFile(memoryFile, MemorySchema) ?? { nextPart: 1, goodRun: 0 };
  let trouble = '';
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  let dueAt = performance.now();
  let working: Promise<void> = Promise.resolve();

  /** Says what keeps the camera from working once, and once that it works again. */
  function tell(now: string): void {
    if (now !== trouble) say(now || `${settings.line} goes on`);
    trouble = now;
  }

  async function capture(line: LineView): Promise<void> {
    const capturedAt = new Date();
    if (countPictures(settings.spool) >= settings.maxSpool) {
      tell(`${settings.line} stops: its spool holds ${settings.maxSpool} pictures that nobody takes`);
      return;
    }
    const part = memory.nextPart;
    const partId = `${settings.prefix}-${String(part).padStart(8, '0')}`;
    const { picture, goodRun } = await source.take(part, line, memory.goodRun);
    // Number first: a kill from here on leaves a gap, never two parts of one name.
    memory = { nextPart: part + 1, goodRun };
    writeStateFile(memoryFile, memory);

    const unfinished = join(settings.spool, `.${partId}${picture.extension}`);
    writeFileSync(unfinished, picture.bytes);
    utimesSync(unfinished, capturedAt, capturedAt);
    appendTruth(settings.truth, {
      partId,
      class: picture.className,
      sha256: createHash('sha256').update(picture.bytes).digest('hex'),
    });
    renameSync(unfinished, join(settings.spool, `${partId}${picture.extension}`));
    tell('');
  }

  async function step(): Promise<void> {
    const line = view();
    if (line?.state !== 'Execute' || !(line.speed > 0)) {
      dueAt = performance.now();
      return;
    }
    if (performance.now() < dueAt) return;
    try {
      await capture(line);
    } catch (error) {
      tell(`${settings.line} cannot put pictures into ${settings.spool}: ${(error as Error).message}`);
    }
    // A camera that fell behind lets the parts go by, as a real one would.
    dueAt = Math.max(dueAt + 60_000 / line.speed, performance.now());
  }

  function run(): void {
    working = step().finally(() => {
      if (isClosed) return;
      timer = setTimeout(run, Math.min(IDLE_MS, Math.max(1, dueAt - performance.now())));
    });
  }
  run();

  return {
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await working;
    },
  };
}

function countPictures(spool: string): number {
  return readdirSync(spool).filter((name) => !name.startsWith('.')).length;
}

/** Pictures whose writing a kill cut short. */
function sweepUnfinished(spool: string): void {
  for (const name of readdirSync(spool)) {
    if (/^\..+-\d{8}\.\w+$/.test(name)) rmSync(join(spool, name), { force: true });
  }
}

function appendTruth(file: string, truth: { partId: string; class: string; sha256: string }): void {
  appendFileSync(file, `${JSON.stringify(truth)}\n`);
  if (statSync(file).size > TRUTH_MAX_BYTES) renameSync(file, `${file}.1`);
}
