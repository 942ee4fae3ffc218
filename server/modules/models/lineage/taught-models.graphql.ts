/** The model versions that a dataset version taught, in the schema. */
import { builder } from '../../../kit/builder.ts';
import { DatasetVersionRef } from '../../datasets/versions/datasets.ref.ts';
import { ModelVersionRef } from '../registry/models.ref.ts';
import { modelsTaughtBy } from './taught-models.service.ts';

builder.objectFields(DatasetVersionRef, (t) => ({
  modelVersions: t.field({
    type: [ModelVersionRef],
    description: 'The model versions that it taught, the newest first.',
    args: { first: t.arg.int({ description: 'At most so many; a page unless told.' }) },
    resolve: (version, args, context) => modelsTaughtBy(context, version.id, args.first),
  }),
}));
