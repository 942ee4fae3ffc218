import { mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Resolves when the text is on disk; the folder need not be there. A kill leaves the old file or the new one. */
export async function replaceFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}
