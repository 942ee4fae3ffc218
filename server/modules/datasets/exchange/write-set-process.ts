/** The process that writes a set: gets its job, says how far it is, and ends with its parent. */
import { readFile, rm } from 'node:fs/promises';
import { setPriority } from 'node:os';
import sharp from 'sharp';
import { writeSet } from './write-set.ts';
import type { WriteMessage, WriteSetJob } from './write-set-job.ts';

const progressEveryMs = 500;

setPriority(10);
sharp.cache(false);
sharp.concurrency(1);
process.once('disconnect', () => process.exit(1));

const [jobFile = ''] = process.argv.slice(2);
const job = JSON.parse(await readFile(jobFile, 'utf8')) as WriteSetJob;
await rm(jobFile, { force: true });

let saidAt = 0;
let isHeard = true;
const say = (message: WriteMessage) =>
  new Promise<void>((resolve) => {
    process.once('message', () => resolve());
    process.send?.(message);
  });

const end = await writeSet(job, (images, total) => {
  if (!isHeard || Date.now() - saidAt < progressEveryMs) return;
  saidAt = Date.now();
  isHeard = false;
  void say({ kind: 'progress', images, total }).then(() => {
    isHeard = true;
  });
});
await say(end);
process.exit(0);
