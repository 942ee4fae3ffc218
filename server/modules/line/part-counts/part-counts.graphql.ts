/** Where parts have gone: names and shapes only; the rules are in the services. */
import { READERS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { InvalidInputError } from '../../../kit/errors.ts';
import { recordedItemsPayload } from '../../../kit/recorded-item.ref.ts';
import { StationRef } from '../../plant/parts/plants.ref.ts';
import { loadPart } from '../../plant/parts/plants.service.ts';
import { JobRef } from '../production-runs/production-runs.ref.ts';
import { JobPartCountsRef } from './part-counts.ref.ts';
import { loadJobPartCounts, loadStationPartCounts } from './part-counts.service.ts';
import type { PartCountRow } from './part-counts.table.ts';
import { recordPartCounts } from './record-part-counts.service.ts';

const readers = { roles: READERS };
const nodes = { roles: ['edge_node'] as const };

const says = {
  triggered: 'Parts that came: the sum of all others.',
  accepted: 'Passed, as they should.',
  rejected: 'Taken out, confirmed.',
  bypassed: 'To be rejected, but passed: the gate is disabled, off or dry-run, or its configuration says so.',
  unseen: 'Passed without being inspected.',
  unknown: 'Nobody knows where they went; must be none.',
  inTransit: 'Between trigger and gate.',
};

const PartCountsRef = builder.objectRef<PartCountRow>('PartCounts').implement({
  description: 'Where the parts have gone that came to a station in one run, as its node last counted.',
  authScopes: readers,
  fields: (t) => ({
    station: t.field({
      type: StationRef,
      description: 'Where they were counted.',
      resolve: (row, _args, context) => loadPart(context, 'station', row.station_id),
    }),
    jobCode: t.exposeString('job_code', { nullable: true, description: 'The run.' }),
    revision: t.exposeInt('revision', { description: 'Grows with every snapshot.' }),
    from: t.expose('counted_from', { type: 'DateTime', description: 'When the count began.' }),
    to: t.expose('counted_to', { type: 'DateTime', description: 'Of the last snapshot.' }),
    triggered: t.exposeInt('triggered', { description: says.triggered }),
    accepted: t.exposeInt('accepted', { description: says.accepted }),
    rejected: t.exposeInt('rejected', { description: says.rejected }),
    bypassed: t.exposeInt('bypassed', { description: says.bypassed }),
    unseen: t.exposeInt('unseen', { description: says.unseen }),
    unknown: t.exposeInt('unknown', { description: says.unknown }),
    inTransit: t.exposeInt('in_transit', { description: says.inTransit }),
  }),
});

JobPartCountsRef.implement({
  description:
    'Where the parts of a job have gone, over all stations; a part that several stations see counts at each.',
  authScopes: readers,
  fields: (t) => ({
    triggered: t.exposeInt('triggered', { description: says.triggered }),
    accepted: t.exposeInt('accepted', { description: says.accepted }),
    rejected: t.exposeInt('rejected', { description: says.rejected }),
    bypassed: t.exposeInt('bypassed', { description: says.bypassed }),
    unseen: t.exposeInt('unseen', { description: says.unseen }),
    unknown: t.exposeInt('unknown', { description: says.unknown }),
    inTransit: t.exposeInt('inTransit', { description: says.inTransit }),
    difference: t.exposeInt('difference', { description: 'Triggered minus the others; must be 0.' }),
    stations: t.field({
      type: [PartCountsRef],
      description: 'By station; one that began to count anew has several.',
      resolve: ({ stations }) => stations,
    }),
  }),
});

builder.objectField(JobRef, 'partCounts', (t) =>
  t.field({
    type: JobPartCountsRef,
    nullable: true,
    authScopes: readers,
    description: 'Where its parts have gone; null when no node has counted them.',
    resolve: (job, _args, context) => loadJobPartCounts(context, job),
  }),
);

builder.objectField(StationRef, 'partCounts', (t) =>
  t.field({
    type: PartCountsRef,
    nullable: true,
    authScopes: readers,
    description: 'Its present count, or the last one; null when its node has never counted.',
    resolve: (station, _args, context) => loadStationPartCounts(context, station.id),
  }),
);

const PartCountsInputRef = builder.inputType('PartCountsInput', {
  description: 'A snapshot of one count: of one station and one run, from its begin on.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'UUIDv7 made when the count began.' }),
    stationId: t.id({ required: true, description: 'A station of the node.' }),
    jobCode: t.string({ description: 'The run.' }),
    revision: t.int({ required: true, description: 'Greater with every snapshot; the greatest counts.' }),
    from: t.field({ type: 'DateTime', required: true, description: 'When the count began.' }),
    to: t.field({ type: 'DateTime', required: true, description: 'When the snapshot was taken.' }),
    triggered: t.int({ required: true, description: says.triggered }),
    accepted: t.int({ required: true, description: says.accepted }),
    rejected: t.int({ required: true, description: says.rejected }),
    bypassed: t.int({ required: true, description: says.bypassed }),
    unseen: t.int({ required: true, description: says.unseen }),
    unknown: t.int({ required: true, description: says.unknown }),
    inTransit: t.int({ required: true, description: says.inTransit }),
  }),
});

const RecordPartCountsPayload = recordedItemsPayload('RecordPartCountsPayload');

builder.mutationField('recordPartCounts', (t) =>
  t.field({
    type: RecordPartCountsPayload,
    description:
      'Records where an edge node saw parts go. Every item has its own outcome; one that a newer snapshot has overtaken is a duplicate.',
    authScopes: nodes,
    errors: { types: [InvalidInputError] },
    args: { input: t.arg({ type: [PartCountsInputRef], required: true, description: 'At most 500.' }) },
    resolve: async (_root, { input }, context) => ({ items: await recordPartCounts(context, input) }),
  }),
);
