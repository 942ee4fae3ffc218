/** The signals that tell of parts: their triggers and their names. */

import { leastTimeBetweenParts } from '../config/gate-config.ts';
import type { Json } from '../pipeline/frame.ts';
import { tellSteps } from './counter-news.ts';
import type { GateAction, GateSnapshot, SignalInput } from './gate-types.ts';
import type { ImageTies } from './image-ties.ts';
import { nameOf } from './name-of.ts';
import { end, loseTracking } from './part-course.ts';
import type { Station } from './station.ts';
import { createStepReader, NOTHING_KNOWN } from './step-reader.ts';
import { newPart } from './tracked-part.ts';
import type { TriggerWatch } from './trigger-watch.ts';
import { MOST_NAMES } from './unseen-gap.ts';

export interface TriggerInput {
  take(input: SignalInput, nowMs: number): void;
  takeName(input: SignalInput, nowMs: number): void;
  /** Nobody hears the trigger from now on; why, for the parts that come meanwhile. */
  pause(reason: string, nowMs: number): void;
  /** Last value of the trigger. */
  readonly last: Json;
  /** Why nobody listened last. */
  readonly silence: string;
}

/** Parts that can come in a second where no gate says how fast the belt is. */
const MOST_PER_S = 100;

export function createTriggerInput(
  station: Station,
  ties: ImageTies,
  watch: TriggerWatch | undefined,
  known: GateSnapshot | undefined,
  emit: (action: GateAction) => void,
  startMs: number,
): TriggerInput {
  const { settings, belt, events, signals, runs } = station;
  const { trigger, gate } = settings;
  const mostPerS = trigger.maxPartsPerS ?? (gate ? 1_000 / leastTimeBetweenParts(gate) : MOST_PER_S);
  const reader = createStepReader(
    trigger.kind,
    { ...NOTHING_KNOWN, last: known?.trigger ?? null },
    { mostPerS, maxCorrection: trigger.maxCorrection, debounceMs: trigger.debounceMs },
  );
  const news = { events, signals, signal: trigger.signal, role: 'trigger' as const };
  /** When the node was killed, as the last count says. */
  let silentSince = known?.runs.at(-1)?.to;
  let silentSinceMs = startMs;
  let silence = known ? 'node restarted' : 'connection lost';

  return {
    take({ value, atMs, modulus }, nowMs) {
      const beforeMs = reader.lastAtMs ?? silentSinceMs;
      const range = trigger.modulus ?? modulus;
      const steps = reader.read({ value, atMs, modulus: range });
      if (steps.kind === 'unusable' && silence !== UNUSABLE) pause(UNUSABLE, nowMs);
      const { count, isCatchUp, isUnsure } = tellSteps(steps, value, news, nowMs);
      if (isUnsure) station.exit?.doubt();
      if (count > 0) watch?.triggered();
      const missed = isCatchUp ? count : count - 1;
      if (missed > 0) {
        const fromMs = isCatchUp ? silentSinceMs : beforeMs;
        const reason = isCatchUp ? silence : 'missed by the node';
        const counters = typeof value === 'number' ? countersBefore(value, count, missed, range) : [];
        station.exit?.doubt();
        runs.triggered(runs.current, missed, nowMs);
        runs.ended(runs.current, 'unseen', missed, nowMs);
        const { jobCode } = runs.current;
        const from = isCatchUp ? silentSince : undefined;
        events.unseen({ count: missed, reason, jobCode, fromMs, toMs: nowMs, from, counters }, nowMs);
      }
      if (steps.kind !== 'unusable') [silence, silentSince] = ['', undefined];
      if (count > 0 && !isCatchUp) begin(value, atMs, nowMs);
    },
    takeName({ value, atMs }, nowMs) {
      const name = nameOf(value);
      if (name === undefined) {
        signals.unfit('part-id', 'the value is neither text nor number: map a signal that is one', value, nowMs);
        return;
      }
      signals.fit('part-id', nowMs);
      if (name !== null) ties.named(name, atMs, station.parts, nowMs);
    },
    pause,
    get last() {
      return reader.last;
    },
    get silence() {
      return silence;
    },
  };

  function pause(reason: string, nowMs: number): void {
    reader.pause();
    station.exit?.doubt();
    // What began it says more than what went on with it.
    if (silence !== '' && silence !== reason) return;
    silence = reason;
    silentSinceMs = nowMs;
  }

  function begin(value: Json, atMs: number, nowMs: number): void {
    const oldest = station.parts[0];
    if (oldest && station.parts.length >= trigger.maxInTransit) {
      loseTracking(station, `more than ${trigger.maxInTransit} parts between trigger and gate`, nowMs);
      end(station, oldest, oldest.decision?.ending ?? 'bypassed', nowMs);
    }
    const counter = trigger.kind === 'counter' && typeof value === 'number' ? value : undefined;
    const part = newPart(atMs, counter, belt?.positionAt(atMs) ?? 0, runs.at(atMs));
    if (trigger.kind === 'id') part.partId = nameOf(value) ?? null;
    runs.triggered(part.run, 1, nowMs);
    station.parts.push(part);
    station.exit?.triggered(part);
    emit({ kind: 'triggered', part });
    ties.triggered(part, nowMs);
    if (belt && !belt.isHeard) loseTracking(station, 'the position of the belt is not known', nowMs);
    else if (station.exit?.isSlipping) loseTracking(station, 'the belt or its encoder slips', nowMs);
  }
}

const UNUSABLE = 'the trigger could not be used';

/** What the counter showed with the first `missed` of its last `count` steps, as far as one event names them. */
function countersBefore(value: number, count: number, missed: number, modulus: number | undefined): number[] {
  const names = Array.from({ length: Math.min(missed, MOST_NAMES) }, (_, at) => value - count + 1 + at);
  return modulus === undefined ? names : names.map((name) => ((name % modulus) + modulus) % modulus);
}
