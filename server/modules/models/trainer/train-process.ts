/**
 * The trainer's own process: `node train-process.ts JOB.json`. JSON lines on standard output: {"progress", "step"} as it
 * goes, last {"done": …}, or {"error": …} and exit code 1. Opens no database. With a parent it ends when the parent does.
 */
import { createHash } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setPriority } from 'node:os';
import sharp from 'sharp';
import { trainAnomaly } from './train-anomaly.ts';
import { parseTrainingJob, type TrainingResult } from './training-job.ts';

/** Lines and people on the same machine come first, at about three times this process's share. */
const NICENESS = 5;

if (process.channel) {
  // Ctrl-C reaches the whole process group; a child leaves on its parent's word.
  process.on('SIGINT', () => undefined);
  process.on('disconnect', leave);
  process.channel.unref();
}

try {
  print({ done: await train(process.argv[2]) });
} catch (error) {
  print({ error: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
}
process.off('disconnect', leave);
if (process.connected) process.disconnect();

function leave(): never {
  process.exit(1);
}

async function train(jobFile: string | undefined): Promise<TrainingResult> {
  if (jobFile === undefined) throw new Error('JOB.json: no file named; run `node train-process.ts JOB.json`');
  const job = parseTrainingJob(await readJson(jobFile));
  setPriority(NICENESS);
  sharp.cache(false);
  sharp.concurrency(1);

  let printed = -1;
  const { file, manifest, metrics } = await trainAnomaly(job, (progress, step) => {
    if (progress - printed < 0.005) return;
    printed = progress;
    print({ progress: Math.min(Number(progress.toFixed(4)), 1), step });
  });

  const partial = `${job.output}.partial`;
  try {
    await writeFile(partial, file);
    await rename(partial, job.output);
  } catch (cause) {
    await rm(partial, { force: true });
    throw new Error(`output: ${job.output} cannot be written; give a path in an existing folder`, { cause });
  }
  return { manifest, sha256: createHash('sha256').update(file).digest('hex'), bytes: file.byteLength, metrics };
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new Error(`JOB.json: ${path} is not a readable JSON file`, { cause });
  }
}

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
