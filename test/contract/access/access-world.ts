/** A plant with something of every type, one caller of every role, and the object behind every type of the schema. */

import {
  createSourceEventStream,
  execute,
  type GraphQLField,
  type GraphQLObjectType,
  getNamedType,
  isCompositeType,
  isObjectType,
  parse,
} from 'graphql';
import { schema } from '../../../server/graphql/schema.ts';
import { act } from '../../../server/kit/act.ts';
import { type Context, makeContext } from '../../../server/kit/context.ts';
import { encodeGlobalId } from '../../../server/kit/global-id.ts';
import { newId } from '../../../server/kit/ids.ts';
import type { Sink } from '../../../server/live/sink.ts';
import { observeConditions } from '../../../server/modules/line/alarms/observe-conditions.service.ts';
import { seedExchange } from '../../server/datasets/exchange/seed-exchange.ts';
import { type RecordingPlant, record, recordingPlant } from '../../server/line/inspections/recording.ts';
import { createSeed, freshCode, type SeededPlant } from '../../support/seed.ts';
import { seedLabels } from '../../support/seed-labels.ts';
import type { TestServer } from '../../support/server.ts';
import type { TestClient } from '../../support/test-client.ts';
import type { Caller } from './access-table.ts';
import { datasetSamples } from './dataset-samples.ts';
import { emptyCount } from './empty-count.ts';

/** Stands in every name of the plant, so that a leak shows in any answer. */
export const marker = 'secret-of-this-plant';

const refusals = [
  'InvalidInputError',
  'NotFoundError',
  'ConflictError',
  'TooManyAttemptsError',
  'WrongCredentialsError',
];

/** Global ids, and the hash of a labelled image. */
interface SeededLabels {
  bookId: string;
  itemId: string;
  annotationId: string;
  inspectionId: string;
  labelled: string;
}

export interface AccessWorld {
  recording: RecordingPlant;
  plant: SeededPlant;
  approvalId: string;
  draftVersionId: string;
  datasetId: string;
  /** Of an image that the plant has. */
  imageSha256: string;
  modelId: string;
  /** A token that nobody uses, and a person who is nobody's caller. */
  spareTokenId: string;
  sparePersonId: string;
  /** Parts that nothing else needs, by type. */
  spares: Record<'Camera' | 'Product' | 'Recipe' | 'MaterialBatch' | 'Shift', string>;
  callers: Record<Caller, TestClient>;
  /** Of another plant. */
  strangers: Record<'administrator' | 'mes' | 'edge_node', TestClient>;
  /** By type name. */
  samples: ReadonlyMap<string, unknown>;
  exportId: string;
  datasetImportId: string;
  datasetExportId: string;
  /** Of a quota for images, open. */
  quotaId: string;
  retentionRunId: string;
  alarmId: string;
  labels: SeededLabels;
  contextOf(client: TestClient): Promise<Context>;
}

