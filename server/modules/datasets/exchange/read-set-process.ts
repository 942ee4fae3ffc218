/** The process that reads a set: gets its job, sends messages, goes on when each was answered, and ends with its parent. */
import { readFile, rm } from 'node:fs/promises';
import { setPriority } from 'node:os';
import sharp from 'sharp';
import { SetFault } from './formats/format.ts';
import { readSet } from './read-set.ts';
import type { ReadMessage, ReadSetJob } from './read-set-job.ts';

setPriority(10);
sharp.cache(false);
sharp.concurrency(1);
process.once('disconnect', () => process.exit(1));

const [jobFile = ''] = process.argv.slice(2);
const job = JSON.parse(await readFile(jobFile, 'utf8')) as ReadSetJob;
await rm(jobFile, { force: true });

const say = (message: ReadMessage) =>
  new Promise<void>((resolve) => {
    process.once('message', () => resolve());
    process.send?.(message);
  });

try {
  for await (const message of readSet(job)) await say(message);
  await say({ kind: 'end' });
} catch (error) {
  if (!(error instanceof SetFault)) throw error;
  await say({ kind: 'fault', message: error.message });
}
process.exit(0);
