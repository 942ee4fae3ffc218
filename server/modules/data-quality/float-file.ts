/** Vectors go to a child through a file: a message of that size would be copied three times in the server's memory. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Calls `use` with the path of a file that holds the numbers, and removes it afterwards. */
export async function withFloatFile<T>(vectors: Float32Array, use: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'lehr-vectors-'));
  try {
    const file = join(folder, 'vectors.f32');
    await writeFile(file, Buffer.from(vectors.buffer, vectors.byteOffset, vectors.byteLength), { mode: 0o600 });
    return await use(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A copy: a buffer of a small file may lie at an odd place of a shared one. */
export function floatsOf(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
