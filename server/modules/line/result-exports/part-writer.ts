/** Writes one file of an export: under a temporary name, hashed as it grows, durable before it has its own. */
import { createHash } from 'node:crypto';
import { type FileHandle, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { csvHeader, csvLine } from './csv.ts';
import { type CellKind, type ExportedRow, exportColumns, type NameOf } from './export-columns.ts';
import type { ExportFormatName } from './result-exports.table.ts';

export interface PartWriter {
  write(rows: readonly ExportedRow[], nameOf: NameOf): Promise<void>;
  /** Gives the file its name. */
  finish(): Promise<{ sizeBytes: number; sha256: Buffer }>;
  /** Leaves the temporary file to whoever cleans up. */
  abandon(): Promise<void>;
}

export async function openPart(format: ExportFormatName, path: string): Promise<PartWriter> {
  const temporary = `${path}.part`;
  const handle = await open(temporary, 'w', 0o600);
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const append = async (bytes: Uint8Array) => {
    hash.update(bytes);
    sizeBytes += bytes.byteLength;
    await writeAll(handle, bytes);
  };
  const body = format === 'csv' ? csvBody(append) : parquetBody(append);
  return {
    write: body.write,
    async finish() {
      await body.end();
      await handle.sync();
      await handle.close();
      await rename(temporary, path);
      const folder = await open(dirname(path), 'r');
      await folder.sync().finally(() => folder.close());
      return { sizeBytes, sha256: hash.digest() };
    },
    abandon: () => handle.close(),
  };
}

type Append = (bytes: Uint8Array) => Promise<void>;
interface Body {
  write: PartWriter['write'];
  end(): Promise<void>;
}

function csvBody(append: Append): Body {
  let isBegun = false;
  const begin = async () => {
    if (isBegun) return;
    isBegun = true;
    await append(Buffer.from(csvHeader(exportColumns)));
  };
  return {
    async write(rows, nameOf) {
      await begin();
      await append(Buffer.from(rows.map((row) => csvLine(exportColumns, row, nameOf)).join('')));
    },
    end: begin,
  };
}

const parquetTypes = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  time: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
  integer: { type: 'INT64' },
  real: { type: 'FLOAT' },
  json: { type: 'BYTE_ARRAY', converted_type: 'JSON' },
} as const satisfies Record<CellKind, object>;

/** One row group for every call of `write`, so that memory is that of a page whatever the file's length. */
function parquetBody(append: Append): Body {
  const buffer = new ByteWriter();
  const writer = new ParquetWriter({
    writer: buffer,
    schema: [
      { name: 'root', num_children: exportColumns.length },
      ...exportColumns.map(({ name, kind, required }) => ({
        name,
        ...parquetTypes[kind],
        repetition_type: required ? ('REQUIRED' as const) : ('OPTIONAL' as const),
      })),
    ],
  });
  const flush = async () => {
    await append(new Uint8Array(buffer.buffer.slice(0, buffer.index)));
    buffer.index = 0;
  };
  return {
    async write(rows, nameOf) {
      if (rows.length === 0) return;
      const columnData = exportColumns.map(({ name, kind, cell }) => ({
        name,
        data: rows.map((row) => {
          const value = cell(row, nameOf);
          return kind === 'integer' && typeof value === 'number' ? BigInt(value) : value;
        }),
      }));
      await writer.write({ columnData, rowGroupSize: rows.length });
      await flush();
    },
    async end() {
      await writer.finish();
      await flush();
    },
  };
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.byteLength) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.byteLength - written);
    written += bytesWritten;
  }
}
