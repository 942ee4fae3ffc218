/** What a person adds to recipes and batches that machines know only by their codes. */
import { READERS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { MaterialBatchRef, RecipeRef } from './plants.ref.ts';

const authScopes = { roles: READERS };
const nameText = 'What people call it; null while it is known only by its code.';

builder.objectField(RecipeRef, 'name', (t) =>
  t.exposeString('name', { nullable: true, authScopes, description: nameText }),
);
builder.objectField(MaterialBatchRef, 'name', (t) =>
  t.exposeString('name', { nullable: true, authScopes, description: nameText }),
);
builder.objectField(MaterialBatchRef, 'supplier', (t) =>
  t.exposeString('supplier', { nullable: true, authScopes, description: 'Who delivered it.' }),
);
