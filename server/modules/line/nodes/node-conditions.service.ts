/** What the events of edge nodes mean for the alarms: the newest word on each condition counts, the past raises none. */
import type { ActScope } from '../../../kit/act.ts';
import type { ViewingNode } from '../../../kit/viewing-node.ts';
import { type Observation, observeConditions } from '../alarms/observe-conditions.service.ts';
import { type NodeEventRule, nodeEventRules } from './node-event-kinds.ts';
import { upsertConditions } from './node-events.queries.ts';
import type { ReadNodeEvent } from './read-node-event.ts';

export interface ObservationLimits {
  /** Age from which something that happened at a moment is no alarm any more. */
  latePulseMs: number;
  /** Age from which the node's status, which it repeats every second, has the newer word. */
  nodeSilenceMs: number;
}

/** Lets the alarms follow; call it late, for it locks the plant's event stream. */
export async function observeNodeEvents(
  scope: ActScope,
  node: ViewingNode,
  events: readonly ReadNodeEvent[],
  now: Date,
  limits: ObservationLimits,
): Promise<void> {
  const observations = events.flatMap((event) => observationOf(node, event, now, limits));
  if (observations.length === 0) return;
  const newest = new Map<string, Observation>();
  for (const each of observations) {
    const known = newest.get(nameOf(each));
    if (!known || known.at < each.at) newest.set(nameOf(each), each);
  }
  const before = await upsertConditions(
    scope.trx,
    [...newest.values()].map(({ source, type, at }) => ({ sourceId: source.id, type, atMs: at.getTime() })),
  );
  const news = observations.filter((each) => each.at.getTime() >= (before.get(nameOf(each)) ?? 0));
  if (news.length > 0) await observeConditions(scope, node.plantId, news);
}

function observationOf(
  node: ViewingNode,
  event: ReadNodeEvent,
  now: Date,
  limits: ObservationLimits,
): readonly Observation[] {
  const { condition, about, isInStatus }: NodeEventRule = nodeEventRules[event.kind];
  if (!condition) return [];
  const [type, state] = condition;
  const atMs = momentOf(event, now.getTime());
  const ageMs = now.getTime() - atMs;
  if (state === 'pulse' && ageMs > limits.latePulseMs) return [];
  if (isInStatus && ageMs > limits.nodeSilenceMs) return [];
  const source = sourceOf(about, node, event);
  const data = event.partId === null ? event.data : { ...event.data, partId: event.partId };
  return [{ type, source, state, at: new Date(atMs), data }];
}

/** By a clock that runs ahead, what happened is still not from the future. A node whose clock was set stamps that by the earlier of its two times. */
function momentOf({ kind, occurredAtMs, data }: ReadNodeEvent, nowMs: number): number {
  const isOwnClock = kind === 'CLOCK_STEPPED' && data.whose === 'node' && typeof data.stepMs === 'number';
  const laterMs = occurredAtMs + Math.abs(isOwnClock ? Number(data.stepMs) : 0);
  const isLater = Math.abs(nowMs - laterMs) < Math.abs(nowMs - occurredAtMs);
  return Math.min(nowMs, isLater ? laterMs : occurredAtMs);
}

function sourceOf(
  about: NodeEventRule['about'],
  { edgeNodeId }: ViewingNode,
  event: ReadNodeEvent,
): Observation['source'] {
  if (about === 'station' && event.stationId !== null) return { kind: 'station', id: event.stationId };
  if (about === 'line' && event.lineId !== null) return { kind: 'line', id: event.lineId };
  return { kind: 'edge_node', id: edgeNodeId };
}

function nameOf({ source, type }: Observation): string {
  return `${source.id} ${type}`;
}
