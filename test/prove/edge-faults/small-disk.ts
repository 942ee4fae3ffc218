/** A disk of its own for the edge node's home, small enough to be filled: a tmpfs, which gives ENOSPC as any full disk does. */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export interface SmallDisk extends Disposable {
  readonly path: string;
  /** Leaves nothing free. */
  fill(): void;
  empty(): void;
}

const BLOCK = Buffer.alloc(64 * 1024);

/** Undefined where this process may not mount: then the proof says that a full disk was not tried. */
export function mountSmallDisk(path: string, megabytes: number): SmallDisk | undefined {
  mkdirSync(path, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  const unmount = () => {
    execFileSync('umount', ['-l', path], { stdio: 'ignore' });
  };
  // A run that is broken off disposes of nothing.
  process.once('exit', unmount);
  const filler = join(path, 'filler');
  const empty = () => rmSync(filler, { force: true });
  return {
    path,
    fill() {
      const file = openSync(filler, 'a');
      try {
        for (let size = BLOCK.length; size >= 4_096; ) {
          try {
            writeSync(file, BLOCK, 0, size);
          } catch (error) {
            if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
            size /= 2;
          }
        }
      } finally {
        closeSync(file);
      }
    },
    empty,
    [Symbol.dispose]() {
      process.off('exit', unmount);
      unmount();
    },
  };
}
