/** Parts without a pause: writes images into a camera's folder, as many as wait there at most. */
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { testImage } from '../../edge/kit/tiny-model.ts';

export interface PartFeeder {
  readonly made: number;
  /** Resolves when no more comes. */
  stop(): Promise<void>;
}

const LOOK_MS = 20;

export function startPartFeeder(spool: string, maxWaiting: number): PartFeeder {
  let made = 0;
  let isStopping = false;
  const work = run();
  return {
    get made() {
      return made;
    },
    async stop() {
      isStopping = true;
      await work;
    },
  };

  async function run(): Promise<void> {
    await mkdir(spool, { recursive: true });
    while (!isStopping) {
      const waiting = (await readdir(spool)).length;
      for (let free = maxWaiting - waiting; free > 0; free--) {
        const name = `part-${String(made).padStart(8, '0')}.png`;
        // Seen whole or not at all.
        await writeFile(join(spool, `.${name}`), await testImage({ mark: made }));
        await rename(join(spool, `.${name}`), join(spool, name));
        made++;
      }
      await sleep(LOOK_MS);
    }
  }
}
