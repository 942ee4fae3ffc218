/** Machines and the reports of edge nodes: names and shapes only; the rules are in `machines.service.ts`. */
import { READERS } from '../../kit/access.ts';
import { builder } from '../../kit/builder.ts';
import { InvalidInputError, NotFoundError } from '../../kit/errors.ts';
import { LineRef } from '../plants/plants.ref.ts';
import { presentQuality } from './machine-changes.ts';
import { MachineStatusRef, QualityEnum, SignalInputRef, SignalRef } from './machines.ref.ts';
import { loadMachineStatus, reportNodeStatus } from './machines.service.ts';

const readers = { roles: READERS };
const nodes = { roles: ['edge_node'] as const };

SignalRef.implement({
  description: 'One signal of the machine with the quality and time of its source (OPC UA).',
  authScopes: readers,
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name in the node’s mapping.' }),
    value: t.field({
      type: 'JSON',
      nullable: true,
      description: 'Its value.',
      resolve: (signal) => signal.value ?? null,
    }),
    unit: t.exposeString('unit', { nullable: true, description: 'Unit of the value.' }),
    quality: t.expose('quality', { type: QualityEnum, description: 'How far it can be trusted.' }),
    sourceTime: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the source took it, by the source’s clock.',
      resolve: ({ sourceTime }) => (sourceTime === null ? null : new Date(sourceTime)),
    }),
  }),
});

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
    speedPerMin: t.exposeFloat('speed_per_min', { nullable: true, description: 'Parts a minute.' }),
    productCode: t.exposeString('product_code', { nullable: true, description: 'What is made.' }),
    recipeCode: t.exposeString('recipe_code', { nullable: true, description: 'What the machine runs with.' }),
    batchCode: t.exposeString('batch_code', { nullable: true, description: 'What it is made from.' }),
    jobCode: t.exposeString('job_code', { nullable: true, description: 'The run.' }),
    temperatureC: t.exposeFloat('temperature_c', { nullable: true, description: 'Ambient temperature.' }),
    humidityPercent: t.exposeFloat('humidity_percent', { nullable: true, description: 'Relative humidity.' }),
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

const CameraStatusInput = builder.inputType('CameraStatusInput', {
  description: 'A camera as its node sees it.',
  fields: (t) => ({
    cameraId: t.id({ required: true, description: 'A camera of the node.' }),
    modelVersionId: t.id({ description: 'The model version that judges its images; none while none does.' }),
    lastFrameAt: t.field({ type: 'DateTime', description: 'Capture time of its last image.' }),
    framesTaken: t.int({ required: true, description: 'Images since the node started.' }),
    p50LatencyMs: t.float({ description: 'Median from capture to verdict, recent images.' }),
    problem: t.string({ description: 'What keeps it from working, in words.' }),
  }),
});

const MachineStatusInput = builder.inputType('MachineStatusInput', {
  description: 'The machine of a line as the node reads it. An empty code is none.',
  fields: (t) => ({
    lineId: t.id({ required: true, description: 'A line that the node serves.' }),
    quality: t.field({ type: QualityEnum, required: true, description: 'How far the state can be trusted.' }),
    state: t.string({ description: 'PackML state.' }),
    mode: t.string({ description: 'PackML mode.' }),
    speedPerMin: t.float({ description: 'Parts a minute.' }),
    productCode: t.string({ description: 'What is made.' }),
    recipeCode: t.string({ description: 'What the machine runs with.' }),
    batchCode: t.string({ description: 'What it is made from.' }),
    jobCode: t.string({ description: 'The run; another one ends it, none with good quality ends it, too.' }),
    temperatureC: t.float({ description: 'Ambient temperature.' }),
    humidityPercent: t.float({ description: 'Relative humidity.' }),
    sourceTime: t.field({ type: 'DateTime', description: 'When the machine took the state, by its clock.' }),
    signals: t.field({ type: [SignalInputRef], required: true, description: 'Every mapped signal.' }),
  }),
});

const ReportNodeStatusInput = builder.inputType('ReportNodeStatusInput', {
  description: 'Sent by an edge node once a second and on change: its heartbeat and what the machines say.',
  fields: (t) => ({
    sentAt: t.field({ type: 'DateTime', required: true, description: 'The node’s clock now.' }),
    startedAt: t.field({ type: 'DateTime', required: true, description: 'When its process started.' }),
    version: t.string({ required: true, description: 'Version of its software.' }),
    machineConnected: t.boolean({ required: true, description: 'Whether every machine answers over OPC UA.' }),
    outboxResults: t.int({ required: true, description: 'Results that wait to be sent.' }),
    outboxImages: t.int({ required: true, description: 'Images that wait to be sent.' }),
    deadLetters: t.int({ required: true, description: 'Items that the server refused.' }),
    droppedFrames: t.int({ required: true, description: 'Images that were not inspected.' }),
    cameras: t.field({ type: [CameraStatusInput], required: true, description: 'Its cameras.' }),
    machines: t.field({ type: [MachineStatusInput], required: true, description: 'The machines of its lines.' }),
  }),
});

class ReportNodeStatusPayload {
  readonly receivedAt: Date;
  readonly skewMs: number;
  constructor(receivedAt: Date, skewMs: number) {
    this.receivedAt = receivedAt;
    this.skewMs = skewMs;
  }
}

const ReportNodeStatusPayloadRef = builder.objectType(ReportNodeStatusPayload, {
  name: 'ReportNodeStatusPayload',
  description: 'The server has taken the report.',
  authScopes: nodes,
  fields: (t) => ({
    receivedAt: t.expose('receivedAt', { type: 'DateTime', description: 'The server’s clock.' }),
    skewMs: t.exposeFloat('skewMs', { description: 'The node’s clock minus the server’s, in milliseconds.' }),
  }),
});

builder.mutationField('reportNodeStatus', (t) =>
  t.field({
    type: ReportNodeStatusPayloadRef,
    description: 'The heartbeat of an edge node, with what its machines say.',
    authScopes: nodes,
    errors: { types: [InvalidInputError, NotFoundError] },
    args: { input: t.arg({ type: ReportNodeStatusInput, required: true, description: 'The report.' }) },
    resolve: async (_root, { input }, context) => {
      const { receivedAt, skewMs } = await reportNodeStatus(context, input);
      return new ReportNodeStatusPayload(receivedAt, skewMs);
    },
  }),
);
