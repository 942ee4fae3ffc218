/** Machines: names and shapes only; the rules are in `machines.service.ts`. */
import { factors, machineNumbers } from '#schema/production-context.ts';
import { READERS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { recordOf } from '../../../kit/record-of.ts';
import { LineRef } from '../../plant/parts/plants.ref.ts';
import { QualityEnum, SignalRef } from '../signals/signals.ref.ts';
import { presentQuality } from './machine-changes.ts';
import { MachineStatusRef } from './machines.ref.ts';
import { loadMachineStatus } from './machines.service.ts';

const readers = { roles: READERS };

MachineStatusRef.implement({
  description: 'What is known of the machine now; a value whose quality is not GOOD must be shown as such.',
  authScopes: readers,
  fields: (t) => ({
    quality: t.field({
      type: QualityEnum,
      description: 'Of the state: STALE when the machine, or the node that reads it, has fallen silent.',
      resolve: (machine, _args, context) => presentQuality(machine, context.now(), context.config.limits.nodeSilenceMs),
    }),
    state: t.exposeString('state', { nullable: true, description: 'PackML state.' }),
    mode: t.exposeString('mode', { nullable: true, description: 'PackML mode.' }),
    productCode: t.exposeString('product_code', { nullable: true, description: 'What is made.' }),
    recipeCode: t.exposeString('recipe_code', { nullable: true, description: 'What the machine runs with.' }),
    batchCode: t.exposeString('batch_code', { nullable: true, description: 'What it is made from.' }),
    jobCode: t.exposeString('job_code', { nullable: true, description: 'The run.' }),
    ...recordOf(machineNumbers, (name) =>
      t.exposeFloat(factors[name].column, { nullable: true, description: `${factors[name].words}.` }),
    ),
    signals: t.field({
      type: [SignalRef],
      description: 'Every mapped signal, by name.',
      resolve: ({ signals }) => Object.entries(signals).map(([name, signal]) => ({ name, ...signal })),
    }),
    sourceTime: t.expose('source_time', {
      type: 'DateTime',
      nullable: true,
      description: 'When the machine took the state, by its clock.',
    }),
    receivedAt: t.expose('received_at', { type: 'DateTime', description: 'When the server was told.' }),
  }),
});

builder.objectField(LineRef, 'machine', (t) =>
  t.field({
    type: MachineStatusRef,
    nullable: true,
    authScopes: readers,
    description: 'The machine as last read; null when nobody has reported it.',
    resolve: (line, _args, context) => loadMachineStatus(context, line.id),
  }),
);
