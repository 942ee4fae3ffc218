/** The operator's one tap at the line: it asks reviewers to look, it is no label. */

import { CURATORS, requireRole } from '../../../kit/access.ts';
import { act } from '../../../kit/act.ts';
import type { Context } from '../../../kit/context.ts';
import { InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { newId } from '../../../kit/ids.ts';
import type { Role } from '../../../kit/rights.ts';
import { viewingPerson } from '../../../kit/viewing-person.ts';
import { findInspections, type ReadInspection } from '../../line/inspections/inspections.service.ts';
import type { LabelSuggestionRow, SuggestionKind } from '../annotations/annotations.table.ts';
import {
  queueSuggested,
  selectSuggestions,
  selectSuggestionsOfImages,
  upsertSuggestion,
} from './suggestions.queries.ts';

/** Who stands at a line, and who reviews what they say. */
export const SUGGESTERS: readonly Role[] = ['operator', ...CURATORS];

/** Records what the viewer says of a part; answering again replaces it. The image, once it is here, waits for a reviewer. */
export async function suggestLabel(
  context: Context,
  input: { inspectionId: string; kind: SuggestionKind },
): Promise<LabelSuggestionRow> {
  const field = 'input.inspectionId';
  const [inspection] = await findInspections(context, [keyOf('Inspection', input.inspectionId, field)]);
  if (!inspection) throw new NotFoundError(field, input.inspectionId);
  requireRole(context, inspection.plant_id, SUGGESTERS, { field, value: input.inspectionId });
  const isOfRejects = input.kind !== 'was_bad';
  if (inspection.verdict !== 'uncertain' && isOfRejects !== (inspection.verdict === 'reject'))
    throw new InvalidInputError(
      'input.kind',
      input.kind.toUpperCase(),
      isOfRejects ? 'the part was passed; WAS_BAD says that it should not have been' : 'the part was rejected already',
    );
  const at = context.now();
  const row: LabelSuggestionRow = {
    ...{
      id: newId(),
      plant_id: inspection.plant_id,
      inspection_id: inspection.id,
      captured_at: inspection.captured_at,
    },
    ...{ image_sha256: inspection.image_sha256, kind: input.kind, person_id: viewingPerson(context), made_at: at },
  };
  return act(context, async ({ trx, audit, event }) => {
    const key = { plantId: row.plant_id, id: row.inspection_id };
    const before = (await selectSuggestions(trx, [key])).find((each) => each.person_id === row.person_id);
    const suggestion = await upsertSuggestion(trx, row);
    if (inspection.image_sha256) await queueSuggested(trx, at, [inspection.image_sha256.toString('hex')], row.plant_id);
    const data = { inspectionId: input.inspectionId, kind: input.kind };
    const place = { lineId: inspection.line_id, stationId: inspection.station_id };
    event(row.plant_id, { kind: 'label.suggested', occurredAt: at, ...place, data });
    const subject = { subjectType: 'Inspection', subjectId: inspection.id, plantId: row.plant_id };
    audit('label.suggest', subject, { before: before ? { kind: before.kind } : null, after: { kind: row.kind } });
    return suggestion;
  });
}

/** What has been said of a part at the line, oldest first: one statement for all inspections of an execution. */
export function suggestionsOf(context: Context, inspection: ReadInspection): Promise<LabelSuggestionRow[]> {
  const loader = context.loader<string, LabelSuggestionRow[]>('suggestions of inspections', async (names) => {
    const keys = names.map((name) => ({ plantId: name.slice(0, 36), id: name.slice(37) }));
    const rows = Map.groupBy(
      await selectSuggestions(context.db, keys),
      (row) => `${row.plant_id}:${row.inspection_id}`,
    );
    return names.map((name) => rows.get(name) ?? []);
  });
  return loader.load(`${inspection.plant_id}:${inspection.id}`);
}

/** The same of an image, through every inspection that named it. */
export function suggestionsOfImage(context: Context, plantId: string, sha256: Buffer): Promise<LabelSuggestionRow[]> {
  const loader = context.loader<string, LabelSuggestionRow[]>('suggestions of images', async (names) => {
    const keys = names.map((name) => ({ plantId: name.slice(0, 36), sha256: name.slice(37) }));
    const rows = Map.groupBy(
      await selectSuggestionsOfImages(context.db, keys),
      (row) => `${row.plant_id}:${row.image_sha256?.toString('hex')}`,
    );
    return names.map((name) => rows.get(name) ?? []);
  });
  return loader.load(`${plantId}:${sha256.toString('hex')}`);
}

/** The part's result, or null when it is kept no more. */
export function inspectionOf(context: Context, row: LabelSuggestionRow): Promise<ReadInspection | null> {
  const loader = context.loader<string, ReadInspection | null>('inspections of suggestions', (keys) =>
    findInspections(context, keys),
  );
  return loader.load(`${row.plant_id}:${row.inspection_id}`);
}
