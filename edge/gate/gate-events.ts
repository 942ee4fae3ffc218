/** What the gate tells people, each thing once. */
import type { Json } from '../pipeline/frame.ts';
import type { Ending, GateAction, GateEvent, GateEventKind, Stamps } from './gate-types.ts';
import type { TrackedPart } from './tracked-part.ts';
import { createUnseenGap } from './unseen-gap.ts';

export interface GateEvents {
  tell(kind: GateEventKind, atMs: number, part?: TrackedPart, data?: Record<string, Json>): void;
  /** Tells how the part ended, unless that is as it should be or was told when it was decided. */
  ended(part: TrackedPart, ending: Ending, atMs: number): void;
  unseen(count: number, reason: string, atMs: number, jobCode: string | null): void;
  /** Tells what has been gathered until then. */
  flush(untilMs: number): void;
  readonly wakeAtMs: number;
}

export function createGateEvents(stamps: Stamps, emit: (action: GateAction) => void): GateEvents {
  const emitEvent = (event: GateEvent) => emit({ kind: 'event', event });
  const gap = createUnseenGap(stamps, emitEvent);

  return {
    tell,
    ended(part, ending, atMs) {
      const { decision, finding, commandAtMs, ejectedAtMs, passedAtMs } = part;
      if (ending === 'unseen') {
        const reason = finding && 'reason' in finding ? finding.reason : 'not tracked to its end';
        gap.add(1, reason, atMs, part.run.jobCode, part.partId);
      }
      if (ending === 'rejected' && decision?.isEjected) {
        const confirmedAfterMs = Math.round((ejectedAtMs ?? 0) - (commandAtMs ?? 0));
        tell('GATE_REJECTED', atMs, part, { cause: decision.cause, confirmedAfterMs });
      }
      if (
        ending === 'bypassed' &&
        !decision?.isEjected &&
        !(decision?.cause === 'late-verdict' && !decision.obstacle)
      ) {
        const planned =
          commandAtMs === undefined || passedAtMs === undefined
            ? {}
            : { atGateAfterMs: Math.round(passedAtMs - commandAtMs) };
        tell('GATE_BYPASSED', atMs, part, {
          cause: decision?.cause ?? 'tracking-lost',
          ...(decision?.obstacle === undefined ? {} : { obstacle: decision.obstacle }),
          ...planned,
        });
      }
    },
    unseen: (count, reason, atMs, jobCode) => gap.add(count, reason, atMs, jobCode, null),
    flush: (untilMs) => gap.flush(untilMs),
    get wakeAtMs() {
      return gap.wakeAtMs;
    },
  };

  function tell(kind: GateEventKind, atMs: number, part?: TrackedPart, data?: Record<string, Json>): void {
    const { partId = null, finding, run } = part ?? {};
    emitEvent({
      id: stamps.id(atMs),
      kind,
      ...(partId === null ? {} : { partId }),
      ...(finding && 'inspectionId' in finding ? { inspectionId: finding.inspectionId } : {}),
      ...(run && run.jobCode !== null ? { jobCode: run.jobCode } : {}),
      ...(data === undefined ? {} : { data }),
    });
  }
}
