/** The node's keys on its disk: the one that the server knows, and the next one until the server has taken it. For the owner only. */
import { createHash, generateKeyPairSync } from 'node:crypto';
import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const StoredKeySchema = z.object({
  format: z.literal(1),
  /** SPKI in DER, base64. */
  publicKey: z.string(),
  /** PKCS #8 in DER, base64. */
  privateKey: z.string(),
  madeAt: z.iso.datetime(),
  /** SHA-256 of the enrolment code that brought the node in: what stays in its configuration is not tried again. */
  codeHash: z.string(),
  /** How the server comes to know it. */
  by: z.enum(['enrolment', 'rotation']),
});

export type StoredKey = z.infer<typeof StoredKeySchema>;

export interface KeyFiles {
  present: StoredKey | undefined;
  next: StoredKey | undefined;
}

/** Throws when a file is there that holds no key: to go on without would lose the node's name. */
export async function readKeys(home: string): Promise<KeyFiles> {
  return { present: await read(fileOf(home, 'present')), next: await read(fileOf(home, 'next')) };
}

/** A new Ed25519 pair, on the disk before anybody hears of it. */
export async function makeNextKey(
  home: string,
  rest: Pick<StoredKey, 'codeHash' | 'by'>,
  at: Date,
): Promise<StoredKey> {
  const pair = generateKeyPairSync('ed25519');
  const key: StoredKey = {
    format: 1,
    publicKey: pair.publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    privateKey: pair.privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
    madeAt: at.toISOString(),
    ...rest,
  };
  await mkdir(folderOf(home), { recursive: true, mode: 0o700 });
  const path = fileOf(home, 'next');
  const file = await open(`${path}.part`, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(key)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await chmod(`${path}.part`, 0o600);
  await rename(`${path}.part`, path);
  await syncFolder(home);
  return key;
}

/** The server has taken the next key: in one step it is the present one. */
export async function promoteNextKey(home: string): Promise<void> {
  await rename(fileOf(home, 'next'), fileOf(home, 'present'));
  await syncFolder(home);
}

export function removeNextKey(home: string): Promise<void> {
  return rm(fileOf(home, 'next'), { force: true });
}

export function hashOfCode(code: string): string {
  return createHash('sha256').update(code, 'utf8').digest('hex');
}

const folderOf = (home: string) => join(home, 'keys');
const fileOf = (home: string, which: 'present' | 'next') => join(folderOf(home), `${which}.json`);

async function read(path: string): Promise<StoredKey | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return StoredKeySchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(`${path} holds no key of this node: move it away and enrol the node anew`, { cause });
  }
}

async function syncFolder(home: string): Promise<void> {
  const folder = await open(folderOf(home), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
