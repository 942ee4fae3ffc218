/** Reads a version for the look for traps: columns, page by page, with what the checks of the splits need. */
import { factors, type TrapName, trapNumbers, trapWords } from '#schema/production-context.ts';
import type { Db } from '../../../database/database.ts';
import type { AuditInput } from '../../images/data-quality/audit-types.ts';
import { type AuditRow, selectAuditRows, selectKnownLabels, selectVectors } from './checks.queries.ts';
import type { DatasetVersionRow } from './datasets.table.ts';
import { readPairs } from './read-split-input.ts';

const pageRows = 2000;

export interface ReadVersion {
  rows: AuditRow[];
  input: AuditInput;
}

export async function readAuditInput(
  db: Db,
  version: DatasetVersionRow,
  embedding: { embedder: string; dimensions: number; mostVectors: number },
): Promise<ReadVersion> {
  const rows: AuditRow[] = [];
  for (;;) {
    const page = await selectAuditRows(db, version.id, rows.at(-1)?.image_sha256 ?? null, pageRows);
    rows.push(...page);
    if (page.length < pageRows) break;
  }
  const sha256 = rows.map((row) => row.image_sha256.toString('hex'));
  const { pairs, likeness } = await readPairs(db, version, sha256);
  const vectors = rows.length <= embedding.mostVectors ? await readVectors(db, version.id, sha256, embedding) : null;
  const numbers = (read: (row: AuditRow) => number | null) => Float64Array.from(rows, (row) => read(row) ?? Number.NaN);
  // what the line did not measure at the capture, the pool has measured on the picture
  const isMostlyFromLine = rows.filter((row) => row.brightness !== null).length * 2 >= rows.length;
  const input: AuditInput = {
    seed: version.split_policy?.seed ?? 1,
    sha256,
    label: rows.map((row) => row.label),
    regions: Uint32Array.from(rows, (row) => row.regions),
    capturedAtMs: numbers((row) => row.captured_at?.getTime() ?? null),
    categories: {
      line: rows.map((row) => row.line),
      station: rows.map((row) => row.station),
      camera: rows.map((row) => row.camera),
      product: rows.map((row) => row.product),
      recipe: rows.map((row) => row.recipe),
      batch: rows.map((row) => row.batch),
      ...byTrap(trapWords, (name) => rows.map((row) => row[factors[name].column])),
      weekday: rows.map((row) => (row.weekday === null ? null : String(row.weekday))),
      hour: rows.map((row) => (row.hour === null ? null : String(row.hour))),
    },
    numbers: {
      brightness: numbers((row) => (isMostlyFromLine ? row.brightness : row.dark)),
      contrast: numbers((row) => (isMostlyFromLine ? row.contrast : row.low_information)),
      sharpness: numbers((row) => (isMostlyFromLine ? row.sharpness : row.blurred)),
      colourCast: numbers((row) => row.colour_cast),
      sizeBytes: numbers((row) => row.size_bytes),
      pixels: numbers((row) => (row.width === null || row.height === null ? null : row.width * row.height)),
      aspect: numbers((row) => (row.width === null || row.height === null ? null : row.width / row.height)),
      ...byTrap(trapNumbers, (name) => numbers((row) => row[factors[name].column])),
    },
    vectors,
    dimensions: embedding.dimensions,
    pairs,
    likeness,
    knownLabels: await selectKnownLabels(db, version.book_id),
  };
  return { rows, input };
}

function byTrap<Name extends TrapName, Values>(names: readonly Name[], read: (name: Name) => Values) {
  return Object.fromEntries(names.map((name) => [factors[name].trap, read(name)])) as Record<
    (typeof factors)[Name]['trap'],
    Values
  >;
}

/** images × dimensions, row by row; NaN where an image has none. Null: none has. */
async function readVectors(
  db: Db,
  versionId: string,
  sha256: readonly string[],
  { embedder, dimensions }: { embedder: string; dimensions: number },
): Promise<Float32Array | null> {
  const vectors = new Float32Array(sha256.length * dimensions).fill(Number.NaN);
  const byHash = new Map(sha256.map((hash, index) => [hash, index]));
  let after: Buffer | null = null;
  let found = 0;
  for (;;) {
    const page = await selectVectors(db, versionId, embedder, after, pageRows);
    for (const { image_sha256, vector } of page) {
      const index = byHash.get(image_sha256.toString('hex'));
      if (index === undefined || vector.length !== dimensions * 4) continue;
      for (let at = 0; at < dimensions; at++) vectors[index * dimensions + at] = vector.readFloatLE(at * 4);
      found++;
    }
    after = page.at(-1)?.image_sha256 ?? null;
    if (page.length < pageRows) break;
  }
  return found === 0 ? null : vectors;
}
