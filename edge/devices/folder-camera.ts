/**
 * A camera that leaves its images in a folder. Files are taken in the order of their names and deleted only when the outbox
 * has result and image; a file that the outbox knows already from before a crash is deleted without a second inspection.
 * Unlike a live camera's, its images may repeat and change their size: folders are also filled from sets of images.
 */
import { type FSWatcher, watch } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join, parse } from 'node:path';
import type { FolderSourceConfig } from '../config/source-config.ts';
import type { Logger } from '../log.ts';
import type { CapturedImage } from '../pipeline/frame.ts';
import { createBell, pause } from '../wait.ts';
import type { ImageSource } from './device.ts';

/** What the outbox remembers of images between its commit and their deletion. */
export interface SourceMemory {
  /** Keys that this camera has left in the outbox, from this run or an earlier one. */
  known(prefix: string): ReadonlySet<string>;
  forget(keys: string[]): Promise<void>;
}

const FORGET_EVERY_MS = 1_000;
/** The API's limit for part ids. */
const MAX_PART_ID = 100;

export interface FolderCameraOptions {
  /** For the log, and the beginning of the keys of its images. */
  camera: string;
  config: FolderSourceConfig;
  memory: SourceMemory;
  /** A file was put aside. */
  onRejected(reason: string): void;
  log: Logger;
}

