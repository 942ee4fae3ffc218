/**
 * What comes by the sensor behind the gate: each part that was not ejected, where the belt says, and no other. Two of five that are
 * not so mean that belt or encoder slips, and that commands hit other parts than they are for, however well all are confirmed.
 */
import type { GateConfig } from '../config/gate-config.ts';
import type { Belt } from './belt.ts';
import { tellSteps } from './counter-news.ts';
import { loseTracking } from './part-course.ts';
import type { ExitWatch, Station } from './station.ts';
import { createStepReader, NOTHING_KNOWN } from './step-reader.ts';
import type { TrackedPart } from './tracked-part.ts';

/** Parts by which slip is judged, of which so many may be wrong. */
const LOOKED_AT = 5;
const MOST_WRONG = 1;

export function createExitWatch(station: Station, gate: GateConfig, belt: Belt): ExitWatch | undefined {
  const { exit } = gate;
  if (!exit) return undefined;
  const { events, signals, problems, runs, settings } = station;
  const { settleMs } = settings.trigger;
  const windowMm = exit.windowMm ?? Math.min(gate.toleranceMm, gate.partPitchMm / 4);
  const limits = { mostPerS: (2 * gate.maxSpeedMmPerS) / gate.partPitchMm, maxCorrection: 0, debounceMs: 0 };
  const reader = createStepReader(exit.kind, NOTHING_KNOWN, limits);
  const news = { events, signals, signal: exit.signal, role: 'exit' as const };
  let following: { part: TrackedPart; overdueMs: number | undefined }[] = [];
  /** Seen at the exit, until the belt says where it was then. */
  let comings: number[] = [];
  /** Where the belt was when all on it began to be tracked; parts triggered before are not judged. */
  let clearFromMm: number | undefined;
  let isSlipping = false;
  /** Of the last parts, whether they were as expected. */
  let recent: { isRight: boolean; atMs: number }[] = [];

  return {
    triggered(part) {
      following.push({ part, overdueMs: undefined });
      // A belt that is not heard brings none of them to the exit.
      if (following.length > 2 * settings.trigger.maxInTransit) following.shift();
    },
    take({ value, atMs, modulus }, nowMs) {
      const steps = reader.read({ value, atMs, modulus: exit.modulus ?? modulus });
      const { count, isUnsure } = tellSteps(steps, value, news, nowMs);
      if (isUnsure || count > 1) doubt();
      else if (count === 1) comings.push(atMs);
    },
    pause() {
      reader.pause();
      doubt();
    },
    doubt,
    advance(isWhole, nowMs) {
      if (!isWhole) doubt();
      else clearFromMm ??= belt.positionAt(nowMs);
      const isKnown = (atMs: number) => atMs <= belt.exactUntilMs;
      const known = comings.filter(isKnown);
      comings = comings.filter((atMs) => !isKnown(atMs));
      for (const atMs of known) come(atMs, nowMs);
      for (const entry of [...following]) passBy(entry, nowMs);
    },
    get isSlipping() {
      return isSlipping;
    },
  };

  function doubt(): void {
    clearFromMm = undefined;
    comings = [];
  }

  /** Whether a part that was triggered at this position of the belt is judged. */
  function isClear(mm: number): boolean {
    return clearFromMm !== undefined && mm >= clearFromMm;
  }

  function come(atMs: number, nowMs: number): void {
    const mm = belt.positionAt(atMs) - (exit?.distanceMm ?? 0);
    const away = ({ part }: { part: TrackedPart }) => Math.abs(part.mm - mm);
    const entry = following.filter((each) => away(each) <= windowMm).toSorted((a, b) => away(a) - away(b))[0];
    if (entry) {
      following = following.filter((each) => each !== entry);
      if (isClear(entry.part.mm)) comeBy(entry.part, nowMs);
    } else if (isClear(mm - windowMm)) {
      problems.set(
        'exit',
        `${exit?.signal}: a part came by where none should be; see whether the trigger misses parts`,
      );
      note(false, atMs, nowMs);
    }
  }

  function comeBy(part: TrackedPart, nowMs: number): void {
    const wasEjected = part.ejectedAtMs !== undefined;
    if (wasEjected) {
      part.ejectedAtMs = undefined;
      const isEnded = !station.parts.includes(part);
      if (isEnded) {
        runs.ended(part.run, 'rejected', -1, nowMs);
        runs.ended(part.run, 'bypassed', 1, nowMs);
      }
      const reason = 'it was confirmed as ejected and came by the exit';
      events.tell('GATE_NOT_CONFIRMED', nowMs, part, { cause: part.decision?.cause ?? 'verdict', reason });
    }
    note(!wasEjected, part.triggeredAtMs, nowMs);
  }

  /** The part should have come by the exit by now. */
  function passBy(entry: { part: TrackedPart; overdueMs: number | undefined }, nowMs: number): void {
    const { part } = entry;
    if (!belt.hasPassed(part.mm + (exit?.distanceMm ?? 0) + windowMm, nowMs)) return;
    // What the exit saw may still be on its way.
    entry.overdueMs ??= nowMs + settleMs;
    if (nowMs < entry.overdueMs || nowMs < station.deafUntilMs) return;
    following = following.filter((each) => each !== entry);
    if (!isClear(part.mm)) return;
    // Fired at and not confirmed: it may have gone either way.
    if (part.ejectedAtMs === undefined && part.decision?.isEjected) return;
    const isRight = part.ejectedAtMs !== undefined;
    if (!isRight && !isSlipping) {
      events.tell('GATE_UNEXPECTED_EJECTION', nowMs, part, { count: 1, reason: 'it did not come by the exit' });
    }
    note(isRight, part.triggeredAtMs, nowMs);
  }

  function note(isRight: boolean, atMs: number, nowMs: number): void {
    recent = [...recent, { isRight, atMs }].slice(-LOOKED_AT);
    const wrong = recent.filter((each) => !each.isRight).length;
    if (wrong > MOST_WRONG && !isSlipping) slip(nowMs);
    if (wrong > 0 || recent.length < LOOKED_AT) return;
    isSlipping = false;
    problems.set('slip', undefined);
    problems.set('exit', undefined);
  }

  function slip(nowMs: number): void {
    isSlipping = true;
    const since = Math.min(...recent.map(({ atMs }) => atMs));
    const doubted = following.map(({ part }) => part).filter((part) => part.triggeredAtMs >= since);
    const wrong = recent.filter(({ isRight }) => !isRight).length;
    const reason = `${wrong} of the last ${recent.length} parts were not at the exit where they should be`;
    const names = { ...events.namesOf(doubted), from: events.timeOf(since), to: events.timeOf(nowMs) };
    events.tell('BELT_SLIPPED', nowMs, undefined, { signal: exit?.signal ?? '', reason, ...names });
    problems.set('slip', `the belt or its encoder slips: ${reason}; see to the encoder's wheel and to mmPerUnit`);
    loseTracking(station, 'the belt or its encoder slips', nowMs);
    following = [];
    recent = [];
    doubt();
  }
}
