/** Whether the signals with names of the typed context give what these names say, and whether the stamps can be right. Pure. */
import type { MachineConfig } from '../config/machine-config.ts';
import type { FieldPath, Mistake } from '../config/mistake.ts';
import { inTypeOf, whyUnfit } from '../devices/machine-context.ts';
import { packmlName } from '../devices/packml-names.ts';
import type { SeenSignal } from './seen-signal.ts';

/** Clocks are read less exactly than this, and a value may have been under way. */
const STAMP_SLACK_MS = 2_000;
/** A value that came just now was not sampled so long ago. */
const STAMP_BEHIND_MS = 60_000;

/** `path` leads to the machine; `aheadMs` is how far the machine's clock is ahead of `performance.now()`, where it is known. */
export function checkContext(
  { signals }: Pick<MachineConfig, 'signals'>,
  path: FieldPath,
  seen: ReadonlyMap<string, SeenSignal>,
  aheadMs: number | undefined,
): Mistake[] {
  return [...seen.values()].flatMap((signal) => {
    const at = Object.hasOwn(signals, signal.name) ? [...path, 'signals', signal.name] : path;
    const messages = [unfit(signals, signal), aheadMs === undefined ? undefined : badStamps(signal, aheadMs)];
    return messages.flatMap((message) => (message === undefined ? [] : [{ path: at, message }]));
  });
}

function unfit(signals: MachineConfig['signals'], { name, value, type, quality }: SeenSignal): string | undefined {
  const settings = Object.hasOwn(signals, name) ? signals[name] : undefined;
  if (!settings || quality === 'BAD') return undefined;
  const named = typeof value === 'number' ? packmlName(name, value) : undefined;
  const meant = settings.values?.[String(value)] ?? named ?? value;
  const reason = whyUnfit(name, inTypeOf(name, meant));
  return reason === undefined ? undefined : `its type at the machine is ${type}, its value ${reason}`;
}

function badStamps({ samples }: SeenSignal, aheadMs: number): string | undefined {
  for (const [index, { sourceMs, atMs }] of samples.entries()) {
    if (sourceMs === undefined) continue;
    const stampAheadMs = sourceMs - (atMs + aheadMs);
    const isAhead = stampAheadMs > STAMP_SLACK_MS;
    // The first value may be old: it holds since then.
    const isBehind = index > 0 && stampAheadMs < -STAMP_BEHIND_MS;
    if (!isAhead && !isBehind) continue;
    const by = `${Math.round(Math.abs(stampAheadMs) / 1_000)} s ${isAhead ? 'ahead of' : 'behind'}`;
    return `its source stamps are ${by} the machine's clock: have them in UTC and of the moment of the change`;
  }
  return undefined;
}
