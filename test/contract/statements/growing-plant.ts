/** A plant of which everything that the API lists can be made more of: what a list says of few must cost the same statements as of many. */

import { randomBytes } from 'node:crypto';
import { act } from '../../../server/kit/act.ts';
import { appendEvents } from '../../../server/kit/event-log.ts';
import { encodeGlobalId } from '../../../server/kit/global-id.ts';
import { newId } from '../../../server/kit/ids.ts';
import { observeConditions } from '../../../server/modules/line/alarms/observe-conditions.service.ts';
import { idAt, record, recordingPlant } from '../../server/line/inspections/recording.ts';
import { createSeed, freshCode, type SeededPerson, type SeededPlant } from '../../support/seed.ts';
import { seedLabels } from '../../support/seed-labels.ts';
import type { TestServer } from '../../support/server.ts';
import type { TestClient } from '../../support/test-client.ts';
import { emptyCount } from '../access/empty-count.ts';
import { copyRow } from './copy-row.ts';
import { growingDatasets } from './grow-datasets.ts';

export interface GrowingPlant {
  plant: SeededPlant;
  /** May read everything. */
  reader: SeededPerson;
  node: TestClient;
  lineIds: readonly string[];
  /** Of two versions of one dataset: the first grows. */
  versionIds: readonly [draft: string, frozen: string];
  /** What the plant's node may send by a mutation. */
  items(
    field: 'recordInspections' | 'recordNodeEvents' | 'recordPartCounts' | 'reviseCaptures',
    count: number,
  ): Record<string, unknown>[];
  /** Until there are so many of each kind, of each parent. */
  growTo(count: number): Promise<void>;
}

export const grownEvent = 'test.grown';
const jobCode = 'job-1';
const all = ['viewer', 'operator', 'quality_engineer', 'ml_engineer', 'approver', 'administrator'] as const;

