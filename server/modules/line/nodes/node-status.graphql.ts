/** What an edge node last said of itself: names and shapes only. */
import { READERS_AND_NODES } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { encodeGlobalId } from '../../../kit/global-id.ts';
import type {
  CameraReport,
  DeadLetter,
  GateReport,
  MachineReport,
  NodeDisk,
  NodeHardware,
  NodeReport,
} from '../../plant/parts/node-report.table.ts';
import { EdgeNodeRef } from '../../plant/parts/plants.ref.ts';
import { DeadLetterKindEnum, GateModeEnum } from './node-status.ref.ts';

const readersAndNodes = { roles: READERS_AND_NODES };

const timeOf = (text: string | null | undefined) => (text ? new Date(text) : null);
const versionId = (key: string | null | undefined) => (key ? encodeGlobalId('ModelVersion', key) : null);

const CameraStatusRef = builder.objectRef<CameraReport>('CameraStatus').implement({
  description: 'A camera as its node last described it.',
  authScopes: readersAndNodes,
  fields: (t) => ({
    cameraId: t.id({ description: 'The camera.', resolve: (camera) => encodeGlobalId('Camera', camera.cameraId) }),
    modelVersionId: t.id({
      nullable: true,
      description: 'The model version that judges its images; null while none does.',
      resolve: (camera) => versionId(camera.modelVersionId),
    }),
    shadowModelVersionId: t.id({
      nullable: true,
      description: 'The model version that judges along in shadow; null while none does.',
      resolve: (camera) => versionId(camera.shadowModelVersionId),
    }),
    lastFrameAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Capture time of its last image.',
      resolve: (camera) => timeOf(camera.lastFrameAt),
    }),
    framesTaken: t.exposeInt('framesTaken', { description: 'Images since the node started.' }),
    droppedFrames: t.exposeInt('droppedFrames', { nullable: true, description: 'Images that were not inspected.' }),
    p50LatencyMs: t.exposeFloat('p50LatencyMs', {
      nullable: true,
      description: 'Median from capture to verdict, recent images.',
    }),
    p99LatencyMs: t.exposeFloat('p99LatencyMs', {
      nullable: true,
      description: '99th percentile from capture to verdict, recent images.',
    }),
    problem: t.exposeString('problem', { nullable: true, description: 'What keeps it from working, in words.' }),
  }),
});

const MachineConnectionRef = builder.objectRef<MachineReport>('MachineConnection').implement({
  description: 'The connection of a node to the machine of a line (OPC UA).',
  authScopes: readersAndNodes,
  fields: (t) => ({
    lineId: t.id({ description: 'The line.', resolve: (machine) => encodeGlobalId('Line', machine.lineId) }),
    isConnected: t.exposeBoolean('isConnected', { nullable: true, description: 'Whether it answers.' }),
    clockOffsetMs: t.exposeFloat('clockOffsetMs', {
      nullable: true,
      description: 'Its clock minus the node’s, in milliseconds.',
    }),
    clockUncertaintyMs: t.exposeFloat('clockUncertaintyMs', {
      nullable: true,
      description: 'How far that may be off, in milliseconds.',
    }),
    security: t.exposeString('security', { nullable: true, description: 'Security policy and mode.' }),
    problem: t.exposeString('problem', { nullable: true, description: 'What keeps it from working, in words.' }),
  }),
});

const GateStatusRef = builder.objectRef<GateReport>('GateStatus').implement({
  description: 'The gate of a station as its node last described it; counters are since the node’s start.',
  authScopes: readersAndNodes,
  fields: (t) => ({
    stationId: t.id({ description: 'The station.', resolve: (gate) => encodeGlobalId('Station', gate.stationId) }),
    mode: t.expose('mode', { type: GateModeEnum, description: 'What it does with a reject.' }),
    isEnabled: t.exposeBoolean('isEnabled', { nullable: true, description: 'Whether the machine lets it move.' }),
    isTracking: t.exposeBoolean('isTracking', {
      nullable: true,
      description: 'Whether the node knows where every part is.',
    }),
    confirmed: t.exposeInt('confirmed', { nullable: true, description: 'Rejections that the machine confirmed.' }),
    notConfirmed: t.exposeInt('notConfirmed', { nullable: true, description: 'Rejections without confirmation.' }),
    unexpected: t.exposeInt('unexpected', { nullable: true, description: 'Ejections that nobody commanded.' }),
    late: t.exposeInt('late', { nullable: true, description: 'Verdicts that came too late for the gate.' }),
    lastCommandAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it was last commanded.',
      resolve: (gate) => timeOf(gate.lastCommandAt),
    }),
    problem: t.exposeString('problem', { nullable: true, description: 'What keeps it from working, in words.' }),
  }),
});

