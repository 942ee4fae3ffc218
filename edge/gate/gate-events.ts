/** What the gate tells people, each thing once. */
import type { Json } from '../pipeline/frame.ts';
import type { Ending, GateAction, GateEvent, GateEventKind, SeenImage, Stamps } from './gate-types.ts';
import type { TrackedPart } from './tracked-part.ts';
import { createUnseenGap, MOST_NAMES, type UnseenParts } from './unseen-gap.ts';

export interface GateEvents {
  tell(kind: GateEventKind, atMs: number, part?: TrackedPart, data?: Record<string, Json>): void;
  /** Tells how the part ended, unless that is as it should be or was told when it was decided. */
  ended(part: TrackedPart, ending: Ending, atMs: number): void;
  unseen(parts: UnseenParts, atMs: number): void;
  /** An image shows a part to be rejected, and nobody knows which. */
  untied(image: SeenImage, reason: string, atMs: number): void;
  /** Tells what has been gathered until then. */
  flush(untilMs: number): void;
  readonly wakeAtMs: number;
  /** Names parts that are told of together: ids, the counter's values of those without, and when they were triggered. */
  namesOf(parts: readonly TrackedPart[]): Record<string, Json>;
  /** As people read it. */
  timeOf(atMs: number): string;
}

export function createGateEvents(stamps: Stamps, emit: (action: GateAction) => void): GateEvents {
  const emitEvent = (event: GateEvent) => emit({ kind: 'event', event });
  const gap = createUnseenGap(stamps, emitEvent);

  return {
    tell,
    ended(part, ending, atMs) {
      if (ending === 'unseen') tellUnseen(part, atMs);
      const { decision, commandAtMs, ejectedAtMs } = part;
      if (ending === 'rejected' && decision?.isEjected) {
        const confirmedAfterMs = Math.round((ejectedAtMs ?? 0) - (commandAtMs ?? 0));
        tell('GATE_REJECTED', atMs, part, { cause: decision.cause, confirmedAfterMs });
      }
      const isToldAsLate = decision?.cause === 'late-verdict' && !decision.obstacle;
      if (ending === 'bypassed' && !decision?.isEjected && !isToldAsLate) tellBypassed(part, atMs);
    },
    unseen: (parts, atMs) => gap.add(parts, atMs),
    untied({ cameraId, look }, reason, atMs) {
      emitEvent({
        id: stamps.id(atMs),
        kind: 'REJECT_UNTIED',
        ...(cameraId === undefined ? {} : { cameraId }),
        ...(look.kind === 'verdict' ? { inspectionId: look.inspectionId } : {}),
        data: { reason },
      });
    },
    flush: (untilMs) => gap.flush(untilMs),
    get wakeAtMs() {
      return gap.wakeAtMs;
    },
    timeOf: stamps.time,
    namesOf(parts) {
      const times = parts.map(({ triggeredAtMs }) => triggeredAtMs);
      const counters = parts.flatMap(({ partId, counter }) => (partId === null ? (counter ?? []) : []));
      return {
        partIds: parts.flatMap(({ partId }) => partId ?? []).slice(0, MOST_NAMES),
        ...(counters.length === 0 ? {} : { counters: counters.slice(0, MOST_NAMES) }),
        ...(times.length === 0 ? {} : { from: stamps.time(Math.min(...times)), to: stamps.time(Math.max(...times)) }),
      };
    },
  };

  function tellUnseen({ finding, triggeredAtMs, run, partId, counter }: TrackedPart, atMs: number): void {
    const reason = finding && 'reason' in finding ? finding.reason : 'not tracked to its end';
    const moment = { fromMs: triggeredAtMs, toMs: triggeredAtMs };
    const counters = partId === null && counter !== undefined ? [counter] : [];
    const partIds = partId === null ? [] : [partId];
    gap.add({ count: 1, reason, jobCode: run.jobCode, ...moment, partIds, counters }, atMs);
  }

  function tellBypassed(part: TrackedPart, atMs: number): void {
    const { decision, commandAtMs, passedAtMs } = part;
    const isTimed = commandAtMs !== undefined && passedAtMs !== undefined;
    tell('GATE_BYPASSED', atMs, part, {
      cause: decision?.cause ?? 'tracking-lost',
      ...(decision?.obstacle === undefined ? {} : { obstacle: decision.obstacle }),
      ...(isTimed ? { atGateAfterMs: Math.round(passedAtMs - commandAtMs) } : {}),
    });
  }

  function tell(kind: GateEventKind, atMs: number, part?: TrackedPart, data?: Record<string, Json>): void {
    const { partId = null, finding, run } = part ?? {};
    const named = part && partId === null ? { ...nameless(part), ...data } : data;
    emitEvent({
      id: stamps.id(atMs),
      kind,
      ...(partId === null ? {} : { partId }),
      ...(finding && 'inspectionId' in finding ? { inspectionId: finding.inspectionId } : {}),
      ...(run && run.jobCode !== null ? { jobCode: run.jobCode } : {}),
      ...(named === undefined ? {} : { data: named }),
    });
  }

  /** What tells a part without an id from others. */
  function nameless({ counter, triggeredAtMs }: TrackedPart): Record<string, Json> {
    return counter === undefined ? { triggeredAt: stamps.time(triggeredAtMs) } : { counter };
  }
}
