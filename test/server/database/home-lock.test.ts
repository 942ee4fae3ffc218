/** One server a home: the lock refuses a second, and does not outlive its process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockHome } from '../../../server/database/home-lock.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

let home: Awaited<ReturnType<typeof makeTemporaryFolder>>;
beforeEach(async () => {
  home = await makeTemporaryFolder('home');
});
afterEach(() => home.remove());

const lockFile = () => join(home.path, 'lock');

describe('locking a home', () => {
  it('refuses a second owner, names the first, and is free again when released', async () => {
    const first = await lockHome(home.path);
    await expect(lockHome(home.path)).rejects.toThrow(`in use by process ${process.pid}`);
    await first.release();
    await (await lockHome(home.path)).release();
    expect(await readdir(home.path)).toEqual([]);
  });

  it('is taken over from a process that is gone, by one of many', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    await writeFile(lockFile(), JSON.stringify({ pid: child.pid, started: '1' }));
    const takers = await Promise.allSettled(Array.from({ length: 8 }, () => lockHome(home.path)));
    const taken = takers.filter((each) => each.status === 'fulfilled');
    expect(taken).toHaveLength(1);
    await taken[0]?.value.release();
  });

  it('is taken over when the number was given to another process, and when it was half written', async () => {
    await writeFile(lockFile(), JSON.stringify({ pid: process.ppid, started: 'long ago' }));
    await (await lockHome(home.path)).release();
    await writeFile(lockFile(), '{"pid":');
    const lock = await lockHome(home.path);
    expect(JSON.parse(await readFile(lockFile(), 'utf8'))).toMatchObject({ pid: process.pid });
    await lock.release();
  });

  it('says clearly when the home cannot be written', async () => {
    const file = join(home.path, 'file');
    await writeFile(file, '');
    await expect(lockHome(join(file, 'home'))).rejects.toThrow(/cannot be made.*LEHR_HOME/);
  });
});
