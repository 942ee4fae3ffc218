/** Takes what edge nodes tell of: each event is in the plant's log once, and changes the alarms that depend on it. */

import { hash } from 'node:crypto';
import { act, type ToldEvent } from '../../../kit/act.ts';
import type { Refusal } from '../../../kit/check-values.ts';
import type { Context } from '../../../kit/context.ts';
import { encodeGlobalId } from '../../../kit/global-id.ts';
import { leadersOf, outcomesOf, type RecordedItem, requireItemCount } from '../../../kit/recorded-item.ts';
import { timeRange } from '../../../kit/time-range.ts';
import { type ViewingNode, viewingNode } from '../../../kit/viewing-node.ts';
import { observeNodeEvents } from './node-conditions.service.ts';
import { nodeEventRules } from './node-event-kinds.ts';
import { insertNodeEvents, selectNodeEventHashes } from './node-events.queries.ts';
import { placeNodeEvent } from './place-node-event.ts';
import { type NodeEventInput, type ReadNodeEvent, readNodeEvent } from './read-node-event.ts';
import { servedPlaces } from './served-places.service.ts';

/** Outcomes in the order of the input. Throws `InvalidInputError` when there are too many items. */
export async function recordNodeEvents(context: Context, input: readonly NodeEventInput[]): Promise<RecordedItem[]> {
  const { limits } = context.config;
  requireItemCount(input, limits.recordItems);
  const node = viewingNode(context);
  const receivedAt = context.now();
  const read = input.map((item) => readNodeEvent(item, receivedAt.getTime(), limits));
  const places = await servedPlaces(context.db, node.edgeNodeId);
  const placed = read.map((item): ReadNodeEvent | Refusal =>
    'contentHash' in item ? placeNodeEvent(item, places) : item,
  );
  const leaders = leadersOf(placed);
  const stored = await write(context, node, receivedAt, [...leaders.values()]);
  return outcomesOf(input, placed, leaders, stored, 'make a new id for every event and never change one');
}

/** Writes those events that are not recorded yet and gives the hashes of those that were. */
async function write(
  context: Context,
  node: ViewingNode,
  receivedAt: Date,
  events: readonly ReadNodeEvent[],
): Promise<ReadonlyMap<string, string>> {
  if (events.length === 0) return new Map();
  return act(context, async (scope) => {
    const { trx, audit, event } = scope;
    const written = await insertNodeEvents(trx, node.plantId, events);
    const fresh = events.filter((event) => written.has(event.id));
    const known = events.filter((event) => !written.has(event.id)).map((event) => event.id);
    const stored = known.length === 0 ? new Map() : await selectNodeEventHashes(trx, node.plantId, known);
    if (fresh.length === 0) return stored;

    for (const each of fresh) event(node.plantId, newEvent(node, each));
    await observeNodeEvents(scope, node, fresh, receivedAt, context.config.limits);
    const subject = { plantId: node.plantId, subjectType: 'EdgeNode', subjectId: node.edgeNodeId };
    audit('node-events.record', subject, auditDetail(fresh));
    return stored;
  });
}

function newEvent(node: ViewingNode, event: ReadNodeEvent): ToldEvent {
  const { partId, inspectionId, jobCode, cameraId } = event;
  const named = {
    ...(partId === null ? {} : { partId }),
    ...(inspectionId === null ? {} : { inspectionId: encodeGlobalId('Inspection', `${node.plantId}:${inspectionId}`) }),
    ...(jobCode === null ? {} : { jobCode }),
    ...(cameraId === null ? {} : { cameraId: encodeGlobalId('Camera', cameraId) }),
  };
  return {
    id: event.id,
    kind: nodeEventRules[event.kind].event,
    occurredAt: new Date(event.occurredAtMs),
    lineId: event.lineId,
    stationId: event.stationId,
    edgeNodeId: node.edgeNodeId,
    // what the server knows by name wins over a particular of the same name
    data: { ...event.data, ...named },
  };
}

/** What binds the recorded content to the audit chain without repeating it. */
function auditDetail(events: readonly ReadNodeEvent[]) {
  const contents = events.map((event) => `${event.id} ${event.contentHash}\n`).join('');
  const range = timeRange(events.map(({ occurredAtMs }) => occurredAtMs));
  return { recorded: events.length, ...range, contentsSha256: hash('sha256', contents, 'hex') };
}
