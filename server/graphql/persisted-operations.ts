/** The operations that HMI and edge may name by hash instead of sending them: `schema/operations.json` and what the configuration adds. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

export interface PersistedOperations {
  /** The text with this SHA-256 in hexadecimal. */
  find(hash: string): string | undefined;
  has(text: string): boolean;
  texts(): Iterable<string>;
}

const ownFile = new URL('../../schema/operations.json', import.meta.url);

/** Throws naming the file when one cannot be read or a text does not have its hash. */
export function readPersistedOperations(files: readonly string[] = []): PersistedOperations {
  const byHash = new Map<string, string>();
  for (const file of [ownFile, ...files]) {
    for (const [hash, text] of Object.entries(readFile(file))) {
      if (typeof text !== 'string' || hashOf(text) !== hash) {
        throw new Error(`${file}: "${hash.slice(0, 100)}" is not the SHA-256 of its text: write the file anew.`);
      }
      byHash.set(hash, text);
    }
  }
  const texts = new Set(byHash.values());
  return { find: (hash) => byHash.get(hash), has: (text) => texts.has(text), texts: () => texts };
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

function readFile(file: string | URL): object {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof content === 'object' && content !== null && !Array.isArray(content)) return content;
  } catch (cause) {
    throw new Error(`${file} cannot be read as stored operations (LEHR_OPERATIONS).`, { cause });
  }
  throw new Error(`${file} must hold one object of SHA-256 → document (LEHR_OPERATIONS).`);
}
