/** What every part of a plant has in the schema: when it was retired, and the acts that retire and reinstate it. */
import { ADMINISTRATORS, READERS_AND_NODES } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { reinstatePart, retirePart } from './change-parts.service.ts';
import { partKinds } from './part-kinds.ts';
import type { PlantModelRows, PlantModelTable } from './plants.table.ts';

type PartRef<T extends PlantModelTable> = ReturnType<typeof builder.objectRef<PlantModelRows[T]>>;

const refusals = { types: [InvalidInputError, ConflictError, NotFoundError] };

/** Adds `retiredAt` to the type, and its two mutations; `reinstate` where the kind has a check of its own. */
export function addLifeCycle<T extends PlantModelTable>(
  table: T,
  ref: PartRef<T>,
  reinstate: typeof reinstatePart<T> = reinstatePart,
): void {
  const { typeName, words } = partKinds[table];
  const own = table === 'plant' ? 'For administrators of the installation.' : 'For administrators of the plant.';
  const authScopes = table === 'plant' ? { administrator: true } : { roles: ADMINISTRATORS };
  const idArgument = { required: true, description: `The id of ${words}.` } as const;

  builder.objectField(ref, 'retiredAt', (t) =>
    t.field({
      type: 'DateTime',
      nullable: true,
      authScopes: { roles: READERS_AND_NODES },
      description: 'When it was taken out of use; null while it is in use.',
      resolve: (row) => (row as { retired_at: Date | null }).retired_at,
    }),
  );
  builder.mutationField(`retire${typeName}`, (t) =>
    t.field({
      type: ref,
      description: `Takes ${words} out of use; what it has recorded stays. Refused while something below it is in use. ${own}`,
      authScopes,
      errors: refusals,
      args: { id: t.arg.id(idArgument) },
      resolve: (_root, { id }, context) => retirePart(context, table, id) as never,
    }),
  );
  builder.mutationField(`reinstate${typeName}`, (t) =>
    t.field({
      type: ref,
      description: `Takes ${words} that was retired into use again. Refused while what it belongs to is retired. ${own}`,
      authScopes,
      errors: refusals,
      args: { id: t.arg.id(idArgument) },
      resolve: (_root, { id }, context) => reinstate(context, table, id) as never,
    }),
  );
}