export async function buildAccessWorld(server: TestServer): Promise<AccessWorld> {
  const seed = createSeed(server);
  const recording = await recordingPlant(seed, { code: marker });
  const { plant, version } = recording;
  await nameByMarker(server, plant.row.id);
  const [node] = recording.nodes;
  if (!node) throw new Error('no node');

  const installer = await seed.installer();
  const callers: Record<Caller, TestClient> = {
    anonymous: server.anonymous,
    viewer: (await plant.person('viewer')).client,
    operator: (await plant.person('operator')).client,
    quality_engineer: (await plant.person('quality_engineer')).client,
    ml_engineer: (await plant.person('ml_engineer')).client,
    approver: (await plant.person('approver')).client,
    administrator: plant.owner.client,
    installer: installer.client,
    edge_node: node.client,
    mes: (await plant.mesToken()).client,
  };
  const other = await seed.plant();
  const [otherNode] = other.nodes;
  if (!otherNode) throw new Error('no node');
  const strangers = {
    administrator: other.owner.client,
    mes: (await other.mesToken()).client,
    edge_node: (await other.edgeToken(otherNode)).client,
  };

  // as plain objects: a resolver that gives an error itself has thrown it
  const refusal = { message: 'x', field: 'input.x', value: 'x', remedy: 'say more', retryAfterS: 3 };
  const samples = new Map<string, unknown>(refusals.map((name) => [name, refusal]));
  samples.set('PoolMapClass', { code: 1, value: 'good', name: null, count: 1 });
  samples.set('ReviewItemsPayload', { items: [] });
  samples.set('OpenedReviewPayload', { opened: 0, already: 0 });
  samples.set('ReleasedReviewPayload', { released: 0 });
  samples.set('SavedSketchPayload', { savedAt: null });
  samples.set('NodeKey', { tokenId: newId() });
  samples.set('ImportUpload', { name: 'set.zip', sizeBytes: 1, sentAt: new Date() });
  samples.set('PlantModelRefusedError', { ...refusal, problems: [] });
  samples.set('PlantModelProblem', { ...refusal, line: 1, column: 1 });
  samples.set('PlantModelFieldChange', { field: 'name', from: null, to: 'x' });
  samples.set('PlantModelChange', { action: 'created', table: 'area', codes: ['x'], fields: [] });
  samples.set('PlantModelImport', { dryRun: true, plantId: null, sha256: '0'.repeat(64), changes: [] });
  const contextOf = async ({ headers }: TestClient) => {
    const { cookie, authorization } = headers;
    const session = cookie?.replace('lehr_session=', '') ?? null;
    const identity = await server.authenticator.identify({ cookie: session, authorization: authorization ?? null });
    if (!identity) throw new Error('the caller is not known');
    const { principal, rights } = identity;
    return makeContext(server.services, { requestId: newId(), address: newId(), rights, principal });
  };

  const approval = await version.approve();
  const trained = await callers.administrator.read<{
    node: { dataset: { id: string } };
    version: { model: { id: string } };
  }>(
    `query ($id: ID!, $version: ID!) {
      node(id: $id) { ... on DatasetVersion { dataset { id } } }
      version: node(id: $version) { ... on ModelVersion { model { id } } }
    }`,
    { id: encodeGlobalId('DatasetVersion', version.datasetVersionId), version: version.globalId },
  );
  const datasetId = trained.node.dataset.id;
  const drafted = await callers.ml_engineer.act<{ id: string }>('createDatasetVersion', 'id', { datasetId });

  const image = await server.db
    .selectFrom('image')
    .select('sha256')
    .where('plant_id', '=', plant.row.id)
    .executeTakeFirstOrThrow();

  for (const [name, sample] of datasetSamples(
    plant.row.id,
    version.datasetVersionId,
    image.sha256,
    plant.owner.row.id,
  )) {
    samples.set(name, sample);
  }
  samples.set(
    'Image',
    await server.db.selectFrom('image').selectAll().where('sha256', '=', image.sha256).executeTakeFirst(),
  );
  const decided = server.db.selectFrom('label_decision').selectAll().where('image_sha256', '=', image.sha256);
  samples.set('LabelDecision', await decided.executeTakeFirst());

  const spares = await spareParts(callers.administrator, plant);
  const sparePerson = await plant.person('viewer');

  const { id: exportId } = await callers.quality_engineer.act<{ id: string }>('startInspectionExport', 'id', {
    filter: { plantId: plant.globalId },
    format: 'CSV',
  });
  await server.db
    .insertInto('inspection_export_file')
    .values({
      export_id: Buffer.from(exportId, 'base64url').toString().split(':')[1] ?? '',
      number: 1,
      name: marker,
      size_bytes: 1,
      sha256: image.sha256,
      row_count: 1,
      last_captured_at: new Date(),
      last_id: newId(),
    })
    .execute();

  const { importId, exportId: setExportId } = await seedExchange(server.db, {
    plantId: plant.row.id,
    versionId: version.datasetVersionId,
    personId: plant.owner.row.id,
    name: marker,
  });

  let quotaId = '';
  let retentionRunId = '';
  let labels: SeededLabels | undefined;
  const stopWatching = watchParents(samples);
  let alarmId = '';
  try {
    alarmId = await raiseAlarm(server, plant, callers.administrator);
    const nodeId = encodeGlobalId('EdgeNode', node.row.id);
    await callers.administrator.act('createEnrolmentCode', 'code expiresAt edgeNode { id }', { edgeNodeId: nodeId });
    await callers.administrator.act('createPasswordReset', 'code expiresAt person { id }', {
      personId: sparePerson.globalId,
    });
    const plantId = plant.globalId;
    const policy = { plantId, auditFraction: 1, uncertainProbability: 1, rejectProbability: 1 };
    const pooled = { plantId, imageSha256s: [image.sha256.toString('hex')], add: [marker] };
    await callers.administrator.act('tagPoolImages', 'changed', pooled);
    samples.set('NearDuplicate', { plantId: plant.row.id, other: image.sha256, evidence: 'pixels', likeness: 1 });
    retentionRunId = await runRetention(server, plantId, callers.administrator, image.sha256);
    await callers.administrator.act('savePoolView', 'id', { plantId, name: marker, question: { marker } });
    await callers.administrator.act('setCapturePolicy', 'auditFraction', policy);
    const wanted = { plantId, cell: { productCode: marker }, wanted: 5, probability: 1 };
    quotaId = (await callers.administrator.act<{ id: string }>('openCaptureQuota', 'id', wanted)).id;
    const spare = await callers.administrator.act<{ id: string }>('openCaptureQuota', 'id', wanted);
    await callers.administrator.act('closeCaptureQuota', 'id closedAt', { id: spare.id });
    await fillWorld(recording, node.client, image.sha256.toString('hex'));
    labels = await someLabels(server, plant);
    await callers.administrator.act('correctProduction', 'corrected dryRun line { id }', {
      lineId: encodeGlobalId('Line', plant.lines[0]?.line.id ?? ''),
      from: '2026-01-01T00:00:00Z',
      to: new Date().toISOString(),
      batchCode: marker,
      reason: marker,
      dryRun: true,
    });
    await callers.administrator.act('createToken', 'secret token { id }', {
      plantId: plant.globalId,
      name: marker,
      role: 'EDGE_NODE',
      edgeNodeId: encodeGlobalId('EdgeNode', node.row.id),
    });
    await (await plant.person('viewer')).client.read('mutation { signOut { signedOut } }');
    await readEverything(await contextOf(callers.administrator), plant);
    // nothing is measured here: one that is like another is made of a row of the pool
    for (const name of ['SimilarImage', 'SimilarLabelled'])
      samples.set(name, { poolImage: samples.get('PoolImage'), likeness: 1 });
    await followEverything(server, await contextOf(callers.administrator), plant);
  } finally {
    stopWatching();
  }
  return {
    recording,
    plant,
    approvalId: encodeGlobalId('Approval', approval.id),
    draftVersionId: drafted.id,
    datasetId,
    imageSha256: image.sha256.toString('hex'),
    modelId: trained.version.model.id,
    sparePersonId: sparePerson.globalId,
    spares,
    spareTokenId: encodeGlobalId('Token', (await plant.mesToken()).id),
    callers,
    strangers,
    samples,
    exportId,
    labels: labels as SeededLabels,
    datasetImportId: encodeGlobalId('DatasetImport', importId),
    datasetExportId: encodeGlobalId('DatasetExport', setExportId),
    quotaId,
    retentionRunId,
    alarmId,
    contextOf,
  };
}

