/** Reference images on this node: fetched once, kept in the home, named by their hash and checked against it. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Download } from './model-store.ts';

export interface ReferenceStore {
  /** Path of the verified file. Rejects when the network, the disk or the bytes are at fault; it may be tried again. */
  fetch(reference: { sha256: string; url: string }, signal: AbortSignal): Promise<string>;
  /** Removes all files but these. */
  keepOnly(sha256s: ReadonlySet<string>): Promise<void>;
}

export interface ReferenceStoreOptions {
  folder: string;
  maxBytes: number;
  /** Of a whole image. */
  timeoutMs: number;
  download: Download;
}

export function createReferenceStore({ folder, maxBytes, timeoutMs, download }: ReferenceStoreOptions): ReferenceStore {
  return {
    async fetch({ sha256, url }, signal) {
      if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Error(`reference image ${sha256}: this is no SHA-256`);
      const path = join(folder, sha256);
      const kept = await readFile(path).catch(() => undefined);
      if (kept && hashOf(kept) === sha256) return path;
      const bytes = await read(url, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
      const actual = hashOf(bytes);
      if (actual !== sha256) throw new Error(`${url} has the SHA-256 ${actual.slice(0, 12)}…, not the one of the plan`);
      await mkdir(folder, { recursive: true });
      await writeFile(`${path}.part`, bytes, { flush: true });
      await rename(`${path}.part`, path);
      return path;
    },
    async keepOnly(sha256s) {
      for (const file of await readdir(folder).catch(() => [])) {
        if (!sha256s.has(file)) await rm(join(folder, file), { force: true });
      }
    },
  };

  async function read(url: string, signal: AbortSignal): Promise<Buffer> {
    const { body } = await download(url, 0, signal);
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of body) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > maxBytes) throw new Error(`${url} has more than ${maxBytes} bytes; give a smaller reference image`);
    }
    return Buffer.concat(chunks);
  }
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
