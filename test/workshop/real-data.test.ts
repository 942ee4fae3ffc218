/** Finding the real images: named, beside the repository, or none. */
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeOnRealData, realDataFolder } from '../support/real-data.ts';

describe('naming a data folder', () => {
  it('takes it as a full path', () => {
    expect(realDataFolder(tmpdir())).toBe(tmpdir());
  });

  it('refuses one that is not there instead of skipping', () => {
    const folder = join(tmpdir(), 'no-such-data');
    expect(() => realDataFolder(folder)).toThrow(`LEHR_TEST_DATA is "${folder}", which does not exist`);
  });
});

describeOnRealData('bottle', 'a set of real images', (folder) => {
  it('has good images to train on and defects to test with', async () => {
    expect((await readdir(join(folder, 'train/good'))).length).toBeGreaterThan(0);
    expect((await readdir(join(folder, 'test'))).length).toBeGreaterThan(1);
  });
});