/** Something of all that people say of images and of what the plant asks of them. */
async function someLabels(server: TestServer, plant: SeededPlant): Promise<SeededLabels> {
  const plantId = plant.row.id;
  const recorded = await server.db
    .selectFrom('inspection')
    .select(['id', 'captured_at'])
    .where('plant_id', '=', plantId)
    .executeTakeFirstOrThrow();
  const inspection = { id: recorded.id, capturedAt: recorded.captured_at };
  const seeded = await seedLabels(server.db, { plantId, count: 3, inspection, name: marker });
  return {
    bookId: encodeGlobalId('DefectBook', seeded.bookId),
    itemId: encodeGlobalId('ReviewItem', seeded.itemId),
    annotationId: encodeGlobalId('Annotation', seeded.annotationId),
    inspectionId: encodeGlobalId('Inspection', `${plantId}:${recorded.id}`),
    labelled: seeded.labelled,
  };
}

async function spareParts(administrator: TestClient, plant: SeededPlant): Promise<AccessWorld['spares']> {
  const make = async (type: string, values: Record<string, unknown>) =>
    (
      await administrator.act<{ id: string }>(`create${type}`, 'id', {
        code: freshCode('spare'),
        name: marker,
        ...values,
      })
    ).id;
  const plantId = plant.globalId;
  const stationId = encodeGlobalId('Station', plant.lines[0]?.stations[0]?.station.id ?? '');
  const pattern = { startsAt: '12:00', durationMin: 60, recurrence: 'FREQ=DAILY', validFrom: '2020-01-01' };
  return {
    Camera: await make('Camera', { stationId }),
    Product: await make('Product', { plantId }),
    Recipe: await make('Recipe', { plantId }),
    MaterialBatch: await make('MaterialBatch', { plantId }),
    Shift: await make('Shift', { plantId, ...pattern }),
  };
}

