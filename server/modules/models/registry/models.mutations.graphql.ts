/** Making and approving models: shapes only; the rules are in `models.service.ts`. */
import { builder } from '../../../kit/builder.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { TooManyAttemptsError, WrongCredentialsError } from '../../people/access/access.errors.ts';
import { ApprovalRef, ModelRef } from './models.ref.ts';
import { APPROVERS, approveModelVersion, createModel, MODELLERS } from './models.service.ts';

const CreateModelInput = builder.inputType('CreateModelInput', {
  description: 'A new model of a plant.',
  fields: (t) => ({
    plantId: t.id({ required: true, description: 'The plant it belongs to.' }),
    code: t.string({ required: true, description: 'Unique in the plant: a-z, 0-9 and -.' }),
    name: t.string({ required: true, description: 'What people call it.' }),
  }),
});

const ApproveModelVersionInput = builder.inputType('ApproveModelVersionInput', {
  description: 'A signature on a model version.',
  fields: (t) => ({
    modelVersionId: t.id({ required: true, description: 'The version.' }),
    meaning: t.string({ required: true, description: 'What the signature means, in words.' }),
    password: t.string({ required: true, description: 'Given again, for an approval is a signature.' }),
  }),
});

builder.mutationFields((t) => ({
  createModel: t.field({
    type: ModelRef,
    description: 'Makes a model to train versions of.',
    authScopes: { roles: MODELLERS },
    errors: { types: [InvalidInputError, ConflictError, NotFoundError] },
    args: { input: t.arg({ type: CreateModelInput, required: true, description: 'What to make.' }) },
    resolve: (_root, { input }, context) => createModel(context, input),
  }),
  approveModelVersion: t.field({
    type: ApprovalRef,
    description: 'Signs that a model version may run on the plant’s cameras.',
    authScopes: { roles: APPROVERS },
    errors: { types: [InvalidInputError, NotFoundError, WrongCredentialsError, TooManyAttemptsError] },
    args: { input: t.arg({ type: ApproveModelVersionInput, required: true, description: 'The signature.' }) },
    resolve: (_root, { input }, context) => approveModelVersion(context, input),
  }),
}));
