/** What a model version has judged, in the schema. */
import { READERS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { InspectionRef, VerdictEnum } from '../../line/inspections/inspections.ref.ts';
import { listModelInspections } from '../../line/inspections/model-inspections.service.ts';
import { ModelVersionRef } from './models.ref.ts';

builder.objectField(ModelVersionRef, 'inspections', (t) =>
  t.connection({
    type: InspectionRef,
    description: 'Every inspection that it has judged, newest capture first.',
    authScopes: { roles: READERS },
    args: {
      verdicts: t.arg({ type: [VerdictEnum], description: 'Only with one of these verdicts.' }),
      from: t.arg({ type: 'DateTime', description: 'Captured at this time or later.' }),
      to: t.arg({ type: 'DateTime', description: 'Captured before this time.' }),
    },
    resolve: (version, { verdicts, from, to, ...page }, context) =>
      listModelInspections(
        context,
        version.id,
        { verdicts: verdicts ?? null, from: from ?? null, to: to ?? null },
        page,
      ),
  }),
);
