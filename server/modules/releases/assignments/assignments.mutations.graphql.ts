/** Putting models on cameras: shapes only; the rules are in `assign-model.service.ts`. */
import { builder } from '../../../kit/builder.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { APPROVERS } from '../../models/registry/models.service.ts';
import { CameraRef } from '../../plant/parts/plants.ref.ts';
import { assignModel, endShadow } from './assign-model.service.ts';
import { ModelAssignmentRef } from './assignments.ref.ts';

const AssignModelInput = builder.inputType('AssignModelInput', {
  description: 'Which approved version runs on which camera.',
  fields: (t) => ({
    cameraId: t.id({ required: true, description: 'The camera.' }),
    approvalId: t.id({ required: true, description: 'The approval of the version.' }),
    isShadow: t.boolean({
      description:
        'In shadow it judges along beside the one that judges, and never moves anything; left out: it judges.',
    }),
  }),
});

builder.mutationFields((t) => ({
  assignModel: t.field({
    type: ModelAssignmentRef,
    description:
      'Puts an approved model version on a camera in place of what runs there, or of what runs there in shadow.',
    authScopes: { roles: APPROVERS },
    errors: { types: [InvalidInputError, NotFoundError] },
    args: { input: t.arg({ type: AssignModelInput, required: true, description: 'Camera and approval.' }) },
    resolve: (_root, { input }, context) => assignModel(context, input),
  }),
  endShadow: t.field({
    type: CameraRef,
    description: 'Takes the version away from a camera that judges along in shadow.',
    authScopes: { roles: APPROVERS },
    errors: { types: [InvalidInputError, NotFoundError, ConflictError] },
    args: { cameraId: t.arg.id({ required: true, description: 'The camera.' }) },
    resolve: (_root, { cameraId }, context) => endShadow(context, cameraId),
  }),
}));
