/** The server's Ed25519 key that signs every model artifact. The private half never leaves the home. */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Db } from '../../../database/database.ts';
import { insertSigningKey } from './models.queries.ts';

export interface SigningKey {
  id: string;
  privateKey: KeyObject;
  /** SPKI DER in base64. */
  publicKey: string;
}

/** Reads the key of this home, or makes one (readable for the owner only). Throws when the file is there but no Ed25519 key. */
export function openSigningKey(home: string): SigningKey {
  const folder = join(home, 'keys');
  const file = join(folder, 'model-signing.pem');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const privateKey = readKey(file, readOrMake(file));
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  const id = createHash('sha256').update(spki).digest('hex').slice(0, 16);
  return { id, privateKey, publicKey: spki.toString('base64') };
}

/** Makes the public half known to those who verify. Once at start. */
export async function registerSigningKey(db: Db, home: string, now: Date): Promise<void> {
  const key = openSigningKey(home);
  await insertSigningKey(db, { id: key.id, public_key: key.publicKey, created_at: now });
}

function readKey(file: string, pem: string | Buffer): KeyObject {
  const refusal = `${file} holds no Ed25519 key: put the right one back, or move it away to have a new one made`;
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (cause) {
    throw new Error(refusal, { cause });
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(refusal);
  return key;
}

function readOrMake(file: string): string | Buffer {
  const made = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' });
  try {
    writeFileSync(file, made, { flag: 'wx', mode: 0o600 });
    return made;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    return readFileSync(file);
  }
}
