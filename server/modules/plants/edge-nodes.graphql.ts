/** The edge node and what it last said of itself. */
import { READERS_AND_NODES } from '../../kit/access.ts';
import { builder } from '../../kit/builder.ts';
import { encodeGlobalId } from '../../kit/global-id.ts';
import { EdgeNodeRef, PlantRef, StationRef } from './plants.ref.ts';
import { findVisible, loadPart, loadPartsOf } from './plants.service.ts';
import type { CameraReport, NodeReport } from './plants.table.ts';

const readersAndNodes = { roles: READERS_AND_NODES };

const CameraStatusRef = builder.objectRef<CameraReport>('CameraStatus');
CameraStatusRef.implement({
  description: 'A camera as its node last described it.',
  authScopes: readersAndNodes,
  fields: (t) => ({
    cameraId: t.id({ description: 'The camera.', resolve: (camera) => encodeGlobalId('Camera', camera.cameraId) }),
    modelVersionId: t.id({
      nullable: true,
      description: 'The model version that judges its images; null while none does.',
      resolve: ({ modelVersionId }) =>
        modelVersionId === null ? null : encodeGlobalId('ModelVersion', modelVersionId),
    }),
    lastFrameAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Capture time of its last image.',
      resolve: ({ lastFrameAt }) => (lastFrameAt === null ? null : new Date(lastFrameAt)),
    }),
    framesTaken: t.exposeInt('framesTaken', { description: 'Images since the node started.' }),
    p50LatencyMs: t.exposeFloat('p50LatencyMs', {
      nullable: true,
      description: 'Median from capture to verdict, recent images.',
    }),
    problem: t.exposeString('problem', { nullable: true, description: 'What keeps it from working, in words.' }),
  }),
});

const EdgeNodeStatusRef = builder.objectRef<NodeReport>('EdgeNodeStatus');
EdgeNodeStatusRef.implement({
  description: 'What a node last said of itself.',
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
    deadLetters: t.exposeInt('deadLetters', {
      description: 'Items that the server refused and a person has to look at.',
    }),
    droppedFrames: t.exposeInt('droppedFrames', { description: 'Images that were not inspected.' }),
    machineConnected: t.exposeBoolean('machineConnected', {
      description: 'Whether every machine answers over OPC UA.',
    }),
    cameras: t.field({ type: [CameraStatusRef], description: 'Its cameras.', resolve: ({ cameras }) => cameras }),
  }),
});

builder.node(EdgeNodeRef, {
  description: 'A computer at the line that serves one or more stations of a plant.',
  authScopes: readersAndNodes,
  id: { resolve: (node) => node.id, description: 'Global id.' },
  loadManyWithoutCache: (ids: string[], context) => findVisible(context, 'edge_node', ids),
  fields: (t) => ({
    code: t.exposeString('code', { description: 'Unique in the plant.' }),
    name: t.exposeString('name', { description: 'What people call it.' }),
    plant: t.field({
      type: PlantRef,
      description: 'The plant it stands in.',
      resolve: (node, _args, context) => loadPart(context, 'plant', node.plant_id),
    }),
    stations: t.field({
      type: [StationRef],
      description: 'The stations it serves, by code.',
      args: { includeRetired: t.arg.boolean({ description: 'Those that have been retired, too.' }) },
      resolve: (node, { includeRetired }, context) =>
        loadPartsOf(context, 'station', 'edge_node_id', node.id, includeRetired === true),
    }),
    lastSeenAt: t.expose('last_seen_at', {
      type: 'DateTime',
      nullable: true,
      description: 'When it last reported, by the server’s clock.',
    }),
    skewMs: t.exposeFloat('skew_ms', {
      nullable: true,
      description: 'Its clock minus the server’s at the last report, in milliseconds.',
    }),
    status: t.field({
      type: EdgeNodeStatusRef,
      nullable: true,
      description: 'What it last said of itself.',
      resolve: (node) => node.status,
    }),
  }),
});
