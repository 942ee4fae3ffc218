/** The code of the last commit before the wings, in a folder of its own beside the present code. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { spawnLines } from '../../support/spawn-lines.ts';

export const OLD_COMMIT = 'ff4a167';
export const repository = fileURLToPath(new URL('../../..', import.meta.url));

const execute = promisify(execFile);
const Packages = z.object({ dependencies: z.record(z.string(), z.string()) });

/** Why the old code cannot be had here; undefined when it can. A clone may be shallow, a download has no history at all. */
export async function whyNoOldCommit(): Promise<string | undefined> {
  try {
    await execute('git', ['cat-file', '-e', `${OLD_COMMIT}^{commit}`], { cwd: repository });
    return undefined;
  } catch {
    return `commit ${OLD_COMMIT} is not in this clone (git fetch --unshallow brings it)`;
  }
}

/** Writes the old files into `folder` and lets them use this checkout's packages. Throws when those are others than the old commit's. */
export async function checkOutOldCommit(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const archive = `git archive ${OLD_COMMIT} | tar -x -C '${folder}'`;
  await using unpacking = await spawnLines('sh', ['-c', archive], { cwd: repository });
  const { code } = await unpacking.exit;
  if (code !== 0) throw new Error(`the old commit cannot be unpacked: ${unpacking.output.join(' ')}`);

  const [old, present] = await Promise.all([folder, repository].map(readPackages));
  const others = Object.entries(old ?? {}).filter(([name, version]) => present?.[name] !== version);
  if (others.length > 0) {
    const names = others.map(([name, version]) => `${name} ${version}`).join(', ');
    throw new Error(`the old commit needs ${names}: install them in a folder of its own and link that`);
  }
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'));
}

async function readPackages(folder: string): Promise<Record<string, string>> {
  return Packages.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))).dependencies;
}
