/** The sets of real images that tests read in place: LEHR_TEST_DATA, else ../shared/data beside the repository. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe } from 'vitest';

export type RealDataSet = 'bottle' | 'cookies' | 'magnetic-tile';

const beside = fileURLToPath(new URL('../../../shared/data', import.meta.url));

/** Folder of all sets, or undefined where there is none. Throws when LEHR_TEST_DATA names a folder that is not there. */
export function realDataFolder(named = process.env.LEHR_TEST_DATA): string | undefined {
  if (!named) return existsSync(beside) ? beside : undefined;
  const folder = resolve(named);
  if (!existsSync(folder))
    throw new Error(`LEHR_TEST_DATA is "${named}", which does not exist; name the folder of the data sets or unset it`);
  return folder;
}

/** A `describe` that gets the folder of one set (MVTec AD layout); where the set is absent its cases are skipped and counted. Use the folder in tests and hooks only. */
export function describeOnRealData(set: RealDataSet, title: string, body: (folder: string) => void): void {
  const all = realDataFolder();
  const folder = all === undefined ? undefined : join(all, set);
  const isThere = folder !== undefined && existsSync(folder);
  describe.skipIf(!isThere)(isThere ? title : `${title} (no real data: ${set})`, () => body(folder ?? ''));
}