/** A dry run with one image on its list. */
async function runRetention(
  server: TestServer,
  plantId: string,
  administrator: TestClient,
  sha256: Buffer,
): Promise<string> {
  const rules = [{ kind: 'PASS', keepDays: 30 }];
  await administrator.act('setRetentionRules', 'rules { kind }', { plantId, rules });
  const { id } = await administrator.act<{ id: string }>('startRetentionDryRun', 'id', { plantId });
  const run_id = Buffer.from(id, 'base64url').toString().split(':')[1] ?? '';
  const counts = JSON.stringify({ pass: { images: 1, bytes: 1 } });
  await server.db.updateTable('retention_run').set({ state: 'failed', counts }).where('id', '=', run_id).execute();
  const row = { run_id, image_sha256: sha256, kind: 'pass' as const, size_bytes: 1, captured_at: new Date() };
  await server.db
    .insertInto('retention_image')
    .values({ ...row, outcome: null })
    .execute();
  return id;
}

/** An alarm that is shelved and out of service at once, so that it has something of everything. */
async function raiseAlarm(server: TestServer, plant: SeededPlant, administrator: TestClient): Promise<string> {
  const id = plant.lines[0]?.stations[0]?.station.id ?? '';
  const source = { kind: 'station' as const, id };
  const observed = {
    type: 'TRACKING_LOST' as const,
    source,
    state: 'active' as const,
    at: new Date(),
    data: { marker },
  };
  await act(server.services, (scope) => observeConditions(scope, plant.row.id, [observed]));
  const { id: key } = await server.db
    .selectFrom('alarm')
    .select('id')
    .where('source_id', '=', id)
    .executeTakeFirstOrThrow();
  const alarmId = encodeGlobalId('Alarm', key);
  await administrator.act('acknowledgeAlarms', 'alarms { id }', { alarmIds: [alarmId] });
  await administrator.act('shelveAlarm', 'id', { alarmId, minutes: 60, reason: marker });
  await administrator.act('setAlarmOutOfService', 'id', { alarmId, reason: marker });
  return alarmId;
}

async function nameByMarker(server: TestServer, plantId: string): Promise<void> {
  await server.db.updateTable('plant').set({ name: marker }).where('id', '=', plantId).execute();
  for (const table of ['area', 'line', 'station', 'camera', 'edge_node', 'dataset', 'model'] as const) {
    await server.db.updateTable(table).set({ name: marker }).where('plant_id', '=', plantId).execute();
  }
}

