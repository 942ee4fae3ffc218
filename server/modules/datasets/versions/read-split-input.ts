/** Reads what keeps the images of a version together, page by page, as columns. */
import type { Db } from '../../../database/database.ts';
import type { DatasetVersionRow, SplitName } from './datasets.table.ts';
import type { SplitInput } from './plan-split.ts';
import { type PairRow, type SplitRow, selectPairs, selectSplitRows } from './split.queries.ts';

const pageRows = 5000;

export interface ReadSplit {
  question: SplitInput;
  /** Present side of each image. */
  before: SplitName[];
}

export async function readSplitInput(db: Db, version: DatasetVersionRow): Promise<ReadSplit> {
  const rows: SplitRow[] = [];
  for (;;) {
    const page = await selectSplitRows(db, version, rows.at(-1)?.image_sha256 ?? null, pageRows);
    rows.push(...page);
    if (page.length < pageRows) break;
  }
  const sha256 = rows.map((row) => row.image_sha256.toString('hex'));
  const { pairs } = await readPairs(db, version, sha256);
  return {
    before: rows.map((row) => row.split),
    question: {
      sha256,
      label: rows.map((row) => row.label),
      // only validation images may move to another side, and only to train
      kept: rows.map((row) => (row.is_golden ? 'golden' : row.before === 'golden' ? null : row.before)),
      isTrainedOn: Uint8Array.from(rows, (row) => Number(row.is_trained_on)),
      exactGroup: rows.map((row) => row.exact_group?.toString('hex') ?? null),
      nearGroup: rows.map((row) => row.near_group?.toString('hex') ?? null),
      camera: rows.map((row) => row.camera_id),
      capturedAtMs: Float64Array.from(rows, (row) => row.captured_at?.getTime() ?? Number.NaN),
      batch: rows.map((row) => row.batch_id),
      pairs,
    },
  };
}

/** Near duplicates as indices a0, b0, a1, b1 … into the hashes given, and how alike each pair is. */
export async function readPairs(
  db: Db,
  version: { id: string; plant_id: string },
  sha256: readonly string[],
): Promise<{ pairs: Uint32Array; likeness: Float32Array }> {
  const byHash = new Map(sha256.map((hash, index) => [hash, index]));
  const pairs: number[] = [];
  const likeness: number[] = [];
  let last: PairRow | null = null;
  for (;;) {
    const page: PairRow[] = await selectPairs(db, version, last, pageRows);
    for (const pair of page) {
      const a = byHash.get(pair.a_sha256.toString('hex'));
      const b = byHash.get(pair.b_sha256.toString('hex'));
      if (a === undefined || b === undefined) continue;
      pairs.push(a, b);
      likeness.push(pair.likeness);
    }
    last = page.at(-1) ?? null;
    if (page.length < pageRows) break;
  }
  return { pairs: Uint32Array.from(pairs), likeness: Float32Array.from(likeness) };
}
