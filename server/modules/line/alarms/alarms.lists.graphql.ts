/** The list of alarms and their live picture: shapes only. */
import { responsePathAsArray } from 'graphql';
import { READERS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { InvalidInputError } from '../../../kit/errors.ts';
import { keyOf, optionalKeyOf } from '../../../kit/global-id.ts';
import { type Picture, PictureSource } from '../../../live/live-source.ts';
import { streamName } from '../../../live/stream-source.ts';
import { AlarmRef, AlarmStateEnum, AlarmTypeEnum } from './alarms.ref.ts';
import { alarmTallies, listAlarms, openAlarms, type Tally, type WatchedPlant, watchPlant } from './alarms.service.ts';

const readers = { roles: READERS };

const AlarmFilter = builder.inputType('AlarmFilter', {
  description: 'Which alarms; all of what is given must hold.',
  fields: (t) => ({
    plantId: t.id({ description: 'Of this plant.' }),
    lineId: t.id({ description: 'Of this line and the edge nodes that serve it.' }),
    states: t.field({ type: [AlarmStateEnum], description: 'In one of these states.' }),
    priorities: t.intList({ description: 'Of one of these priorities, 1 (highest) to 4.' }),
    types: t.field({ type: [AlarmTypeEnum], description: 'Of one of these types.' }),
  }),
});

builder.queryField('alarms', (t) =>
  t.connection({
    type: AlarmRef,
    description:
      'Alarms that were ever raised: open ones first, then hidden ones, then those that are normal; in each the highest priority, then the oldest.',
    authScopes: readers,
    args: { filter: t.arg({ type: AlarmFilter, description: 'Which alarms; all when left out.' }) },
    resolve: (_root, { filter, ...page }, context) => {
      const wrong = filter?.priorities?.findIndex((priority) => priority < 1 || priority > 4) ?? -1;
      if (wrong >= 0)
        throw new InvalidInputError(`filter.priorities[${wrong}]`, filter?.priorities?.[wrong], 'give 1 to 4');
      return listAlarms(
        context,
        {
          plantId: optionalKeyOf('Plant', filter?.plantId, 'filter.plantId'),
          lineId: optionalKeyOf('Line', filter?.lineId, 'filter.lineId'),
          states: filter?.states ?? null,
          priorities: filter?.priorities ?? null,
          types: filter?.types ?? null,
        },
        page,
      );
    },
  }),
);

const AlarmTallyRef = builder.objectRef<Tally>('AlarmTally').implement({
  description: 'How many open alarms there are of one priority.',
  authScopes: readers,
  fields: (t) => ({
    priority: t.exposeInt('priority', { description: '1 (highest) to 4.' }),
    open: t.exposeInt('open', { description: 'All that need a look.' }),
    unacknowledged: t.exposeInt('unacknowledged', { description: 'Those that nobody has acknowledged.' }),
  }),
});

const AlarmListRef = builder.objectRef<Picture<WatchedPlant>>('AlarmList').implement({
  description: 'Picture: the open alarms of a plant now, conflated, at most 4 a second and at least one.',
  authScopes: readers,
  fields: (t) => ({
    alarms: t.field({
      type: [AlarmRef],
      description: 'The highest open alarms, priority 1 first, then the oldest.',
      resolve: ({ subject }, _args, context) => openAlarms(context, subject),
    }),
    tallies: t.field({
      type: [AlarmTallyRef],
      description: 'Counts of the open ones, for each of the four priorities.',
      resolve: async ({ subject }, _args, context) => (await alarmTallies(context, subject)).tallies,
    }),
    open: t.int({
      description: 'All open ones, shown or not.',
      resolve: async ({ subject }, _args, context) => (await alarmTallies(context, subject)).open,
    }),
    hidden: t.int({
      description: 'Those ever raised that are shelved, suppressed by design or out of service.',
      resolve: async ({ subject }, _args, context) => (await alarmTallies(context, subject)).hidden,
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

builder.subscriptionField('alarmList', (t) =>
  t.field({
    type: AlarmListRef,
    description:
      'The open alarms of a plant: at most 4 pictures a second, changes in between are conflated and counted.',
    authScopes: readers,
    args: { plantId: t.arg.id({ required: true, description: 'The plant.' }) },
    subscribe: (_root, args, context) => {
      const watched = watchPlant(context, keyOf('Plant', args.plantId, 'plantId'), args.plantId);
      // Every transition of an alarm is an event of the plant.
      return new PictureSource<WatchedPlant>(watched, [streamName({ kind: 'event', id: watched.plantId })]);
    },
    resolve: (picture) => picture,
  }),
);
