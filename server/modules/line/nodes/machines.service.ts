/** What edge nodes report of themselves and of the machines of their lines, and what follows from it. */
import { factors, type MachineColumns, type MachineInput, machineNumbers } from '#schema/production-context.ts';
import type { Trx } from '../../../database/database.ts';
import { act, type ToldEvent } from '../../../kit/act.ts';
import type { Context, Services } from '../../../kit/context.ts';
import { NotFoundError } from '../../../kit/errors.ts';
import { encodeGlobalId, keyOf } from '../../../kit/global-id.ts';
import { type ViewingNode, viewingNode } from '../../../kit/viewing-node.ts';
import { wellFormed } from '../../../kit/well-formed.ts';
import { observeNodeReport, observeSilence } from '../alarms/observe-nodes.service.ts';
import { ensureProduction, followJob, lockLinesForJobs, openJobs } from '../production-runs/production-runs.service.ts';
import { storedSignals, told } from '../signals/signals.ts';
import { checkReport } from './check-report.ts';
import { machineChanges } from './machine-changes.ts';
import {
  deleteSilentNodes,
  hasSilentNode,
  lockMachines,
  selectMachines,
  selectServedLines,
  updateNodeSeen,
  upsertMachines,
} from './machines.queries.ts';
import type { MachineStatusRow } from './machines.table.ts';
import type { NodeReportInput } from './node-report.ts';
import { storedReport } from './stored-report.ts';

export interface ReportReceipt {
  receivedAt: Date;
  /** The node's clock minus the server's. */
  skewMs: number;
}

/**
 * Takes a node's report: its heartbeat, and the state of its machines. The event log is told of what changed, and the
 * audit of the same; the rest is telemetry. Throws `InvalidInputError`, and `NotFoundError` for what is not the node's.
 */
export async function reportNodeStatus(context: Context, input: NodeReportInput): Promise<ReportReceipt> {
  const node = viewingNode(context);
  checkReport(input, context.config.limits);
  const receivedAt = context.now();
  const skewMs = input.sentAt.getTime() - receivedAt.getTime();
  const status = await storedReport(context, node, input);
  const machines = await machineRows(context, node, input, receivedAt);
  // A clock that is far off says nothing about when something happened.
  const at = Math.abs(skewMs) <= context.config.limits.skewMs ? input.sentAt : receivedAt;

  await act(context, async (scope) => {
    const { trx, audit, event, touch } = scope;
    const happened: ToldEvent[] = [];
    const seen = {
      id: node.edgeNodeId,
      plantId: node.plantId,
      at: receivedAt,
      skewMs,
      status: JSON.stringify(status, wellFormed),
    };
    if (await updateNodeSeen(trx, seen)) happened.push(nodeEvent('node.up', node.edgeNodeId, receivedAt, status));
    if (machines.length > 0) happened.push(...(await writeMachines(trx, node, machines, at)));
    for (const each of happened) event(node.plantId, each);
    if (happened.length > 0) {
      const told = happened.map(({ kind, lineId, data }) => ({ kind, lineId: lineId ?? null, data }));
      const subject = { plantId: node.plantId, subjectType: 'EdgeNode', subjectId: node.edgeNodeId };
      audit('node.report', subject, { events: told });
    }
    const lineIds = machines.map((machine) => machine.line_id);
    await observeNodeReport(scope, { ...node, report: status, lineIds, at: receivedAt });
    for (const lineId of lineIds) touch(`line:${lineId}`);
  });
  return { receivedAt, skewMs };
}

/**
 * Tells the event log of nodes that have fallen silent. Call it about once a second; `watchedSince` is when this process
 * began to listen, so that a server that was down itself does not take its nodes for dead.
 */
export async function markSilentNodes(services: Services, watchedSince: Date): Promise<number> {
  const { db, config, now } = services;
  const at = now();
  const since = new Date(at.getTime() - config.limits.nodeSilenceMs);
  if (watchedSince.getTime() > since.getTime() || !(await hasSilentNode(db, since))) return 0;

  return act(services, async (scope) => {
    const nodes = await deleteSilentNodes(scope.trx, since);
    // By plant in id order, so that two servers lock the plants' streams in the same order.
    for (const [plantId, gone] of Map.groupBy(nodes, (node) => node.plant_id)) {
      for (const node of gone) {
        const lastSeenAt = node.last_seen_at.toISOString();
        scope.event(plantId, nodeEvent('node.down', node.edge_node_id, at, { lastSeenAt }));
      }
      const missed = gone.filter((node) => node.retired_at === null);
      await observeSilence(scope, plantId, missed, at);
    }
    return nodes.length;
  });
}

