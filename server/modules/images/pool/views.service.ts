/** Saved views of a plant's pool: a filter with its order, by a name. */

import { CURATORS, READERS, requireRole } from '../../../kit/access.ts';
import { act } from '../../../kit/act.ts';
import { canonicalJson } from '../../../kit/canonical-json.ts';
import { checkJson } from '../../../kit/check-values.ts';
import type { Context } from '../../../kit/context.ts';
import { ConflictError, InvalidInputError } from '../../../kit/errors.ts';
import { newId } from '../../../kit/ids.ts';
import { viewingPerson } from '../../../kit/viewing-person.ts';
import type { PoolViewRow } from './pool.table.ts';
import type { PlantArgument } from './tags.service.ts';
import { countViews, deleteView, selectViews, selectViewsIn, upsertView } from './views.queries.ts';

const QUESTION_LENGTH = 20_000;

export interface ViewInput {
  name: string;
  question?: unknown;
  isShared: boolean;
}

/** Those of the person, and those that are shared, by name. */
export function listViews(context: Context, plant: PlantArgument): Promise<PoolViewRow[]> {
  requireRole(context, plant.id, READERS, { field: 'plantId', value: plant.globalId });
  const { viewer } = context;
  return selectViews(context.db, plant.id, viewer.kind === 'person' ? viewer.personId : null);
}

/** A view of the same name that the person has is replaced. */
export async function saveView(context: Context, plant: PlantArgument, input: ViewInput): Promise<PoolViewRow> {
  const roles = input.isShared ? CURATORS : READERS;
  requireRole(context, plant.id, roles, { field: 'input.plantId', value: plant.globalId });
  const name = input.name.trim();
  if (name === '' || name.length > 100 || name.includes('\u0000'))
    throw new InvalidInputError('input.name', input.name, 'give 1 to 100 characters');
  const isObject = typeof input.question === 'object' && input.question !== null && !Array.isArray(input.question);
  if (!isObject)
    throw new InvalidInputError('input.question', input.question, 'give an object: filter and sort of poolImages');
  const question = canonicalJson(input.question);
  const refusal = checkJson('input.question', question, QUESTION_LENGTH, 'a shorter filter');
  if (refusal) throw new InvalidInputError(refusal.field, refusal.value, refusal.reason);
  const personId = viewingPerson(context);
  return act(context, async ({ trx, now, audit }) => {
    const { poolViews } = context.config.limits;
    if ((await countViews(trx, plant.id, personId, name)) >= poolViews)
      throw new ConflictError(
        'input.name',
        name,
        `keep at most ${poolViews} views (LEHR_LIMIT_POOL_VIEWS): delete one first`,
      );
    const row = {
      id: newId(),
      plant_id: plant.id,
      name,
      question,
      is_shared: input.isShared,
      made_by: personId,
      made_at: now,
    };
    const before = (await selectViews(trx, plant.id, personId)).find(
      (each) => each.made_by === personId && each.name === name,
    );
    const view = await upsertView(trx, row);
    audit('pool_view.save', subjectOf(view), {
      name,
      before: before ? viewFacts(before) : null,
      after: viewFacts(view),
    });
    return view;
  });
}

/** One's own, by its name. Gives what it was. */
export async function removeView(context: Context, plant: PlantArgument, name: string): Promise<PoolViewRow> {
  requireRole(context, plant.id, READERS, { field: 'input.plantId', value: plant.globalId });
  const personId = viewingPerson(context);
  return act(context, async ({ trx, audit }) => {
    const view = await deleteView(trx, plant.id, personId, name);
    if (!view) throw new InvalidInputError('input.name', name, 'give the name of a view that you saved');
    audit('pool_view.delete', subjectOf(view), { name, before: viewFacts(view), after: null });
    return view;
  });
}

function subjectOf(view: PoolViewRow) {
  return { plantId: view.plant_id, subjectType: 'PoolView', subjectId: view.id };
}

function viewFacts({ name, is_shared: isShared, question }: PoolViewRow) {
  return { name, isShared, question };
}

/** The views with these ids that the caller may see; null for the others. */
export async function findViews(context: Context, ids: readonly string[]): Promise<(PoolViewRow | null)[]> {
  const { viewer } = context;
  const views = new Map((await selectViewsIn(context.db, ids)).map((view) => [view.id, view]));
  return ids.map((id) => {
    const view = views.get(id);
    if (!view || context.rights.rolesIn(view.plant_id).size === 0) return null;
    const isOwn = viewer.kind === 'person' && view.made_by === viewer.personId;
    return isOwn || view.is_shared ? view : null;
  });
}