const DeadLetterRef = builder.objectRef<DeadLetter>('DeadLetter').implement({
  description: 'Something that the server refused and the node keeps until a person has found out why.',
  authScopes: readersAndNodes,
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The node’s own name for it.' }),
    kind: t.expose('kind', { type: DeadLetterKindEnum, description: 'What it is.' }),
    key: t.exposeString('key', { nullable: true, description: 'Which one it is.' }),
    field: t.exposeString('field', { nullable: true, description: 'What of it was refused.' }),
    value: t.exposeString('value', { nullable: true, description: 'The value there.' }),
    reason: t.exposeString('reason', { nullable: true, description: 'What is wrong and what to do.' }),
    at: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it was refused.',
      resolve: (letter) => timeOf(letter.at),
    }),
  }),
});

const NodeHardwareRef = builder.objectRef<NodeHardware>('NodeHardware').implement({
  description: 'The computer that a node runs on.',
  authScopes: readersAndNodes,
  fields: (t) => ({
    hostname: t.exposeString('hostname', { nullable: true, description: 'What it is called on the network.' }),
    system: t.exposeString('system', { nullable: true, description: 'Operating system.' }),
    processor: t.exposeString('processor', { nullable: true, description: 'Its model.' }),
    cores: t.exposeInt('cores', { nullable: true, description: 'Processor cores.' }),
    memoryBytes: t.exposeFloat('memoryBytes', { nullable: true, description: 'Size of its memory.' }),
  }),
});

const NodeDiskRef = builder.objectRef<NodeDisk>('NodeDisk').implement({
  description: 'The disk that the outbox lies on.',
  authScopes: readersAndNodes,
  fields: (t) => ({
    freeBytes: t.exposeFloat('freeBytes', { description: 'Free for the node.' }),
    totalBytes: t.exposeFloat('totalBytes', { description: 'Its size.' }),
  }),
});

const EdgeNodeStatusRef = builder.objectRef<NodeReport>('EdgeNodeStatus').implement({
  description: 'What a node last said of itself; counters are since its start.',
  authScopes: readersAndNodes,
  fields: (t) => ({
    version: t.exposeString('version', { description: 'Version of its software.' }),
    startedAt: t.field({
      type: 'DateTime',
      description: 'When its process started.',
      resolve: ({ startedAt }) => new Date(startedAt),
    }),
    outboxResults: t.exposeInt('outboxResults', { description: 'Results that wait to be sent.' }),
    outboxImages: t.exposeInt('outboxImages', { description: 'Images that wait to be sent.' }),
    outboxImageBytes: t.exposeFloat('outboxImageBytes', { nullable: true, description: 'Their size.' }),
    outboxLimitShare: t.exposeFloat('outboxLimitShare', {
      nullable: true,
      description: 'How full the outbox is, 0 to 1: the fuller of results and image bytes.',
    }),
    oldestResultAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Capture time of the oldest result that waits.',
      resolve: ({ oldestResultAt }) => timeOf(oldestResultAt),
    }),
    sacrificedImages: t.exposeInt('sacrificedImages', {
      nullable: true,
      description: 'Images given up because the outbox was full.',
    }),
    sacrificedResults: t.exposeInt('sacrificedResults', {
      nullable: true,
      description: 'Results given up because the outbox was full.',
    }),
    deadLetters: t.exposeInt('deadLetters', {
      description: 'Items that the server refused and a person has to look at.',
    }),
    deadLetterSamples: t.field({
      type: [DeadLetterRef],
      description: 'The newest of them, newest first.',
      resolve: ({ deadLetterSamples }) => deadLetterSamples ?? [],
    }),
    droppedFrames: t.exposeInt('droppedFrames', { description: 'Images that were not inspected.' }),
    machineConnected: t.exposeBoolean('machineConnected', {
      description: 'Whether every machine answers over OPC UA.',
    }),
    certificateExpiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When its OPC UA certificate expires.',
      resolve: ({ certificateExpiresAt }) => timeOf(certificateExpiresAt),
    }),
    problem: t.exposeString('problem', { nullable: true, description: 'What keeps it from working, in words.' }),
    hardware: t.expose('hardware', {
      type: NodeHardwareRef,
      nullable: true,
      description: 'The computer it runs on.',
    }),
    disk: t.expose('disk', { type: NodeDiskRef, nullable: true, description: 'The disk that its outbox lies on.' }),
    cameras: t.field({ type: [CameraStatusRef], description: 'Its cameras.', resolve: ({ cameras }) => cameras }),
    machines: t.field({
      type: [MachineConnectionRef],
      description: 'Its connections to the machines of its lines.',
      resolve: ({ machines }) => machines ?? [],
    }),
    gates: t.field({
      type: [GateStatusRef],
      description: 'The gates of its stations.',
      resolve: ({ gates }) => gates ?? [],
    }),
  }),
});

builder.objectField(EdgeNodeRef, 'status', (t) =>
  t.field({
    type: EdgeNodeStatusRef,
    nullable: true,
    authScopes: readersAndNodes,
    description: 'What it last said of itself.',
    resolve: (node) => node.status,
  }),
);
