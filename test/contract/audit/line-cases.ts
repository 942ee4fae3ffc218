/** The cases of the wing line: what nodes send, and what people and MES do with production, alarms, cameras and exports. */
import { expect } from 'vitest';
import { act } from '../../../server/kit/act.ts';
import { encodeGlobalId } from '../../../server/kit/global-id.ts';
import { newId } from '../../../server/kit/ids.ts';
import type { AlarmType } from '../../../server/modules/line/alarms/alarm-definitions.ts';
import { observeConditions } from '../../../server/modules/line/alarms/observe-conditions.service.ts';
import { marker } from '../access/access-world.ts';
import { emptyCount } from '../access/empty-count.ts';
import {
  type AuditCase,
  type AuditCases,
  type AuditWorld,
  edgeNode,
  keptOf,
  keyIn,
  owner,
  partsOf,
} from './audit-case.ts';

const text = expect.any(String);
const batch = { from: text, to: text, contentsSha256: text };

/** What a machine sends is about its node: how many, of when, and what binds the content. */
function fromNode(action: string, values: AuditCase['values'], counts: Record<string, number>): AuditCase {
  return {
    as: edgeNode,
    values,
    entry: (world) => ({ action, type: 'EdgeNode', id: keyIn(partsOf(world).nodeId), detail: { ...counts, ...batch } }),
  };
}

/** Says of a condition of the world's station how it stands; gives the alarm's global id. */
async function observed({ server, plant }: AuditWorld, type: AlarmType, state: 'active' | 'clear' = 'active') {
  const source = { kind: 'station' as const, id: plant.lines[0]?.stations[0]?.station.id ?? '' };
  await act(server.services, (scope) =>
    observeConditions(scope, plant.row.id, [{ type, source, state, at: new Date(), data: {} }]),
  );
  const alarms = server.db.selectFrom('alarm').select('id').where('type', '=', type).where('source_id', '=', source.id);
  return encodeGlobalId('Alarm', (await alarms.executeTakeFirstOrThrow()).id);
}

interface AlarmAct {
  type: AlarmType;
  action: string;
  from: string;
  to: string;
  more?: Record<string, unknown>;
}

function alarmEntry(world: AuditWorld, { type, action, from, to, more = {} }: AlarmAct) {
  const detail = { type, before: { state: from }, after: { state: to }, ...more };
  return { action, type: 'Alarm', id: keyIn(keptOf(world, type)), detail };
}

/** An act on the alarm of the type, which an earlier case has raised or which is raised here. */
function onAlarm(alarm: AlarmAct, values: Record<string, unknown> = {}, isFirst = false): AuditCase {
  return {
    as: owner,
    async values(world) {
      if (isFirst) world.kept.set(alarm.type, await observed(world, alarm.type));
      return { alarmId: keptOf(world, alarm.type), ...values };
    },
    entry: (world) => alarmEntry(world, alarm),
  };
}

const reason = 'for the audit';
const policy = { auditFraction: 1, uncertainProbability: 1, rejectProbability: 1 };

