/** Folders and files that exist for one test only. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface TemporaryFolder extends AsyncDisposable {
  path: string;
  remove(): Promise<void>;
}

/** A new empty folder; use it with `await using`, or call `remove` in an after hook. */
export async function makeTemporaryFolder(purpose = 'test'): Promise<TemporaryFolder> {
  // Short on purpose: Unix socket paths below it end at 107 bytes.
  const path = await mkdtemp(join(tmpdir(), `lehr-${purpose}-`));
  const remove = () => rm(path, { recursive: true, force: true, maxRetries: 3 });
  return { path, remove, [Symbol.asyncDispose]: remove };
}

/** Writes each text to its path relative to `root`, with the folders on the way. */
export async function writeTree(root: string, files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(root, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}