/** Makes the folder when it is missing. Rejects when it cannot be read. */
export async function createFolderCamera(options: FolderCameraOptions): Promise<ImageSource> {
  const { camera, config, memory, log } = options;
  const { path } = config;
  await mkdir(path, { recursive: true });
  const rejectedPath = config.rejectedPath ?? join(dirname(path), 'rejected', basename(path));
  const prefix = `${camera}/`;
  const intervalMs = config.ratePerS === undefined ? 0 : 1_000 / config.ratePerS;
  /** Names that are being inspected. */
  const held = new Set<string>();
  /** Names that looked half-written → not before this time again. */
  const later = new Map<string, number>();
  let queue: string[] = [];
  let released: string[] = [];
  let rejected = 0;
  let nextAtMs = 0;
  const arrival = createBell();
  let watcher: FSWatcher | undefined;
  await deleteKnown();
  try {
    watcher = watch(path, () => arrival.ring());
    watcher.on('error', () => watcher?.close());
  } catch {
    // Some network file systems cannot be watched; the poll finds the files all the same.
  }
  const forgetting = setInterval(() => void forgetReleased(), FORGET_EVERY_MS);

  return {
    next,
    get rejected() {
      return rejected;
    },
    problem: undefined,
    async stop() {
      watcher?.close();
      clearInterval(forgetting);
      await forgetReleased();
    },
  };

  async function next(signal: AbortSignal): Promise<CapturedImage | undefined> {
    const waitMs = nextAtMs - performance.now();
    if (waitMs > 0) await pause(waitMs, signal);
    while (!signal.aborted) {
      const name = queue.shift();
      if (name === undefined) {
        await refill(signal);
        continue;
      }
      const image = await take(name);
      if (!image) continue;
      // A clock, not a pause after each: the rate holds whatever an inspection takes.
      nextAtMs = Math.max(performance.now() - intervalMs, nextAtMs) + intervalMs;
      return image;
    }
    return undefined;
  }

  async function refill(signal: AbortSignal): Promise<void> {
    // Before the listing: a file that comes while it runs ends the wait at once.
    const arrived = arrival.next(signal, config.pollMs);
    queue = await listFiles();
    if (queue.length === 0) await arrived;
  }

  async function listFiles(): Promise<string[]> {
    const entries = await readdir(path, { withFileTypes: true });
    const now = performance.now();
    return entries
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.') && !held.has(entry.name))
      .map(({ name }) => name)
      .filter((name) => (later.get(name) ?? 0) <= now)
      .sort();
  }

  async function take(name: string): Promise<CapturedImage | undefined> {
    const file = join(path, name);
    const before = await stat(file).catch(() => undefined);
    if (!before?.isFile()) return undefined;
    const { mtimeMs, size } = before;
    if (size > config.maxFileBytes) {
      await putAside(name, mtimeMs, `${size} bytes are more than maxFileBytes = ${config.maxFileBytes}`);
      return undefined;
    }
    if (size === 0) {
      await putAside(name, mtimeMs, 'the file is empty');
      return undefined;
    }
    const bytes = await readFile(file);
    const after = await stat(file).catch(() => undefined);
    if (!after || after.mtimeMs !== mtimeMs || after.size !== size || bytes.length !== size) {
      later.set(name, performance.now() + config.pollMs);
      return undefined;
    }
    held.add(name);
    const sourceKey = keyOf(name, before);
    return {
      sourceKey,
      partId: partIdOf(name),
      capturedAtMs: config.capture === 'mtime' ? mtimeMs : Date.now(),
      uncertaintyMs: 0,
      trigger: null,
      arrivedAtMs: Date.now(),
      latencyMs: 0,
      unusable: undefined,
      bytes: new Uint8Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength),
      async release() {
        await unlink(file).catch(ignoreMissing);
        released.push(sourceKey);
        held.delete(name);
      },
      async reject(reason) {
        await putAside(name, mtimeMs, reason);
        held.delete(name);
      },
    };
  }

  function keyOf(name: string, file: { mtimeMs: number; size: number }): string {
    return `${prefix}${name}|${file.mtimeMs}|${file.size}`;
  }

  /** A file that may still be growing is offered again; one at rest goes where people see it. */
  async function putAside(name: string, mtimeMs: number, reason: string): Promise<void> {
    const file = join(path, name);
    const present = await stat(file).catch(() => undefined);
    if (!present) return;
    // The time of last change by the node's own clock: what wrote the file may have set any mtime.
    if (present.mtimeMs !== mtimeMs || Math.abs(Date.now() - present.ctimeMs) < config.settleMs) {
      later.set(name, performance.now() + Math.min(config.settleMs, config.pollMs));
      return;
    }
    later.delete(name);
    await mkdir(rejectedPath, { recursive: true });
    const { name: stem, ext } = parse(name);
    const taken = await stat(join(rejectedPath, name)).catch(() => undefined);
    await rename(file, join(rejectedPath, taken ? `${stem}-${Date.now()}${ext}` : name));
    rejected++;
    log.warn({ camera }, `${name} is put aside in ${rejectedPath}: ${reason}`);
    options.onRejected(reason);
    await limitRejected();
  }

  async function limitRejected(): Promise<void> {
    const names = await readdir(rejectedPath);
    if (names.length <= config.maxRejected) return;
    const files = await Promise.all(
      names.map(async (name) => ({ name, mtimeMs: (await stat(join(rejectedPath, name))).mtimeMs })),
    );
    files.sort((a, b) => a.mtimeMs - b.mtimeMs);
    const surplus = files.slice(0, files.length - config.maxRejected);
    for (const { name } of surplus) await rm(join(rejectedPath, name), { force: true });
    log.warn(
      { camera },
      `${surplus.length} of the oldest files in ${rejectedPath} are deleted: more than maxRejected = ${config.maxRejected}`,
    );
  }

  /** Files that an earlier run had inspected but not yet deleted. */
  async function deleteKnown(): Promise<void> {
    const known = memory.known(prefix);
    if (known.size === 0) return;
    for (const entry of await readdir(path, { withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = join(path, entry.name);
      if (known.has(keyOf(entry.name, await stat(file)))) await unlink(file).catch(ignoreMissing);
    }
    released.push(...known);
    await forgetReleased();
  }

  /** The deletion must be on disk before the key goes: a power cut could bring the file back. */
  async function forgetReleased(): Promise<void> {
    if (released.length === 0) return;
    const keys = released;
    released = [];
    try {
      const folder = await open(path, 'r');
      await folder.sync().finally(() => folder.close());
      await memory.forget(keys);
      const now = performance.now();
      for (const [name, until] of later) if (until + 10 * config.settleMs < now) later.delete(name);
    } catch (error) {
      // Kept for the next round: a key too many costs a row, one too few an inspection made twice.
      released.push(...keys);
      log.warn({ camera, err: error }, 'deleted files are not forgotten yet');
    }
  }
}

/** Longer names keep their end, where counters are. */
function partIdOf(name: string): string | null {
  const { name: stem } = parse(name);
  return stem === '' ? null : stem.slice(-MAX_PART_ID);
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
