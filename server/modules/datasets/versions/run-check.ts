/** Carries a check out: what leaks, what stands across the splits, and the traps of data sets. The arithmetic runs in a child. */
import { act } from '../../../kit/act.ts';
import type { Services } from '../../../kit/context.ts';
import type { AuditOutput } from '../../images/data-quality/audit-types.ts';
import { runAudit } from '../../images/data-quality/run-audit.ts';
import { EMBEDDER, EMBEDDING_DIMENSIONS } from '../../images/similarity/embedding-graph.ts';
import { deleteIssues, type FoundIssue, finishCheck, insertIssues, updateLeakScores } from './checks.queries.ts';
import type { CheckFigure } from './dataset-checks.table.ts';
import { lockDatasetVersion } from './datasets.queries.ts';
import type { DatasetVersionRow } from './datasets.table.ts';
import { type LeakRow, selectLeaks } from './leaks.queries.ts';
import { type ReadVersion, readAuditInput } from './read-audit-input.ts';
import { type SideTrap, sideTraps } from './side-traps.ts';
import { STANDARD_POLICY } from './split-policy.ts';

const rowsPerStatement = 2000;

/** Looks at the version as it is, and writes what was found unless it has been frozen meanwhile. */
export async function runCheck(services: Services, version: DatasetVersionRow, signal: AbortSignal): Promise<void> {
  const { db, config } = services;
  const { limits } = config;
  const embedding = {
    embedder: EMBEDDER,
    dimensions: EMBEDDING_DIMENSIONS,
    mostVectors: limits.datasetCheckVectors,
  };
  const read = await readAuditInput(db, version, embedding);
  const leaks = await selectLeaks(db, [version.id], limits.datasetCheckLeaks);
  signal.throwIfAborted();
  const audit = await runAudit(read.input, { signal });
  const sides = sideTraps(
    {
      split: read.rows.map((row) => row.split),
      nearGroup: read.rows.map((row) => row.near_group?.toString('hex') ?? null),
      camera: read.rows.map((row) => row.camera_id),
      capturedAtMs: read.input.capturedAtMs,
      batch: read.rows.map((row) => row.batch_id),
    },
    version.split_policy?.neighbourMs ?? STANDARD_POLICY.neighbourMs,
  );
  const found = gather(read, leaks, sides, audit, limits.datasetCheckIssues);
  await writeLeakScores(services, version, read, found.leaks);
  await act(services, async ({ trx, now }) => {
    const locked = await lockDatasetVersion(trx, version.id);
    // what was found before it froze is kept as it was
    if (locked?.state !== 'draft') return;
    await deleteIssues(trx, version.id);
    for (const part of partsOf(found.issues)) await insertIssues(trx, version.id, part);
    const { revision } = version;
    await finishCheck(trx, version.id, { revision, figures: found.figures, at: now });
  });
}

interface Found {
  figures: CheckFigure[];
  issues: FoundIssue[];
  leaks: Map<string, FoundIssue>;
}

function gather(
  { rows, input }: ReadVersion,
  leakRows: readonly LeakRow[],
  sides: readonly SideTrap[],
  audit: AuditOutput,
  most: number,
): Found {
  const leaks = leakIssues(leakRows);
  const unmeasured = rows.flatMap((row, index) => (row.isMeasured ? [] : [input.sha256[index] ?? '']));
  const total = Math.max(1, rows.length);
  const named = (kind: string, count: number, params: Record<string, number>): CheckFigure => ({
    kind,
    score: Math.max(0, 1 - count / total),
    flagged: count > 0,
    count,
    code: count > 0 ? kind : `no_${kind}`,
    params: { images: rows.length, ...params },
  });
  const issues: FoundIssue[] = [
    ...[...leaks.values()].slice(0, most),
    ...unmeasured
      .slice(0, most)
      .map((sha256) => ({ kind: 'unmeasured', sha256, score: 0, isFlagged: true, detail: null })),
    ...sides.flatMap(({ figure, flagged }) =>
      [...flagged].slice(0, most).map((index) => ({
        kind: figure.kind,
        sha256: input.sha256[index] ?? '',
        score: 0.5,
        isFlagged: true,
        detail: null,
      })),
    ),
    ...audit.issues.flatMap((trap) => worstOf(trap, input.sha256, most)),
  ];
  const figures = [
    named('leak', leaks.size, { pairs: leakRows.length }),
    named('unmeasured', unmeasured.length, {}),
    ...sides.map(({ figure }) => figure),
    ...audit.figures,
  ];
  return { figures, issues, leaks };
}

/** One entry an image, with the pair that is most alike. A score below one half says leak however little alike the pair is. */
function leakIssues(rows: readonly LeakRow[]): Map<string, FoundIssue> {
  const issues = new Map<string, FoundIssue>();
  const add = (image: Buffer, other: Buffer, split: string, row: LeakRow) => {
    const sha256 = image.toString('hex');
    if (issues.has(sha256)) return;
    const { evidence, likeness } = row;
    const detail = { otherSha256: other.toString('hex'), otherSplit: split, evidence, likeness };
    issues.set(sha256, { kind: 'leak', sha256, score: (1 - likeness) / 2, isFlagged: true, detail });
  };
  for (const row of rows) {
    add(row.image_sha256, row.other_sha256, row.other_split, row);
    // the other one may be golden without being in the version; the list is of the version's images
    if (row.is_other_inside) add(row.other_sha256, row.image_sha256, row.split, row);
  }
  return issues;
}

function worstOf(trap: AuditOutput['issues'][number], sha256: readonly string[], most: number): FoundIssue[] {
  const order = [...sha256.keys()];
  if (order.length > most) {
    const rank = (index: number) => (trap.flagged[index] === 1 ? 0 : 2) + (trap.scores[index] ?? 1);
    order.sort((a, b) => rank(a) - rank(b));
  }
  return order.slice(0, most).map((index) => ({
    kind: trap.kind,
    sha256: sha256[index] ?? '',
    score: Math.min(1, Math.max(0, trap.scores[index] ?? 1)),
    isFlagged: trap.flagged[index] === 1,
    detail: trap.details.get(index) ?? null,
  }));
}

async function writeLeakScores(
  { db }: Services,
  version: DatasetVersionRow,
  { input }: ReadVersion,
  leaks: ReadonlyMap<string, FoundIssue>,
): Promise<void> {
  for (const part of partsOf(input.sha256)) {
    const range = { from: part[0] ?? '', to: part.at(-1) ?? '' };
    const found = part.flatMap((sha256) => leaks.get(sha256) ?? []);
    await updateLeakScores(db, version, range, found);
  }
}

function* partsOf<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < rows.length; at += rowsPerStatement) yield rows.slice(at, at + rowsPerStatement);
}
