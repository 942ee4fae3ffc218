/** The report of an edge node: names and shapes only; the rules are in `machines.service.ts`. */
import { factors, machineNumbers } from '#schema/production-context.ts';
import { builder } from '../../../kit/builder.ts';
import { InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { recordOf } from '../../../kit/record-of.ts';
import { QualityEnum, SignalInputRef } from '../signals/signals.ref.ts';
import { reportNodeStatus } from './machines.service.ts';
import { DeadLetterKindEnum, GateModeEnum } from './node-status.ref.ts';

const nodes = { roles: ['edge_node'] as const };

const CameraStatusInput = builder.inputType('CameraStatusInput', {
  description: 'A camera as its node sees it.',
  fields: (t) => ({
    cameraId: t.id({ required: true, description: 'A camera of the node.' }),
    modelVersionId: t.id({ description: 'The model version that judges its images; none while none does.' }),
    lastFrameAt: t.field({ type: 'DateTime', description: 'Capture time of its last image.' }),
    framesTaken: t.int({ required: true, description: 'Images since the node started.' }),
    shadowModelVersionId: t.id({ description: 'The model version that judges along in shadow.' }),
    droppedFrames: t.int({ description: 'Images that were not inspected.' }),
    p50LatencyMs: t.float({ description: 'Median from capture to verdict, recent images.' }),
    p99LatencyMs: t.float({ description: '99th percentile from capture to verdict, recent images.' }),
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
    productCode: t.string({ description: 'What is made.' }),
    recipeCode: t.string({ description: 'What the machine runs with.' }),
    batchCode: t.string({ description: 'What it is made from.' }),
    jobCode: t.string({ description: 'The run; another one ends it, none with good quality ends it, too.' }),
    ...recordOf(machineNumbers, (name) => t.float({ description: `${factors[name].words}.` })),
    sourceTime: t.field({ type: 'DateTime', description: 'When the machine took the state, by its clock.' }),
    signals: t.field({ type: [SignalInputRef], required: true, description: 'Every mapped signal.' }),
    isConnected: t.boolean({ description: 'Whether it answers over OPC UA.' }),
    clockOffsetMs: t.float({ description: 'Its clock minus the node’s, in milliseconds.' }),
    clockUncertaintyMs: t.float({ description: 'How far that may be off, in milliseconds.' }),
    security: t.string({ description: 'Security policy and mode, such as `Basic256Sha256 SignAndEncrypt`.' }),
    problem: t.string({ description: 'What keeps it from working, in words.' }),
  }),
});

const GateStatusInput = builder.inputType('GateStatusInput', {
  description: 'The gate of a station as its node sees it; counters are since the node’s start.',
  fields: (t) => ({
    stationId: t.id({ required: true, description: 'A station of the node.' }),
    mode: t.field({ type: GateModeEnum, required: true, description: 'What it does with a reject.' }),
    isEnabled: t.boolean({ description: 'Whether the machine lets it move.' }),
    isTracking: t.boolean({ description: 'Whether the node knows where every part is.' }),
    confirmed: t.int({ description: 'Rejections that the machine confirmed.' }),
    notConfirmed: t.int({ description: 'Rejections without confirmation.' }),
    unexpected: t.int({ description: 'Ejections that nobody commanded.' }),
    late: t.int({ description: 'Verdicts that came too late for the gate.' }),
    lastCommandAt: t.field({ type: 'DateTime', description: 'When it was last commanded.' }),
    problem: t.string({ description: 'What keeps it from working, in words.' }),
  }),
});

const DeadLetterInput = builder.inputType('DeadLetterInput', {
  description: 'Something that the server refused and the node keeps.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The node’s own name for it.' }),
    kind: t.field({ type: DeadLetterKindEnum, required: true, description: 'What it is.' }),
    key: t.string({ description: 'Which one it is, such as the id of the inspection.' }),
    reason: t.string({ description: 'What is wrong and what to do, as the server said.' }),
    field: t.string({ description: 'What of it was refused, as the server said.' }),
    value: t.string({ description: 'The value there, as the server said.' }),
    at: t.field({ type: 'DateTime', description: 'When it was refused.' }),
  }),
});

const NodeHardwareInput = builder.inputType('NodeHardwareInput', {
  description: 'The computer that a node runs on.',
  fields: (t) => ({
    hostname: t.string({ description: 'What it is called on the network.' }),
    system: t.string({ description: 'Operating system.' }),
    processor: t.string({ description: 'Its model.' }),
    cores: t.int({ description: 'Processor cores.' }),
    memoryBytes: t.float({ description: 'Size of its memory.' }),
  }),
});

const NodeDiskInput = builder.inputType('NodeDiskInput', {
  description: 'The disk that the outbox lies on.',
  fields: (t) => ({
    freeBytes: t.float({ required: true, description: 'Free for the node.' }),
    totalBytes: t.float({ required: true, description: 'Its size.' }),
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
    gates: t.field({ type: [GateStatusInput], description: 'The gates of its stations.' }),
    hardware: t.field({ type: NodeHardwareInput, description: 'The computer it runs on.' }),
    disk: t.field({ type: NodeDiskInput, description: 'The disk that its outbox lies on.' }),
    outboxImageBytes: t.float({ description: 'Size of the images that wait.' }),
    outboxLimitShare: t.float({
      description: 'How full the outbox is, 0 to 1: the fuller of results and image bytes.',
    }),
    oldestResultAt: t.field({ type: 'DateTime', description: 'Capture time of the oldest result that waits.' }),
    sacrificedImages: t.int({ description: 'Images given up because the outbox was full.' }),
    sacrificedResults: t.int({ description: 'Results given up because the outbox was full.' }),
    deadLetterSamples: t.field({
      type: [DeadLetterInput],
      description: 'The newest items that the server refused, newest first; at most 20.',
    }),
    certificateExpiresAt: t.field({ type: 'DateTime', description: 'When its OPC UA certificate expires.' }),
    problem: t.string({ description: 'What keeps it from working, in words.' }),
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
