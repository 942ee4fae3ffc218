/** What people may start: a look through the labels of a plant. */

import { CURATORS, requireRole } from '../../../kit/access.ts';
import { act } from '../../../kit/act.ts';
import type { Context } from '../../../kit/context.ts';
import { NotFoundError } from '../../../kit/errors.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { findPart } from '../../plant/parts/plants.service.ts';
import type { PlantRow } from '../../plant/parts/plants.table.ts';

export const JUDGE_LABELS_JOB = 'judge-labels';

/** Sends the look to the queue; its scores appear in the pool, and no label is changed. */
export async function findLabelErrors(context: Context, plantGlobalId: string): Promise<PlantRow> {
  const plant = await findPart(context, 'plant', keyOf('Plant', plantGlobalId, 'plantId'));
  if (!plant) throw new NotFoundError('plantId', plantGlobalId);
  requireRole(context, plant.id, CURATORS, { field: 'plantId', value: plantGlobalId });
  await act(context, async ({ trx, audit }) => {
    await context.jobs.send(trx, JUDGE_LABELS_JOB, { plantId: plant.id });
    audit('labels.judge', { plantId: plant.id, subjectType: 'Plant', subjectId: plant.id });
  });
  return plant;
}