export const lineCases: AuditCases = {
  recordInspections: fromNode(
    'inspections.record',
    ({ recording, kept }) => {
      const item = recording.item();
      kept.set('inspection', item.id);
      return { input: [item] };
    },
    { recorded: 1 },
  ),
  reviseCaptures: fromNode(
    'captures.revise',
    (world) => ({ input: [{ inspectionId: keptOf(world, 'inspection'), isLost: true }] }),
    { revised: 1 },
  ),
  recordNodeEvents: fromNode('node-events.record', () => ({ input: [{ id: newId(), kind: 'CLOCK_STEPPED' }] }), {
    recorded: 1,
  }),
  recordPartCounts: fromNode('part-counts.record', (world) => ({ input: [emptyCount(partsOf(world).stationId)] }), {
    recorded: 1,
  }),
  reportNodeStatus: {
    as: edgeNode,
    values: (world) =>
      nodeReport(world, [{ lineId: partsOf(world).lineId, quality: 'GOOD', state: 'Stopped', signals: [] }]),
    entry(world) {
      const told = expect.arrayContaining([expect.objectContaining({ kind: 'machine.state' })]);
      return { action: 'node.report', type: 'EdgeNode', id: keyIn(partsOf(world).nodeId), detail: { events: told } };
    },
  },
  retryDeadLetters: {
    as: owner,
    values: (world) => ({ edgeNodeId: partsOf(world).nodeId }),
    entry(world) {
      const detail = { deadLetters: 0, before: { retryAt: null }, after: { retryAt: text } };
      return { action: 'dead-letters.retry', type: 'EdgeNode', id: keyIn(partsOf(world).nodeId), detail };
    },
  },
  startJob: {
    as: ({ callers }) => callers.mes,
    values: (world) => ({ lineId: partsOf(world).lineId, code: 'audited-job', productCode: 'bottle' }),
    selection: 'id',
    entry(world, { id }) {
      world.kept.set('job', String(id));
      const changes = expect.arrayContaining([{ kind: 'job.started', jobCode: 'audited-job' }]);
      const after = expect.objectContaining({ startedAt: text, endedAt: null, heldBy: 'mes' });
      return {
        action: 'job.start',
        type: 'Job',
        id: keyIn(id),
        detail: { code: 'audited-job', changes, before: null, after },
      };
    },
  },
  endJob: {
    as: owner,
    values: (world) => ({ jobId: keptOf(world, 'job') }),
    entry(world) {
      const changes = [{ kind: 'job.ended', jobCode: 'audited-job' }];
      const before = expect.objectContaining({ endedAt: null, endedBy: null });
      const after = expect.objectContaining({ endedAt: text, endedBy: 'person' });
      const detail = { code: 'audited-job', changes, before, after };
      return { action: 'job.end', type: 'Job', id: keyIn(keptOf(world, 'job')), detail };
    },
  },
  correctProduction: {
    as: owner,
    values: (world) => correction(world, false),
    selection: 'corrected',
    entry(world, { corrected }) {
      expect(corrected).toBeGreaterThan(0);
      const told = { corrected, from: text, to: text, changes: { batchCode: 'corrected' }, reason };
      const before = expect.arrayContaining([expect.objectContaining({ batchId: null })]);
      const detail = { ...told, before, after: { batch_id: text, count: corrected } };
      return { action: 'inspections.correct', type: 'Line', id: keyIn(partsOf(world).lineId), detail };
    },
  },
  acknowledgeAlarm: onAlarm(
    { type: 'GATE_DISABLED', action: 'alarm.acknowledge', from: 'unacknowledged', to: 'acknowledged' },
    {},
    true,
  ),
  acknowledgeAlarms: {
    as: owner,
    async values(world) {
      world.kept.set('PARTS_UNSEEN', await observed(world, 'PARTS_UNSEEN'));
      return { alarmIds: [keptOf(world, 'PARTS_UNSEEN')] };
    },
    entry(world) {
      const alarm = keyIn(keptOf(world, 'PARTS_UNSEEN'));
      const detail = { before: { [alarm]: 'unacknowledged' }, after: { [alarm]: 'acknowledged' } };
      return { action: 'alarm.acknowledge', type: 'Plant', id: world.plant.row.id, detail };
    },
  },
  shelveAlarm: onAlarm(
    {
      ...{ type: 'GATE_DISABLED', action: 'alarm.shelve', from: 'acknowledged', to: 'shelved' },
      more: { reason, until: text },
    },
    { minutes: 5, reason },
  ),
  unshelveAlarm: onAlarm({ type: 'GATE_DISABLED', action: 'alarm.unshelve', from: 'shelved', to: 'acknowledged' }),
  setAlarmOutOfService: onAlarm(
    {
      ...{ type: 'GATE_DISABLED', action: 'alarm.out_of_service', from: 'acknowledged', to: 'out_of_service' },
      more: { reason },
    },
    { reason },
  ),
  returnAlarmToService: onAlarm({
    ...{ type: 'GATE_DISABLED', action: 'alarm.in_service', from: 'out_of_service', to: 'acknowledged' },
  }),
  configureAlarm: {
    as: owner,
    values: (world) => ({
      plantId: world.plant.globalId,
      type: 'REJECT_UNTIED',
      isLatching: true,
      priority: 2,
      reason,
    }),
    entry(world) {
      const standard = { on_delay_ms: null, off_delay_ms: null, return_ms: null, deadband: null };
      const after = { type: 'REJECT_UNTIED', priority: 2, ...standard, is_latching: true, reason };
      const detail = { type: 'REJECT_UNTIED', before: null, after };
      return { action: 'alarm.configure', type: 'Plant', id: world.plant.row.id, detail };
    },
  },
  resetAlarm: {
    as: owner,
    async values(world) {
      const alarmId = await observed(world, 'REJECT_UNTIED');
      world.kept.set('REJECT_UNTIED', alarmId);
      await observed(world, 'REJECT_UNTIED', 'clear');
      await owner(world).act('acknowledgeAlarm', 'id', { alarmId });
      return { alarmId };
    },
    entry: (world) =>
      alarmEntry(world, {
        ...{ type: 'REJECT_UNTIED', action: 'alarm.reset', from: 'latched_acknowledged', to: 'normal' },
      }),
  },
  setCameraSetup: {
    as: owner,
    values: (world) => ({ cameraId: partsOf(world).cameraId, recipeCode: 'audited' }),
    entry(world) {
      const after = expect.objectContaining({ recipeCode: 'audited', roi: null, referenceSha256: null });
      const detail = { recipeCode: 'audited', before: null, after };
      return { action: 'camera-setup.set', type: 'Camera', id: keyIn(partsOf(world).cameraId), detail };
    },
  },
  removeCameraSetup: {
    as: owner,
    values: (world) => ({ cameraId: partsOf(world).cameraId, recipeCode: 'audited' }),
    entry(world) {
      const detail = { recipeCode: 'audited', before: expect.objectContaining({ recipeCode: 'audited' }), after: null };
      return { action: 'camera-setup.removed', type: 'Camera', id: keyIn(partsOf(world).cameraId), detail };
    },
  },
  setCapturePolicy: {
    as: owner,
    values: (world) => ({ plantId: world.plant.globalId, ...policy, auditFraction: 0.5 }),
    entry(world) {
      const before = { ...policy, bytesPerDay: null };
      const detail = { before, after: { ...before, auditFraction: 0.5 } };
      return { action: 'capture.policy-set', type: 'Plant', id: world.plant.row.id, detail };
    },
  },
  openCaptureQuota: {
    as: owner,
    values: (world) => ({ plantId: world.plant.globalId, cell: { productCode: marker }, wanted: 2, probability: 1 }),
    selection: 'id',
    entry(world, { id: quotaId }) {
      world.kept.set('quota', String(quotaId));
      const after = { quotaId, cell: { productCode: marker }, wanted: 2, probability: 1 };
      return {
        action: 'capture.quota-opened',
        type: 'Plant',
        id: world.plant.row.id,
        detail: { quotaId, before: null, after },
      };
    },
  },
  closeCaptureQuota: {
    as: owner,
    values: (world) => ({ id: keptOf(world, 'quota') }),
    entry(world) {
      const change = { before: { closedAt: null }, after: { closedAt: text } };
      const detail = { quotaId: keptOf(world, 'quota'), ...change };
      return { action: 'capture.quota-closed', type: 'Plant', id: world.plant.row.id, detail };
    },
  },
  startInspectionExport: {
    as: owner,
    values: (world) => ({ filter: { plantId: world.plant.globalId }, format: 'CSV' }),
    selection: 'id',
    entry(world, { id }) {
      world.kept.set('export', String(id));
      const detail = { format: 'csv', selection: expect.any(Object) };
      return { action: 'export.start', type: 'InspectionExport', id: keyIn(id), detail };
    },
  },
  cancelInspectionExport: {
    as: owner,
    values: (world) => ({ id: keptOf(world, 'export') }),
    entry(world) {
      const detail = { before: { state: 'queued' }, after: { state: 'cancelled' } };
      return { action: 'export.cancel', type: 'InspectionExport', id: keyIn(keptOf(world, 'export')), detail };
    },
  },
};

export function nodeReport(world: AuditWorld, machines: readonly Record<string, unknown>[]): Record<string, unknown> {
  const at = new Date().toISOString();
  const empty = { outboxResults: 0, outboxImages: 0, deadLetters: 0, droppedFrames: 0, machineConnected: true };
  const cameras = [{ cameraId: partsOf(world).cameraId, framesTaken: 1 }];
  return { version: '1', sentAt: at, startedAt: at, ...empty, cameras, machines };
}

export function correction(world: AuditWorld, dryRun: boolean): Record<string, unknown> {
  const [from, to] = ['2026-01-01T00:00:00Z', new Date(Date.now() + 60_000).toISOString()];
  return { lineId: partsOf(world).lineId, from, to, batchCode: 'corrected', reason, dryRun };
}
