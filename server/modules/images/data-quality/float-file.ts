/** Vectors go to a child through a file: a message of that size would be copied three times in the server's memory. */
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Calls `use` with the path of a file that holds the numbers, and removes it afterwards. */
export function withFloatFile<T>(vectors: Float32Array, use: (file: string) => Promise<T>): Promise<T> {
  async function* whole() {
    yield [Buffer.from(vectors.buffer, vectors.byteOffset, vectors.byteLength)];
  }
  return withVectorFile(whole(), use);
}

/** The same from pages of bytes, 32-bit floats, little-endian: they pass through the server's memory page by page. */
export async function withVectorFile<T>(
  pages: AsyncIterable<readonly Buffer[]>,
  use: (file: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'lehr-vectors-'));
  try {
    const path = join(folder, 'vectors.f32');
    const file = await open(path, 'w', 0o600);
    try {
      for await (const page of pages) if (page.length > 0) await file.appendFile(Buffer.concat(page));
    } finally {
      await file.close();
    }
    return await use(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A copy: a buffer of a small file may lie at an odd place of a shared one. */
export function floatsOf(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
