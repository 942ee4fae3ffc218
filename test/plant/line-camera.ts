/** One camera: takes a picture of each part that triggers it and puts it into its spool, with the truth beside for tests. */
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
import type { LineView, Trigger } from './machine-watch.ts';
import type { PictureSource } from './picture-source.ts';
import { readStateFile, writeStateFile } from './state-file.ts';

/** Pictures that have been taken and wait for their writing; a camera's own memory is no larger. */
const MAX_WAITING = 40;
/** The file of truths is set aside as `.1` at this size (about 300,000 parts), so that it cannot fill the disk. */
const TRUTH_MAX_BYTES = 50_000_000;

const MemorySchema = z.object({ nextPart: z.number().int().positive(), goodRun: z.number().int().nonnegative() });

export interface CameraSettings {
  readonly line: string;
  readonly spool: string;
  readonly truth: string;
  readonly maxSpool: number;
}

export interface LineCamera {
  /** Takes a picture now. Returns at once. */
  trigger(part: Trigger): void;
  /** Resolves when the pictures taken so far are in the spool. */
  close(): Promise<void>;
}

/** Throws when spool or memory cannot be used at all. `view` gives the line as the picture is to show it. */
export function startLineCamera(
  settings: CameraSettings,
  source: PictureSource,
  view: () => LineView | undefined,
  say: (text: string) => void,
): LineCamera {
  const { line, spool, maxSpool } = settings;
  for (const folder of [spool, dirname(settings.truth)]) mkdirSync(folder, { recursive: true });
  sweepUnfinished(spool);
  const memoryFile = `${settings.truth}.state.json`;
  let memory = readStateFile(memoryFile, MemorySchema) ?? { nextPart: 1, goodRun: 0 };
  let trouble = '';
  let waiting = 0;
  let writing: Promise<void> = Promise.resolve();

  /** Says what keeps the camera from working once, and once that it works again. */
  function tell(now: string): void {
    if (now !== trouble) say(now || `${line} goes on`);
    trouble = now;
  }

  async function capture({ partId, atMs }: Trigger, view: LineView): Promise<void> {
    const part = Number(partId.split('-').at(-1));
    // After a restart of the machine with older memory: its numbers come again, ours must not.
    if (!(part >= memory.nextPart)) return;
    if (countPictures(spool) >= maxSpool) {
      tell(`${line} takes no pictures: its spool holds ${maxSpool} pictures that nobody takes`);
      return;
    }
    const { picture, goodRun } = await source.take(part, view, memory.goodRun);
    // Number first: a kill from here on leaves a gap, never two parts of one name.
    memory = { nextPart: part + 1, goodRun };
    writeStateFile(memoryFile, memory);

    const unfinished = join(spool, `.${partId}${picture.extension}`);
    writeFileSync(unfinished, picture.bytes);
    const capturedAt = new Date(atMs);
    utimesSync(unfinished, capturedAt, capturedAt);
    appendTruth(settings.truth, {
      partId,
      class: picture.className,
      sha256: createHash('sha256').update(picture.bytes).digest('hex'),
    });
    renameSync(unfinished, join(spool, `${partId}${picture.extension}`));
    if (waiting < MAX_WAITING / 2) tell('');
  }

  return {
    trigger(part) {
      const now = view();
      if (!now) return;
      if (waiting >= MAX_WAITING) {
        tell(`${line} takes no pictures: ${MAX_WAITING} wait for the disk`);
        return;
      }
      waiting++;
      writing = writing
        .then(() => capture(part, now))
        .catch((error: Error) => tell(`${line} cannot put pictures into ${spool}: ${error.message}`))
        .finally(() => waiting--);
    },
    close: () => writing,
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
