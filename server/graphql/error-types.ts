/** The refusals that all modules share, as the schema shows them. */
import { builder } from '../kit/builder.ts';
import { ErrorRef } from '../kit/error.ref.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../kit/errors.ts';

ErrorRef.implement({
  description: 'A refusal that the caller can act on.',
  fields: (t) => ({
    message: t.exposeString('message', { description: 'What is wrong, in one sentence.' }),
  }),
});

const fieldDescription = 'Path of the refused value inside the arguments.';
const valueDescription = 'The refused value as text.';
const remedyDescription = 'What to do instead.';

builder.objectType(InvalidInputError, {
  name: 'InvalidInputError',
  description: 'A value that cannot be taken as it is.',
  interfaces: [ErrorRef],
  authScopes: { public: true },
  fields: (t) => ({
    field: t.exposeString('field', { description: fieldDescription }),
    value: t.exposeString('value', { nullable: true, description: valueDescription }),
    remedy: t.exposeString('remedy', { description: remedyDescription }),
  }),
});

builder.objectType(NotFoundError, {
  name: 'NotFoundError',
  description: 'The named thing does not exist, or the caller may not know that it does.',
  interfaces: [ErrorRef],
  authScopes: { public: true },
  fields: (t) => ({
    field: t.exposeString('field', { description: fieldDescription }),
    value: t.exposeString('value', { nullable: true, description: valueDescription }),
  }),
});

builder.objectType(ConflictError, {
  name: 'ConflictError',
  description: 'The thing exists already, or its state does not allow the act.',
  interfaces: [ErrorRef],
  authScopes: { public: true },
  fields: (t) => ({
    field: t.exposeString('field', { description: fieldDescription }),
    value: t.exposeString('value', { nullable: true, description: valueDescription }),
    remedy: t.exposeString('remedy', { description: remedyDescription }),
  }),
});
