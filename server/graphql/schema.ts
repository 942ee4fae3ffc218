/** Gathers the types of all modules. Each module adds its line here. */
import { builder } from '../kit/builder.ts';
import '../modules/access/access.graphql.ts';
import '../modules/access/access.mutations.graphql.ts';
import '../modules/access/edge-keys.graphql.ts';
import '../modules/access/people.graphql.ts';
import '../modules/datasets/datasets.graphql.ts';
import '../modules/events/events.graphql.ts';
import '../modules/events/events.live.graphql.ts';
import '../modules/exports/exports.graphql.ts';
import '../modules/images/images.graphql.ts';
import '../modules/inspections/corrections.graphql.ts';
import '../modules/inspections/inspections.graphql.ts';
import '../modules/inspections/inspections.lists.graphql.ts';
import '../modules/inspections/inspections.live.graphql.ts';
import '../modules/inspections/inspections.mutations.graphql.ts';
import '../modules/jobs/job-summary.graphql.ts';
import '../modules/jobs/jobs.graphql.ts';
import '../modules/jobs/jobs.mutations.graphql.ts';
import '../modules/line-status/line-status.graphql.ts';
import '../modules/machines/machines.graphql.ts';
import '../modules/models/models.graphql.ts';
import '../modules/models/models.mutations.graphql.ts';
import '../modules/plant-model/plant-model.graphql.ts';
import '../modules/plants/edge-nodes.graphql.ts';
import '../modules/plants/materials.graphql.ts';
import '../modules/plants/part-fields.graphql.ts';
import '../modules/plants/plants.graphql.ts';
import '../modules/plants/plants.lists.graphql.ts';
import '../modules/plants/plants.mutations.graphql.ts';
import '../modules/plants/plants.updates.graphql.ts';
import '../modules/shifts/shifts.graphql.ts';
import '../modules/rate-limit/rate-limit.graphql.ts';
import '../modules/statistics/statistics.graphql.ts';
import '../modules/training/training.graphql.ts';
import './error-types.ts';
import { assertEveryFieldHasRule } from './rules.ts';

builder.queryType({ description: 'What can be asked.' });
builder.mutationType({ description: 'What can be done. Each act is audited.' });
builder.subscriptionType({ description: 'What can be followed, over WebSocket.' });

export const schema = builder.toSchema({ sortSchema: true });

assertEveryFieldHasRule(schema);
