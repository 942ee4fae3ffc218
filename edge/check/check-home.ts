/** Whether the node's home can hold what it has to: looked at from outside, a running node is not disturbed. */
import { existsSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import type { EdgeConfig } from '../config.ts';
import { nearestFolder, whyNotWritable } from '../node/writable-home.ts';
import { readOutboxFile } from '../uplink/read-outbox-file.ts';
import type { Finding } from './check-list.ts';

/** Throws when the home cannot be written or the disk has no room. */
export async function checkHome({ home, outbox }: EdgeConfig): Promise<Finding<void>> {
  const reason = await whyNotWritable(home);
  if (reason !== undefined) throw new Error(reason);
  const folder = nearestFolder(home);
  const file = join(home, 'outbox.db');
  const { bavail, blocks, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (free < outbox.minFreeBytes) {
    throw new Error(
      `${gigabytes(free)} are free on the disk of ${folder}, less than outbox.minFreeBytes (${gigabytes(outbox.minFreeBytes)}): images would be given up at once; make room or lower it`,
    );
  }
  const held = existsSync(file) ? readOutboxFile(home) : undefined;
  const notes: string[] = [];
  const wanted = Math.min(outbox.maxFileBytes, outbox.maxImageBytes + outbox.maxResultBytes);
  if (wanted > free + (held?.fileBytes ?? 0)) {
    notes.push(
      `the outbox may grow to ${gigabytes(wanted)} (outbox.maxImageBytes, maxResultBytes), the disk of ${gigabytes(blocks * bsize)} has ${gigabytes(free)} left: it gives up images before that`,
    );
  }
  if (held && held.deadLetters > 0)
    notes.push(`the server refused ${held.deadLetters} things: see them with --dead-letters`);
  const waiting = held ? `, ${held.results} results and ${held.images} images wait` : ', new';
  return { result: undefined, told: `${home} can be written, ${gigabytes(free)} free${waiting}`, notes };
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(bytes < 1e10 ? 1 : 0)} GB`;
}