/** Rows of the types that only production makes: a job, its recipe and batch, a machine, an inspection with all its parts. */
async function fillWorld({ plant, item }: RecordingPlant, node: TestClient, imageSha256: string): Promise<void> {
  const at = new Date().toISOString();
  const [seeded] = plant.lines;
  const [camera] = plant.cameras;
  if (!seeded || !camera) throw new Error('no line');
  const signals = [{ name: marker, value: 1, unit: 'mm', quality: 'GOOD', sourceTime: at }];
  const production = { productCode: marker, recipeCode: marker, batchCode: marker, jobCode: marker };
  const stationId = encodeGlobalId('Station', seeded.stations[0]?.station.id ?? '');
  const cameraId = encodeGlobalId('Camera', camera.id);
  await plant.owner.client.act('setCameraSetup', 'changedBy { id }', {
    cameraId,
    recipeCode: marker,
    roi: { x: 0, y: 0, width: 1, height: 1 },
    referenceSha256: imageSha256,
    bands: { brightness: { min: 0.1 } },
  });
  const told = 'items { id outcome field value reason }';
  await node.act('recordNodeEvents', told, { input: [{ id: newId(), kind: 'CLOCK_STEPPED', data: { marker } }] });
  await node.act('reviseCaptures', told, { input: [{ inspectionId: newId(), isLost: true }] });
  await node.act('recordPartCounts', told, { input: [emptyCount(stationId, { jobCode: marker })] });
  await node.act('reportNodeStatus', 'skewMs receivedAt', {
    version: '1',
    sentAt: at,
    startedAt: at,
    outboxResults: 0,
    outboxImages: 0,
    deadLetters: 0,
    droppedFrames: 0,
    machineConnected: true,
    cameras: [{ cameraId, framesTaken: 1 }],
    gates: [{ stationId, mode: 'ACTIVE', problem: marker }],
    deadLetterSamples: [{ id: marker, kind: 'RESULT', reason: marker }],
    hardware: { hostname: marker },
    disk: { freeBytes: 1, totalBytes: 2 },
    machines: [
      { lineId: encodeGlobalId('Line', seeded.line.id), quality: 'GOOD', state: 'Execute', ...production, signals },
    ],
  });
  const box = { x: 0.1, y: 0.1, width: 0.2, height: 0.2 };
  await record(node, [
    item({
      verdict: 'REJECT',
      score: 0.9,
      partId: marker,
      defects: [{ class: marker, score: 0.9, box }],
      context: { ...production, signals, machineState: 'Execute' },
      imageStats: { brightness: 0.5, contrast: 0.2, colourCast: 0.1, sharpness: 20 },
      position: { offsetXPx: 1, offsetYPx: 2, rotationDeg: 3 },
    }),
  ]);
}

/** Remembers the first object that each type's fields are resolved from. Returns what ends the watching. */
function watchParents(samples: Map<string, unknown>): () => void {
  const undo: (() => void)[] = [];
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const { resolve } = field;
      if (!resolve) continue;
      field.resolve = (parent, args, context, info) => {
        if (!samples.has(type.name)) samples.set(type.name, parent);
        return resolve(parent, args, context, info);
      };
      undo.push(() => {
        field.resolve = resolve;
      });
    }
  }
  return () => {
    for (const each of undo) each();
  };
}

/** Every query field with every field below it, each type opened once a query. */
async function readEverything(context: Context, plant: SeededPlant): Promise<void> {
  const query = schema.getQueryType();
  for (const field of Object.values(query?.getFields() ?? {})) {
    if (field.name === 'node' || field.name === 'nodes') continue;
    const text = `{ ${field.name}${argumentsOf(field.name, plant)} ${selectionOf(field, new Set())} }`;
    const { errors } = await execute({ schema, document: parse(text), contextValue: context });
    if (errors) throw new Error(`${field.name}: ${errors.map(({ message }) => message).join('; ')}`);
  }
}

