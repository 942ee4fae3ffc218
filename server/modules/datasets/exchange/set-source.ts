/** Where a set comes from: a zip, or a folder on the server's disk. Nothing of it is believed: sizes, names, kinds of entries. */
import { createReadStream } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { type Entry, getFileNameLowLevel, open as openZipFile, type ZipFile } from 'yauzl';
import { type Refused, SetFault, type SetFiles } from './formats/format.ts';
import { isImageName } from './formats/set-paths.ts';
import { checkSetPath } from './set-path-rules.ts';

export interface SourceLimits {
  /** Files of a set, bytes of an image, of a file with labels, and of all of them unpacked. */
  files: number;
  imageBytes: number;
  labelBytes: number;
  totalBytes: number;
}

export interface SetSource extends Pick<SetFiles, 'paths' | 'read'> {
  readonly refused: readonly Refused[];
  /** The bytes of a file, not more than its limit. */
  stream(path: string): Promise<Readable>;
  close(): void;
}

interface Found {
  size: number;
  stream(): Promise<Readable>;
}

const SYMLINK = 0o120000;
const KIND = 0o170000;

/** Throws `SetFault` for what is no zip, or too large as a whole. */
export async function openZip(path: string, limits: SourceLimits): Promise<SetSource> {
  const zip = await new Promise<ZipFile>((resolve, reject) => {
    openZipFile(path, { lazyEntries: true, autoClose: false, decodeStrings: false }, (error, opened) => {
      if (error) reject(new SetFault('is not a zip archive, or is cut short: pack it again'));
      else resolve(opened);
    });
  });
  try {
    const list = createList(limits);
    await eachEntry(zip, (entry) => {
      const name = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false);
      if (name.endsWith('/')) return;
      const kind = (entry.externalFileAttributes >>> 16) & KIND;
      const size = entry.uncompressedSize;
      if (kind === SYMLINK) list.refuse(name, 'is a link: pack the file that it leads to');
      else if (entry.isEncrypted()) list.refuse(name, 'is encrypted: pack it without a password');
      else list.add(name, { size, stream: () => streamOf(zip, entry) });
    });
    return list.source(() => zip.close());
  } catch (error) {
    zip.close();
    if (error instanceof SetFault) throw error;
    throw new SetFault('is a damaged zip archive: pack it again');
  }
}

/** Throws `SetFault` where the folder is not there or lies, by links, outside of `base`. */
export async function openFolder(base: string, name: string, limits: SourceLimits): Promise<SetSource> {
  const root = await realpath(join(base, name)).catch(() => undefined);
  const outside = root === undefined ? '..' : relative(await realpath(base), root);
  if (root === undefined || outside.split(sep)[0] === '..')
    throw new SetFault('is no folder below the import folder: name one');
  if (!(await stat(root)).isDirectory()) throw new SetFault('is a file: name a folder');
  const list = createList(limits);
  const walk = async (folder: string): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name);
      const shown = relative(root, path).split(sep).join('/');
      if (entry.isSymbolicLink()) list.refuse(shown, 'is a link: put the file itself there');
      else if (entry.isDirectory()) await walk(path);
      else if (!entry.isFile()) list.refuse(shown, 'is no plain file: take it out');
      else list.add(shown, { size: (await stat(path)).size, stream: async () => createReadStream(path) });
    }
  };
  await walk(root);
  return list.source(() => {});
}

function createList(limits: SourceLimits) {
  const found = new Map<string, Found>();
  const refused: Refused[] = [];
  let total = 0;
  const refuse = (path: string, reason: string) =>
    refused.push({ path: (path.toWellFormed() || '(no name)').slice(0, 1000), reason });
  return {
    refuse,
    add(raw: string, file: Found): void {
      const checked = checkSetPath(raw);
      if (checked === 'ignored') return;
      if ('reason' in checked) {
        refuse(raw.replaceAll('\u0000', '\uFFFD'), checked.reason);
        return;
      }
      const { path } = checked;
      const limit = isImageName(path) ? limits.imageBytes : limits.labelBytes;
      const variable = isImageName(path) ? 'LEHR_LIMIT_IMAGE_BYTES' : 'LEHR_LIMIT_IMPORT_LABEL_BYTES';
      if (found.has(path)) refuse(path, 'is there twice: pack one of them');
      else if (file.size > limit) refuse(path, `has ${file.size} bytes: at most ${limit} are taken (${variable})`);
      else {
        found.set(path, file);
        total += file.size;
      }
      if (found.size + refused.length > limits.files) {
        throw new SetFault(`has more than ${limits.files} files (LEHR_LIMIT_IMPORT_FILES): import it in parts`);
      }
      if (total > limits.totalBytes) {
        throw new SetFault(`holds more than ${limits.totalBytes} bytes (LEHR_LIMIT_IMPORT_BYTES): import it in parts`);
      }
    },
    source(close: () => void): SetSource {
      const stream = async (path: string) => {
        const file = found.get(path);
        if (!file) throw new SetFault(`${path} is not in the set`);
        return file.stream();
      };
      let last: { path: string; bytes: Buffer } | undefined;
      return {
        paths: [...found.keys()],
        refused,
        stream,
        close,
        async read(path) {
          if (last?.path === path) return last.bytes;
          const parts: Buffer[] = [];
          try {
            for await (const part of (await stream(path)) as AsyncIterable<Buffer>) parts.push(part);
          } catch (error) {
            if (error instanceof SetFault) throw error;
            throw new SetFault(`${path} is damaged: pack it again`);
          }
          last = { path, bytes: Buffer.concat(parts) };
          return last.bytes;
        },
      };
    },
  };
}

function eachEntry(zip: ZipFile, visit: (entry: Entry) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    zip.on('entry', (entry: Entry) => {
      try {
        visit(entry);
        zip.readEntry();
      } catch (error) {
        reject(error);
      }
    });
    zip.once('end', resolve);
    zip.once('error', reject);
    zip.readEntry();
  });
}

/** yauzl ends it with an error as soon as more comes out than the entry says. */
function streamOf(zip: ZipFile, entry: Entry): Promise<Readable> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error) reject(new SetFault('is packed in a way that cannot be read, or damaged: pack it again'));
      else resolve(stream);
    });
  });
}
