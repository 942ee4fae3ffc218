/** Lists of inspections. */
import { READERS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { InspectionFilter, inspectionSelection } from './inspection-filter.ref.ts';
import { InspectionRef } from './inspections.ref.ts';
import { listInspections } from './inspections.service.ts';

const readers = { roles: READERS };

builder.queryField('inspections', (t) =>
  t.connection({
    type: InspectionRef,
    description: 'Inspections, newest capture first.',
    authScopes: readers,
    args: { filter: t.arg({ type: InspectionFilter, description: 'Which inspections; all when left out.' }) },
    resolve: (_root, { filter, ...page }, context) => listInspections(context, inspectionSelection(filter), page),
  }),
);
