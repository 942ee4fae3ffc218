/** What was said and decided, for resolvers: one statement for all that an execution asks. */
import { canSee } from '../../../kit/access.ts';
import type { Context } from '../../../kit/context.ts';
import { loadByParent } from '../../../kit/load-rows.ts';
import { selectRowsIn } from '../../../kit/table-rows.ts';
import { selectDecisionHistory, selectHistory, selectVotes } from './annotations.queries.ts';
import { loadDecisions } from './annotations.service.ts';
import type { AnnotationRow, LabelDecisionRow } from './annotations.table.ts';

/** Annotations with these ids that the caller may see. */
export async function findAnnotations(context: Context, ids: readonly string[]): Promise<(AnnotationRow | null)[]> {
  const rows = await selectRowsIn(context.db, 'annotation', 'id', ids, ['id']);
  const byId = new Map(rows.filter((row) => canSee(context, row.plant_id)).map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id) ?? null);
}

export function historyOf(context: Context, plantId: string, sha256: Buffer): Promise<AnnotationRow[]> {
  return ofImage(context, 'annotations of images', plantId, sha256, (keys, most) =>
    selectHistory(context.db, keys, most),
  );
}

export function decisionsOf(context: Context, plantId: string, sha256: Buffer): Promise<LabelDecisionRow[]> {
  return ofImage(context, 'decisions of images', plantId, sha256, (keys, most) =>
    selectDecisionHistory(context.db, keys, most),
  );
}

export function standingDecisionOf(
  context: Context,
  plantId: string,
  sha256: Buffer,
): Promise<LabelDecisionRow | null> {
  const loader = context.loader<string, LabelDecisionRow | null>(`decisions ${plantId}`, async (hashes) => {
    const decisions = await loadDecisions(context.db, plantId, hashes);
    return hashes.map((hash) => decisions.get(hash) ?? null);
  });
  return loader.load(sha256.toString('hex'));
}

export function votesOf(context: Context, decisionId: string): Promise<AnnotationRow[]> {
  const select = (ids: readonly string[]) => selectVotes(context.db, ids);
  return loadByParent(context, 'votes', decisionId, select, (row) => row.decision_id);
}

function ofImage<Row extends { plant_id: string; image_sha256: Buffer }>(
  context: Context,
  key: string,
  plantId: string,
  sha256: Buffer,
  select: (keys: readonly { plantId: string; sha256: string }[], most: number) => Promise<Row[]>,
): Promise<Row[]> {
  const nameOf = (plant: string, hash: string) => `${plant}:${hash}`;
  const loader = context.loader<string, Row[]>(key, async (names) => {
    const keys = names.map((name) => ({ plantId: name.slice(0, 36), sha256: name.slice(37) }));
    const rows = await select(keys, context.config.limits.maxPageSize);
    const byName = Map.groupBy(rows, (row) => nameOf(row.plant_id, row.image_sha256.toString('hex')));
    return names.map((name) => byName.get(name) ?? []);
  });
  return loader.load(nameOf(plantId, sha256.toString('hex')));
}
