/** The line's picture as the schema shows it: names and shapes only. */
import { responsePathAsArray } from 'graphql';
import { READERS, requireRole } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { NotFoundError } from '../../../kit/errors.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { type Picture, PictureSource } from '../../../live/live-source.ts';
import { streamName } from '../../../live/stream-source.ts';
import { EdgeNodeRef, LineRef } from '../../plant/parts/plants.ref.ts';
import { findPart } from '../../plant/parts/plants.service.ts';
import { InspectionRef, InspectionStatsRef } from '../inspections/inspections.ref.ts';
import { MachineStatusRef } from '../nodes/machines.ref.ts';
import { loadMachineStatus } from '../nodes/machines.service.ts';
import { JobRef } from '../production-runs/production-runs.ref.ts';
import { loadOpenJob } from '../production-runs/production-runs.service.ts';
import {
  hourTotal,
  lastHour,
  lastRejectOfLine,
  nodesOfLine,
  ratePerMin,
  recentOfLine,
  type WatchedLine,
  watchedLine,
} from './line-status.service.ts';

const readers = { roles: READERS };

const LineStatusRef = builder.objectRef<Picture<WatchedLine>>('LineStatus').implement({
  description: 'Picture: what a line does now, conflated, at most 4 a second and at least one.',
  authScopes: readers,
  fields: (t) => ({
    line: t.field({
      type: LineRef,
      description: 'The line.',
      resolve: ({ subject }, _args, context) => watchedLine(context, subject),
    }),
    machine: t.field({
      type: MachineStatusRef,
      nullable: true,
      description: 'The machine as last read; null when nobody has reported it.',
      resolve: ({ subject }, _args, context) => loadMachineStatus(context, subject.lineId),
    }),
    currentJob: t.field({
      type: JobRef,
      nullable: true,
      description: 'The job that runs now.',
      resolve: ({ subject }, _args, context) => loadOpenJob(context, subject.lineId),
    }),
    edgeNodes: t.field({
      type: [EdgeNodeRef],
      description: 'The nodes that serve its stations, by code.',
      resolve: ({ subject }, _args, context) => nodesOfLine(context, subject),
    }),
    ratePerMin: t.float({
      description: 'Parts over the last 60 s.',
      resolve: ({ subject }, _args, context) => ratePerMin(context, subject),
    }),
    lastHour: t.field({
      type: [InspectionStatsRef],
      description: 'Counts by minute, oldest first; empty minutes are absent.',
      resolve: ({ subject }, _args, context) => lastHour(context, subject),
    }),
    total: t.field({
      type: InspectionStatsRef,
      description: 'The last hour in one.',
      resolve: ({ subject }, _args, context) => hourTotal(context, subject),
    }),
    recent: t.field({
      type: [InspectionRef],
      description: 'The newest parts, newest last, at most 40.',
      resolve: ({ subject }, _args, context) => recentOfLine(context, subject),
    }),
    lastReject: t.field({
      type: InspectionRef,
      nullable: true,
      description: 'The newest part that was rejected.',
      resolve: ({ subject }, _args, context) => lastRejectOfLine(context, subject),
    }),
    skipped: t.int({
      description: 'Pictures conflated away since the last one sent.',
      resolve: (picture, _args, _context, info) => {
        picture.skippedPaths.push(responsePathAsArray(info.path));
        return picture.skipped;
      },
    }),
    sentAt: t.expose('sentAt', { type: 'DateTime', description: 'When the server made this picture.' }),
  }),
});

builder.subscriptionField('lineStatus', (t) =>
  t.field({
    type: LineStatusRef,
    description:
      'The newest state of a line: at most 4 pictures a second, changes in between are conflated and counted.',
    authScopes: readers,
    args: { lineId: t.arg.id({ required: true, description: 'The line.' }) },
    subscribe: async (_root, args, context) => {
      const line = await findPart(context, 'line', keyOf('Line', args.lineId, 'lineId'));
      if (!line) throw new NotFoundError('lineId', args.lineId);
      requireRole(context, line.plant_id, READERS, { field: 'lineId', value: args.lineId });
      // Machine and node reports, jobs and assignments are events of the plant or touch the line.
      const topics = [
        streamName({ kind: 'inspection', id: line.id }),
        streamName({ kind: 'event', id: line.plant_id }),
        `line:${line.id}`,
      ];
      return new PictureSource<WatchedLine>({ lineId: line.id }, topics);
    },
    resolve: (picture) => picture,
  }),
);