/** Arguments of the query fields that need some, as text. */
export function argumentsOf(field: string, { row, globalId, lines }: SeededPlant): string {
  const lineId = encodeGlobalId('Line', lines[0]?.line.id ?? '');
  const given: Record<string, string> = {
    node: `(id: "${globalId}")`,
    nodes: `(ids: ["${globalId}"])`,
    plant: `(code: "${row.code}")`,
    datasetExports: `(plantId: "${globalId}")`,
    datasetImports: `(plantId: "${globalId}")`,
    importUploads: `(plantId: "${globalId}")`,
    goldenImages: `(plantId: "${globalId}")`,
    inspectionExports: `(plantId: "${globalId}")`,
    defectBooks: `(plantId: "${globalId}")`,
    reviewQueue: `(plantId: "${globalId}")`,
    reviewSettings: `(plantId: "${globalId}")`,
    reviewSummary: `(plantId: "${globalId}")`,
    retentionImages: `(plantId: "${globalId}")`,
    retentionRules: `(plantId: "${globalId}")`,
    retentionRuns: `(plantId: "${globalId}")`,
    poolFacets: `(plantId: "${globalId}")`,
    poolImages: `(plantId: "${globalId}")`,
    similarImages: `(plantId: "${globalId}", imageSha256: "${'00'.repeat(32)}")`,
    poolMap: `(plantId: "${globalId}")`,
    poolViews: `(plantId: "${globalId}")`,
    tokens: `(plantId: "${globalId}")`,
    exportPlantModel: `(plantId: "${globalId}")`,
    events: `(filter: { plantId: "${globalId}" })`,
  };
  if (field === 'inspectionStats') {
    const from = new Date(Date.now() - 7_200_000).toISOString();
    const to = new Date(Date.now() + 7_200_000).toISOString();
    return `(bucket: HOUR, filter: { lineId: "${lineId}", from: "${from}", to: "${to}" })`;
  }
  if (field === 'agreement') {
    const from = new Date(Date.now() - 7_200_000).toISOString();
    const to = new Date(Date.now() + 7_200_000).toISOString();
    return `(plantId: "${globalId}", from: "${from}", to: "${to}")`;
  }
  return given[field] ?? '';
}

/** All fields below, each type opened once. */
export function selectionOf(field: GraphQLField<unknown, unknown>, opened: Set<string>): string {
  const type = getNamedType(field.type);
  if (!isCompositeType(type)) return '';
  if (!isObjectType(type) || opened.has(type.name)) return '{ __typename }';
  opened.add(type.name);
  const inner = Object.values(type.getFields()).map(
    (each) => `${each.name}${neededBelow[each.name] ?? ''} ${selectionOf(each, opened)}`,
  );
  return `{ ${inner.join(' ')} }`;
}

/** Arguments that fields below the root cannot do without. */
export const neededBelow: Readonly<Record<string, string>> = {
  difference: `(otherId: "${encodeGlobalId('DatasetVersion', newId())}")`,
};

/** The payloads of the subscriptions, as the hub makes them. */
async function followEverything(server: TestServer, context: Context, plant: SeededPlant): Promise<void> {
  const { hub } = server.services;
  hub.start();
  for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) {
    const text = `subscription { ${field.name}${subscriptionArguments(field.name, plant)} ${selectionOf(field, new Set())} }`;
    const document = parse(text);
    const source = await createSourceEventStream({ schema, document, contextValue: context });
    await new Promise<void>((resolve, reject) => {
      const sink: Sink = {
        bufferedBytes: 0,
        next: () => resolve(),
        error: (errors) => reject(new Error(errors.map(({ message }) => message).join('; '))),
        drained: async () => undefined,
      };
      const run = async (rootValue: unknown) => execute({ schema, document, rootValue, contextValue: context });
      hub.subscribe({ source: source as never, shareKey: field.name, execute: run as never, sink }).catch(reject);
    });
  }
}

export function subscriptionArguments(field: string, { globalId, lines }: SeededPlant): string {
  const lineId = encodeGlobalId('Line', lines[0]?.line.id ?? '');
  return ['events', 'alarmList'].includes(field) ? `(plantId: "${globalId}")` : `(lineId: "${lineId}")`;
}

/** All object types but the roots and introspection. */
export function objectTypes(): GraphQLObjectType[] {
  const roots = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]);
  return Object.values(schema.getTypeMap()).filter(
    (type): type is GraphQLObjectType => isObjectType(type) && !type.name.startsWith('__') && !roots.has(type),
  );
}
