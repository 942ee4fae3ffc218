/** The plant that an argument names, for those who administer it. */
import { ADMINISTRATORS, requireRole } from '../../../kit/access.ts';
import type { Context } from '../../../kit/context.ts';
import { NotFoundError } from '../../../kit/errors.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { findPart } from '../../plant/parts/plants.service.ts';

/** Its key. Throws `NotFoundError` when there is no such plant: an administrator of the installation has rights in any that may be. */
export async function administeredPlant(context: Context, globalId: string, field: string): Promise<string> {
  const plant = await findPart(context, 'plant', keyOf('Plant', globalId, field));
  if (!plant) throw new NotFoundError(field, globalId);
  requireRole(context, plant.id, ADMINISTRATORS, { field, value: globalId });
  return plant.id;
}
