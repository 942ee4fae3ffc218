/** Shifts and their calendar in the schema: names and shapes only; the rules are in `shifts.service.ts`. */
import { ADMINISTRATORS, READERS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { optionalKeyOf } from '../../../kit/global-id.ts';
import { ofParent } from '../../../kit/list-visible.ts';
import { addLifeCycle } from '../parts/add-life-cycle.ts';
import { PlantRef } from '../parts/plants.ref.ts';
import { findVisible, listParts, loadPart } from '../parts/plants.service.ts';
import { ShiftRef } from './shifts.ref.ts';
import {
  createShift,
  currentShift,
  loadShifts,
  nextShiftRuns,
  reinstateShift,
  type ShiftRun,
  updateShift,
} from './shifts.service.ts';

const readers = { roles: READERS };
const administrators = { roles: ADMINISTRATORS };
const startsAtText = 'Local time at which it begins, "06:00".';
const durationText =
  'Minutes by the wall clock, 1 to 1440: in the night when clocks change it is an hour longer or shorter.';
const recurrenceText =
  'The days on which it begins: RFC 5545 with FREQ, INTERVAL, BYDAY, BYMONTH, BYMONTHDAY, BYSETPOS and WKST, e.g. FREQ=WEEKLY;BYDAY=MO,TU.';
const validFromText = 'First day on which it may begin, "2026-01-31".';
const validToText = 'Last day on which it may begin; null for no end.';
const exceptText = 'Days on which it does not begin although the recurrence says so.';
const extraText = 'Days on which it begins although the recurrence does not say so.';
const nameText = 'What people call it.';

builder.node(ShiftRef, {
  description:
    'A shift of a plant, by the plant’s own clock and calendar. Statistics use the calendar as it is now: to keep what was, end a shift and make another one.',
  authScopes: readers,
  id: { resolve: (shift) => shift.id, description: 'Global id.' },
  loadManyWithoutCache: (ids: string[], context) => findVisible(context, 'shift', ids),
  fields: (t) => ({
    code: t.exposeString('code', { description: 'Unique in the plant.' }),
    name: t.exposeString('name', { description: nameText }),
    plant: t.field({
      type: PlantRef,
      description: 'The plant it belongs to.',
      resolve: (shift, _args, context) => loadPart(context, 'plant', shift.plant_id),
    }),
    startsAt: t.exposeString('starts_at', { description: startsAtText }),
    durationMin: t.exposeInt('duration_min', { description: durationText }),
    recurrence: t.exposeString('recurrence', { description: recurrenceText }),
    validFrom: t.exposeString('valid_from', { description: validFromText }),
    validTo: t.exposeString('valid_to', { nullable: true, description: validToText }),
    exceptDates: t.exposeStringList('except_dates', { description: exceptText }),
    extraDates: t.exposeStringList('extra_dates', { description: extraText }),
  }),
});

addLifeCycle('shift', ShiftRef, reinstateShift);

const ShiftRunRef = builder.objectRef<ShiftRun>('ShiftRun');
ShiftRunRef.implement({
  description: 'One time that a shift runs.',
  authScopes: readers,
  fields: (t) => ({
    shift: t.field({ type: ShiftRef, description: 'The shift.', resolve: ({ shift }) => shift }),
    from: t.expose('from', { type: 'DateTime', description: 'When it begins.' }),
    to: t.expose('to', { type: 'DateTime', description: 'When it ends.' }),
  }),
});

const mostDaysAhead = 31;

builder.objectFields(PlantRef, (t) => ({
  shifts: t.field({
    type: [ShiftRef],
    authScopes: readers,
    description: 'Its shifts, by code.',
    args: { includeRetired: t.arg.boolean({ description: 'Those that have been retired, too.' }) },
    resolve: (plant, { includeRetired }, context) => loadShifts(context, plant.id, includeRetired === true),
  }),
  currentShift: t.field({
    type: ShiftRef,
    nullable: true,
    authScopes: readers,
    description: 'The shift that runs now; null between shifts.',
    resolve: (plant, _args, context) => currentShift(context, plant),
  }),
  nextShiftRuns: t.field({
    type: [ShiftRunRef],
    authScopes: readers,
    description: 'When its shifts run from now on, as the calendar says; the one that runs now comes first.',
    args: {
      days: t.arg.int({ defaultValue: 7, description: `How far to look, 1 to ${mostDaysAhead} days.` }),
    },
    resolve: (plant, { days }, context) => {
      const wanted = days ?? 7;
      if (wanted >= 1 && wanted <= mostDaysAhead) return nextShiftRuns(context, plant, wanted);
      throw new InvalidInputError('days', wanted, `give a number from 1 to ${mostDaysAhead}`);
    },
  }),
}));

builder.queryField('shifts', (t) =>
  t.connection({
    type: ShiftRef,
    description: 'Shifts.',
    authScopes: readers,
    args: {
      plantId: t.arg.id({ description: 'Only of this plant.' }),
      includeRetired: t.arg.boolean({ description: 'Those that have been retired, too.' }),
    },
    resolve: (_root, args, context) =>
      listParts(context, 'shift', args, ofParent('plant_id', optionalKeyOf('Plant', args.plantId, 'plantId'))),
  }),
);

const CreateShiftInput = builder.inputType('CreateShiftInput', {
  description: 'A new shift of a plant. Shifts of a plant do not overlap.',
  fields: (t) => ({
    plantId: t.id({ required: true, description: 'The plant it belongs to.' }),
    code: t.string({ required: true, description: 'Short name: a-z, 0-9 and -. Never changes.' }),
    name: t.string({ required: true, description: nameText }),
    startsAt: t.string({ required: true, description: startsAtText }),
    durationMin: t.int({ required: true, description: durationText }),
    recurrence: t.string({ required: true, description: recurrenceText }),
    validFrom: t.string({ required: true, description: validFromText }),
    validTo: t.string({ description: validToText }),
    exceptDates: t.stringList({ description: exceptText }),
    extraDates: t.stringList({ description: extraText }),
  }),
});

const UpdateShiftInput = builder.inputType('UpdateShiftInput', {
  description: 'Changes of a shift; they count for the past, too.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The shift.' }),
    name: t.string({ description: nameText }),
    startsAt: t.string({ description: startsAtText }),
    durationMin: t.int({ description: durationText }),
    recurrence: t.string({ description: recurrenceText }),
    validFrom: t.string({ description: validFromText }),
    validTo: t.string({ description: validToText }),
    exceptDates: t.stringList({ description: exceptText }),
    extraDates: t.stringList({ description: extraText }),
  }),
});

const errors = { types: [InvalidInputError, ConflictError, NotFoundError] };

builder.mutationFields((t) => ({
  createShift: t.field({
    type: ShiftRef,
    description: 'Makes a shift. For administrators of the plant.',
    authScopes: administrators,
    errors,
    args: { input: t.arg({ type: CreateShiftInput, required: true, description: 'What to make.' }) },
    resolve: (_root, { input }, context) => createShift(context, input),
  }),
  updateShift: t.field({
    type: ShiftRef,
    description: 'Changes a shift. For administrators of the plant.',
    authScopes: administrators,
    errors,
    args: {
      input: t.arg({ type: UpdateShiftInput, required: true, description: 'What to change: the rest stays.' }),
    },
    resolve: (_root, { input }, context) => updateShift(context, input),
  }),
}));
