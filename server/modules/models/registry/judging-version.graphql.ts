/** The model version behind what a line and the pool tell: of an inspection, of counts, of a run and of an image. */
import { builder } from '../../../kit/builder.ts';
import { PoolImageRef } from '../../images/pool/pool.ref.ts';
import { InspectionRef, InspectionStatsRef } from '../../line/inspections/inspections.ref.ts';
import { ModelUseRef } from '../../line/run-summaries/job-summary.ref.ts';
import { ModelVersionRef } from './models.ref.ts';
import { loadModelRow } from './models.service.ts';

builder.objectField(InspectionRef, 'modelVersion', (t) =>
  t.field({
    type: ModelVersionRef,
    description: 'What judged it.',
    resolve: (row, _args, context) => loadModelRow(context, 'model_version', row.model_version_id),
  }),
);

builder.objectField(InspectionStatsRef, 'modelVersion', (t) =>
  t.field({
    type: ModelVersionRef,
    nullable: true,
    description: 'The model version that judged; null when the counts are not grouped by it.',
    resolve: (row, _args, context) =>
      row.model_version_id === undefined ? null : loadModelRow(context, 'model_version', row.model_version_id),
  }),
);

builder.objectField(ModelUseRef, 'modelVersion', (t) =>
  t.field({
    type: ModelVersionRef,
    description: 'The version; its approvals say who let it judge.',
    resolve: (use, _args, context) => loadModelRow(context, 'model_version', use.modelVersionId),
  }),
);

builder.objectField(PoolImageRef, 'modelVersion', (t) =>
  t.field({
    type: ModelVersionRef,
    nullable: true,
    description: 'What judged it.',
    resolve: (row, _args, context) =>
      row.model_version_id === null ? null : loadModelRow(context, 'model_version', row.model_version_id),
  }),
);