/** The machine of a line as last reported; null when nobody has. */
export function loadMachineStatus(context: Context, lineId: string): Promise<MachineStatusRow | null> {
  const loader = context.loader<string, MachineStatusRow | null>('machines', async (lineIds) => {
    const byLine = new Map((await selectMachines(context.db, lineIds)).map((row) => [row.line_id, row]));
    return lineIds.map((each) => byLine.get(each) ?? null);
  });
  return loader.load(lineId);
}

/** Writes the machines' states, lets their lines' jobs follow, and gives what the event log is to be told. */
async function writeMachines(
  trx: Trx,
  { edgeNodeId, plantId }: ViewingNode,
  machines: readonly MachineStatusRow[],
  at: Date,
): Promise<ToldEvent[]> {
  const lineIds = machines.map((machine) => machine.line_id);
  const before = new Map((await lockMachines(trx, lineIds)).map((row) => [row.line_id, row]));
  await upsertMachines(trx, machines);
  const events = machines.flatMap((machine) =>
    machineChanges(before.get(machine.line_id), machine).map(
      ({ kind, data }): ToldEvent => ({
        kind,
        data,
        occurredAt: machine.source_time ?? at,
        lineId: machine.line_id,
        edgeNodeId,
      }),
    ),
  );

  const open = new Map((await openJobs(trx, lineIds)).map((job) => [job.line_id, job.code]));
  // Only what the machine says for sure begins or ends a job.
  const moved = machines.filter(
    (machine) => machine.quality === 'good' && (open.get(machine.line_id) ?? null) !== machine.job_code,
  );
  if (moved.length === 0) return events;
  const codes = moved.map((machine) => ({
    productCode: machine.product_code,
    recipeCode: machine.recipe_code,
    batchCode: machine.batch_code,
  }));
  const production = await ensureProduction(trx, plantId, codes, at);
  const movedLines = moved.map((machine) => machine.line_id);
  await lockLinesForJobs(trx, movedLines);
  for (const [index, machine] of moved.entries()) {
    const ids = production[index] ?? { productId: null, recipeId: null, batchId: null };
    const named = { plantId, lineId: machine.line_id, code: machine.job_code, at, now: machine.received_at };
    const changes = await followJob(trx, { ...named, ...ids });
    events.push(...changes.map((change): ToldEvent => ({ ...change, edgeNodeId })));
  }
  return events;
}

async function machineRows(
  { db }: Context,
  node: ViewingNode,
  input: NodeReportInput,
  receivedAt: Date,
): Promise<MachineStatusRow[]> {
  const lineIds = input.machines.map(({ lineId }, index) => keyOf('Line', lineId, `input.machines[${index}].lineId`));
  const served = lineIds.length === 0 ? new Set<string>() : await selectServedLines(db, node.edgeNodeId, lineIds);
  const foreign = lineIds.findIndex((lineId) => !served.has(lineId));
  if (foreign >= 0) throw new NotFoundError(`input.machines[${foreign}].lineId`, input.machines[foreign]?.lineId);

  const rows = input.machines.map((machine, index): MachineStatusRow => {
    return {
      line_id: lineIds[index] ?? '',
      plant_id: node.plantId,
      edge_node_id: node.edgeNodeId,
      quality: machine.quality,
      state: told(machine.state),
      mode: told(machine.mode),
      product_code: told(machine.productCode),
      recipe_code: told(machine.recipeCode),
      batch_code: told(machine.batchCode),
      job_code: told(machine.jobCode),
      ...machineColumns(machine),
      signals: storedSignals(machine.signals),
      source_time: machine.sourceTime ?? null,
      received_at: receivedAt,
    };
  });
  // Two nodes may serve one line: rows are locked in the same order by both.
  return rows.sort((a, b) => (a.line_id < b.line_id ? -1 : 1));
}

/** The machine's numbers by their columns. */
export function machineColumns(machine: MachineInput): MachineColumns {
  return Object.fromEntries(
    machineNumbers.map((name) => [factors[name].column, machine[name] ?? null]),
  ) as MachineColumns;
}

function nodeEvent(
  kind: 'node.up' | 'node.down',
  edgeNodeId: string,
  occurredAt: Date,
  told: { version: string } | { lastSeenAt: string },
): ToldEvent {
  const data = 'version' in told ? { version: told.version } : { lastSeenAt: told.lastSeenAt };
  return { kind, occurredAt, edgeNodeId, data: { node: encodeGlobalId('EdgeNode', edgeNodeId), ...data } };
}
