/** Whether the node can keep its state where it is told to. */
import { constants, existsSync } from 'node:fs';
import { access, mkdtemp, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A disk without room is written again when there is some: the node starts, and says so. */
const FULL = new Set(['ENOSPC', 'EDQUOT']);

/** The home, or before the first start the nearest folder above it that is there. */
export function nearestFolder(home: string): string {
  let folder = home;
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

/** What to do about it; undefined when the node can write. */
export async function whyNotWritable(home: string): Promise<string | undefined> {
  const folder = nearestFolder(home);
  // Only a try tells: rights, a disk that is mounted read-only, and what is no folder at all.
  const reason = await mkdtemp(join(folder, '.lehr-try-')).then(
    (tried) => rmdir(tried).then(() => undefined),
    (error: NodeJS.ErrnoException) => (FULL.has(error.code ?? '') ? undefined : (error.code ?? error.message)),
  );
  if (reason !== undefined) {
    return `${folder} cannot be written by this user (${reason}): give it the right, mount the disk for writing, or give another home`;
  }
  for (const file of ['outbox.db', 'outbox.db-wal', 'outbox.db-shm'].map((name) => join(home, name))) {
    if (!existsSync(file)) continue;
    const canWrite = await access(file, constants.R_OK | constants.W_OK).then(
      () => true,
      () => false,
    );
    if (!canWrite) return `${file} cannot be written by this user: give it to the user that runs the node`;
  }
  return undefined;
}
