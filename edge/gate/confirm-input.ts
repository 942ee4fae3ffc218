/** The machine's word on what its gate pushed: counted, and given to the command that it is for by time, or by the part's name. */
import { type GateConfig, leastTimeBetweenParts } from '../config/gate-config.ts';
import { tellSteps } from './counter-news.ts';
import type { Ejector } from './ejector.ts';
import type { SignalInput } from './gate-types.ts';
import { nameOf } from './name-of.ts';
import type { Station } from './station.ts';
import { createStepReader, NOTHING_KNOWN } from './step-reader.ts';
import type { TrackedPart } from './tracked-part.ts';

export interface ConfirmInput {
  /** `silence`: why nobody listened, for what was pushed meanwhile. */
  take(input: SignalInput, silence: string, nowMs: number): void;
  pause(): void;
}

export function createConfirmInput(station: Station, gate: GateConfig, ejector: Ejector): ConfirmInput {
  return gate.confirm.kind === 'part-id'
    ? createNamedConfirm(station)
    : createCountedConfirm(station, gate, gate.confirm.kind, ejector);
}

function createCountedConfirm(
  station: Station,
  gate: GateConfig,
  kind: 'counter' | 'edge',
  ejector: Ejector,
): ConfirmInput {
  const { events, signals, tally } = station;
  // Pushes that nobody asked for come on top of those that were.
  const limits = { mostPerS: 2_000 / leastTimeBetweenParts(gate), maxCorrection: 0, debounceMs: 0 };
  const reader = createStepReader(kind, NOTHING_KNOWN, limits);
  const news = { events, signals, signal: gate.confirm.signal, role: 'confirm' as const };

  return {
    take({ value, atMs, modulus }, silence, nowMs) {
      const steps = reader.read({ value, atMs, modulus: gate.confirm.modulus ?? modulus });
      const { count, isCatchUp } = tellSteps(steps, value, news, nowMs);
      if (count === 0 || (isCatchUp && steps.kind === 'restart')) return;
      const unasked = ejector.confirm(count, isCatchUp ? undefined : atMs, station.parts);
      if (unasked === 0) return;
      tally.unexpected += unasked;
      const part = isCatchUp ? undefined : partAtGate(station, gate, ejector.pushedAtMs(atMs));
      if (part) part.ejectedAtMs = atMs;
      const during = isCatchUp ? { during: silence } : {};
      events.tell('GATE_UNEXPECTED_EJECTION', atMs, part, { count: unasked, ...during });
    },
    pause: () => reader.pause(),
  };
}

/** The part that was in front of the gate, as far as that is known. */
function partAtGate({ belt, parts }: Station, gate: GateConfig, atMs: number): TrackedPart | undefined {
  if (!belt) return undefined;
  const mm = belt.positionAt(atMs) - gate.distanceMm;
  const away = (part: TrackedPart) => Math.abs(part.mm - mm);
  return parts
    .filter((part) => part.ejectedAtMs === undefined && away(part) <= gate.partPitchMm / 2)
    .toSorted((a, b) => away(a) - away(b))[0];
}

/** The signal names the part that was pushed last: by its id, or by what the trigger's counter showed with it. */
function createNamedConfirm(station: Station): ConfirmInput {
  const { events, signals, tally } = station;
  let last: string | null | undefined;

  return {
    take({ value, atMs }, _silence, nowMs) {
      const name = nameOf(value);
      if (name === undefined) {
        signals.unfit('confirm', 'the value names no part: map a signal that does, or give another kind', value, nowMs);
        return;
      }
      signals.fit('confirm', nowMs);
      const isFirst = last === undefined;
      const isSame = last === name;
      last = name;
      if (name === null || isSame) return;
      const part = station.parts.find(({ partId, counter }) => partId === name || String(counter) === name);
      // What is named when nobody listened before may have been pushed long ago.
      if (!part && isFirst) return;
      if (part && part.ejectedAtMs !== undefined) return;
      if (part) part.ejectedAtMs = atMs;
      if (part?.decision?.isEjected) return;
      tally.unexpected++;
      events.tell('GATE_UNEXPECTED_EJECTION', atMs, part, { count: 1, ...(part ? {} : { named: name }) });
    },
    pause() {
      last = undefined;
    },
  };
}