export async function growingPlant(server: TestServer): Promise<GrowingPlant> {
  const { db } = server;
  const seed = createSeed(server);
  const { plant, version, nodes, item } = await recordingPlant(seed);
  const [camera, seeded, node] = [plant.cameras[0], plant.lines[0], nodes[0]];
  const station = seeded?.stations[0]?.station;
  if (!camera || !seeded || !station || !node) throw new Error('the seeded plant lacks a part');
  const plantId = plant.row.id;
  const cameraIds = [camera.id];
  const lineIds = [seeded.line.id];
  const stationIds = [station.id];
  const reader = await plant.person(...all);
  await db.updateTable('person').set({ is_administrator: true }).where('id', '=', reader.row.id).execute();

  const [assignment] = await db.selectFrom('model_assignment').selectAll().where('plant_id', '=', plantId).execute();
  const [session] = await db.selectFrom('session').selectAll().where('person_id', '=', reader.row.id).execute();
  const [token] = await db.selectFrom('token').selectAll().where('plant_id', '=', plantId).execute();
  if (!assignment || !session || !token) throw new Error('the seeded plant lacks a row');
  const datasets = await growingDatasets(db, plantId, reader.row.id);
  const owner = plant.owner.client;
  const named = () => ({ code: freshCode('grown'), name: 'Grown', plantId: plant.globalId });
  let count = 1;
  let quotas = 0;
  /** A camera of another line, with the first model. */
  let elsewhere: string | undefined;
  const modelVersions = [version.globalId];

  const unlost: string[] = [];
  const sent = {
    recordInspections: () => item(),
    recordNodeEvents: () => ({
      id: newId(),
      kind: 'GATE_NOT_CONFIRMED',
      stationId: encodeGlobalId('Station', station.id),
    }),
    recordPartCounts: () => emptyCount(encodeGlobalId('Station', station.id), { jobCode: newId() }),
    reviseCaptures: () => ({ inspectionId: unlost.pop() ?? '', isLost: true }),
  };

  await growFromNothing();
  const noon = { startsAt: '12:00', durationMin: 1, recurrence: 'FREQ=DAILY', validFrom: '2020-01-01' };
  await make('Shift', { ...named(), ...noon });
  const shift = await db.selectFrom('shift').select('id').executeTakeFirstOrThrow();

  return {
    plant,
    reader,
    node: node.client,
    lineIds,
    versionIds: [datasets.draftId, datasets.frozenId],
    items: (field, many) => Array.from({ length: many }, () => sent[field]()),
    async growTo(most) {
      for (; count < most; count++) await grow(count + 1);
      server.authenticator.forgetAll();
      await report();
      await recordParts();
      await countParts();
      await setUpCamera();
      await wantImages();
      await appendSome();
      await raiseAlarms();
      await speakOfImages();
    },
  };

  /** One more of each kind. */
  async function grow(n: number): Promise<void> {
    const part = { code: `n-${n}`, name: `N ${n}` };
    const otherPlant = await copyRow(db, 'plant', plantId, { code: freshCode('plant') });
    await db
      .insertInto('membership')
      .values({ person_id: reader.row.id, plant_id: otherPlant, role: 'viewer', granted_at: new Date() })
      .execute();
    await copyRow(db, 'area', plant.area.id, part);
    const nodeId = await copyRow(db, 'edge_node', node?.row.id ?? '', part);
    const lineId = await copyRow(db, 'line', lineIds[0] ?? '', part);
    lineIds.push(lineId);
    await db.insertInto('stream').values({ kind: 'inspection', id: lineId, plant_id: plantId }).execute();
    await copyRow(db, 'station', station?.id ?? '', { ...part, edge_node_id: nodeId });
    const onLine = await copyRow(db, 'station', station?.id ?? '', { ...part, line_id: lineId });
    stationIds.push(onLine);
    if (!elsewhere) {
      elsewhere = await copyRow(db, 'camera', camera?.id ?? '', { ...part, code: 'elsewhere', station_id: onLine });
      await version.assign({ ...station, station_id: onLine, id: elsewhere } as never);
    }
    cameraIds.push(await copyRow(db, 'camera', camera?.id ?? '', part));
    await growFromNothing();
    await copyRow(db, 'shift', shift.id, { ...part, starts_at: `12:${String(n).padStart(2, '0')}` });
    await plant.person('viewer');
    await copyRow(db, 'session', session?.id ?? '', {});
    await copyRow(db, 'token', token?.id ?? '', { hash: bytes(32) });

    const other = await plant.modelVersion();
    const last = cameraIds.at(-1);
    if (last) await other.assign({ ...station, station_id: station?.id, id: last } as never);
    await version.approve();
    await copyRow(db, 'model_assignment', assignment?.id ?? '', { ended_at: new Date() });
    const run = await copyRow(db, 'training_run', version.version.training_run_id, {});
    await copyRow(db, 'model_version', version.version.id, { number: n, training_run_id: run });
    await datasets.growVersions(n);
    await db
      .insertInto('job')
      .values({
        id: newId(),
        plant_id: plantId,
        line_id: lineId,
        code: `job-${n}`,
        product_id: null,
        recipe_id: null,
        batch_id: null,
        started_at: new Date(),
        ended_at: null,
      } as never)
      .execute();
    modelVersions.push(other.globalId);
  }

  /** One more of what a seeded plant has none of. */
  async function growFromNothing(): Promise<void> {
    await growExports();
    for (const kind of ['Product', 'Recipe', 'MaterialBatch']) await make(kind, named());
    const sha256 = await datasets.newImage();
    await db
      .updateTable('pool_image')
      .set({
        line_id: lineIds.at(-1) ?? null,
        camera_id: cameraIds.at(-1) ?? null,
        station_id: stationIds.at(-1) ?? null,
      })
      .where('image_sha256', '=', sha256)
      .execute();
    const asked = { plant_id: plantId, requested_by: reader.row.id, requested_at: new Date() };
    const run = { ...asked, id: newId(), is_dry: true, dry_run_id: null, state: 'succeeded' as const, rules: '{}' };
    await db
      .insertInto('retention_run')
      .values({ ...run, error: null, finished_at: new Date() })
      .execute();
    // the newest of all, whose list grows
    const newest = 'ffffffff-ffff-7fff-bfff-ffffffffffff';
    await db
      .insertInto('retention_run')
      .values({ ...run, id: newest, error: null, finished_at: new Date() })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await db
      .insertInto('retention_image')
      .values({
        ...{ run_id: newest, image_sha256: sha256, kind: 'pass', size_bytes: 1 },
        ...{ captured_at: new Date(), outcome: null },
      })
      .execute();
    await datasets.grow(sha256);
    const view = { plant_id: plantId, name: newId(), question: '{}', is_shared: true, made_by: reader.row.id };
    await db
      .insertInto('pool_view')
      .values({ ...view, id: newId(), made_at: new Date() })
      .execute();
  }

  /** One more export, and one more file of the first. */
  async function growExports(): Promise<void> {
    const at = new Date();
    const made = newId();
    const none = { error: null, first_at: null, last_at: null, started_at: at, finished_at: at };
    await db
      .insertInto('inspection_export')
      .values({
        id: made,
        plant_id: plantId,
        format: 'csv',
        state: 'succeeded',
        selection: '{}',
        heads: '{}',
        requested_by: reader.row.id,
        requested_at: at,
        ...none,
      })
      .execute();
    const files = await db.selectFrom('inspection_export_file').select(['export_id', 'number']).execute();
    await db
      .insertInto('inspection_export_file')
      .values({
        export_id: files[0]?.export_id ?? made,
        number: files.length + 1,
        name: `inspections-${files.length + 1}.csv`,
        size_bytes: 1,
        sha256: randomBytes(32),
        row_count: 1,
        last_captured_at: at,
        last_id: newId(),
      })
      .execute();
  }

  async function make(kind: string, values: Record<string, unknown>): Promise<void> {
    const made = await owner.act(`create${kind}`, 'id', values);
    if (made.__typename !== kind) throw new Error(JSON.stringify(made));
  }

  /** The node says as much as there is: its cameras, gates and machines, as many refusals, and as many signals of the first machine. */
  async function report(): Promise<void> {
    const at = new Date().toISOString();
    await node?.client.act('reportNodeStatus', 'skewMs', {
      version: '1',
      sentAt: at,
      startedAt: at,
      outboxResults: 0,
      outboxImages: 0,
      deadLetters: 0,
      droppedFrames: 0,
      machineConnected: true,
      cameras: cameraIds.map((id) => ({ cameraId: encodeGlobalId('Camera', id), framesTaken: 1 })),
      gates: stationIds.map((id) => ({ stationId: encodeGlobalId('Station', id), mode: 'ACTIVE' })),
      deadLetterSamples: Array.from({ length: count }, (_, n) => ({ id: `d-${n}`, kind: 'IMAGE', reason: 'r' })),
      machines: lineIds.map((id, index) => ({
        lineId: encodeGlobalId('Line', id),
        quality: 'GOOD',
        state: 'Execute',
        jobCode: `job-${index + 1}`,
        productCode: 'p',
        recipeCode: 'r',
        batchCode: 'b',
        signals: index === 0 ? signals() : [],
      })),
    });
  }

  /** As many rejects, each of an image, a class, a minute and a model of its own, with as many defects and signals; and as many of one model. */
  async function recordParts(): Promise<void> {
    const box = { x: 0.1, y: 0.1, width: 0.2, height: 0.2 };
    const parts = Array.from({ length: count }, (_, n) =>
      item({
        id: idAt(Date.now() - n * 60_000),
        cameraId: encodeGlobalId('Camera', cameraIds[n] ?? ''),
        modelVersionId: modelVersions[n],
        imageSha256: datasets.images[n],
        verdict: 'REJECT',
        score: 0.9,
        defects: Array.from({ length: count }, (__, d) => ({ class: `class-${n}-${d}`, score: 0.9 - d / 1000, box })),
        context: {
          jobCode,
          productCode: 'p',
          recipeCode: 'r',
          batchCode: 'b',
          machineState: 'Execute',
          signals: signals(),
        },
      }),
    );
    // of one model, without images, on another line: the first has to show fewer than it can
    const cameraId = encodeGlobalId('Camera', elsewhere ?? '');
    const more = parts.map((_, n) => item({ id: idAt(Date.now() - n * 1000), cameraId }));
    unlost.push(...more.map((part) => part.id));
    const { recorded, items } = await record(node?.client ?? server.anonymous, [...parts, ...more]);
    if (recorded !== items.length) throw new Error(JSON.stringify(items));
  }

  /** As many counts of the first job. */
  async function countParts(): Promise<void> {
    const stationId = encodeGlobalId('Station', station?.id ?? '');
    await node?.client.act('recordPartCounts', 'items { outcome }', {
      input: Array.from({ length: count }, () => emptyCount(stationId, { jobCode })),
    });
  }

  /** As many quotas for images. */
  async function wantImages(): Promise<void> {
    const policy = { plantId: plant.globalId, auditFraction: 1, uncertainProbability: 1, rejectProbability: 1 };
    await owner.act('setCapturePolicy', 'auditFraction', policy);
    const quota = { plantId: plant.globalId, cell: { productCode: 'none' }, wanted: 1, probability: 1 };
    for (; quotas < count; quotas++) await owner.act('openCaptureQuota', 'id', quota);
  }

  /** The first camera looks at as many recipes. */
  async function setUpCamera(): Promise<void> {
    const cameraId = encodeGlobalId('Camera', cameraIds[0] ?? '');
    for (let n = 0; n < count; n++)
      await owner.act('setCameraSetup', 'recipeCode', {
        cameraId,
        recipeCode: `r-${n}`,
        bands: { contrast: { min: 0 } },
      });
  }

  /** Events that name all that an event can name. */
  async function appendSome(): Promise<void> {
    const one = {
      kind: grownEvent,
      occurredAt: new Date(),
      actor: { kind: 'person' as const, id: reader.row.id },
      lineId: seeded?.line.id ?? null,
      stationId: station?.id ?? null,
      edgeNodeId: node?.row.id ?? null,
      data: {},
    };
    await db.transaction().execute((trx) => appendEvents(trx, plantId, Array(count).fill(one)));
  }

  /** As many people say as much of as many images, and as many images wait. */
  async function speakOfImages(): Promise<void> {
    const recorded = await db
      .selectFrom('inspection')
      .select(['id', 'captured_at'])
      .where('plant_id', '=', plantId)
      .where('defect_count', '>=', count)
      .executeTakeFirstOrThrow();
    const inspection = { id: recorded.id, capturedAt: recorded.captured_at };
    await seedLabels(db, { plantId, count, inspection });
  }

  /** An alarm of each camera, and as many changes of the first as there are. */
  async function raiseAlarms(): Promise<void> {
    const observe = (cameras: readonly string[], state: 'active' | 'clear') =>
      act(server.services, (scope) =>
        observeConditions(
          scope,
          plantId,
          cameras.map((id) => ({
            ...{ type: 'IMAGE_STATISTICS_OUT_OF_BAND', source: { kind: 'camera', id } },
            ...{ state, at: new Date(), data: {} },
          })),
        ),
      );
    await observe(cameraIds, 'active');
    for (let n = 0; n < count; n++)
      for (const state of ['clear', 'active'] as const) await observe(cameraIds.slice(0, 1), state);
  }

  function signals() {
    const sourceTime = new Date().toISOString();
    return Array.from({ length: count }, (_, n) => ({
      name: `s${n}`,
      value: n,
      unit: 'mm',
      quality: 'GOOD',
      sourceTime,
    }));
  }
}

/** As PostgreSQL reads bytea from JSON text. */
function bytes(length: number): string {
  return `\\x${randomBytes(length).toString('hex')}`;
}
