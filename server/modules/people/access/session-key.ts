/** The secret that signs session cookies: given by the configuration where several servers share it, else kept in the home. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const keyBytes = 32;

/** Reads the key of this home, or makes one (readable for the owner only). Throws when the file holds something else. */
export async function openSessionKey(home: string): Promise<Uint8Array> {
  const folder = join(home, 'keys');
  const file = join(folder, 'session.key');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const made = randomBytes(keyBytes);
  const isNew = await writeFile(file, made, { flag: 'wx', mode: 0o600, flush: true }).then(
    () => true,
    () => false,
  );
  if (isNew) return made;
  const kept = await readFile(file);
  if (kept.length !== keyBytes) throw new Error(`${file} holds no session key: move it away to have a new one made.`);
  return kept;
}
