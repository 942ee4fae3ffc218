import { describe, expect, it } from 'vitest';
import { type BenchOptions, GateBench } from './gate-bench.ts';

const EXIT = { exit: { signal: 'exit', kind: 'counter' as const, distanceMm: 1_300 } };

interface Bottle {
  mm: number;
  number: number;
  isEjected: boolean;
  isOut: boolean;
}

/** A belt with a gate that pushes what stands in front of it, and a sensor behind it; parts are at their true places. */
class ExitLine {
  readonly bench: GateBench;
  readonly bottles: Bottle[] = [];
  /** The belt's true way. */
  mm = 0;
  /** What the encoder says the belt moved for each true millimetre. */
  slip = 1;
  exits = 0;
  commanded = 0;
  verdicts: (number: number) => 'PASS' | 'REJECT' = () => 'PASS';
  pitchMm: (number: number) => number = () => 130;
  #nextMm = 50;

  constructor(options: BenchOptions = {}) {
    this.bench = new GateBench({ ...options, gate: { ...EXIT, ...options.gate } });
    this.bench.feed({ kind: 'exit', value: 0, atMs: 0 });
  }

  run(untilMs: number): this {
    const { bench } = this;
    while (bench.nowMs < untilMs) {
      this.mm++;
      bench.speed = this.slip;
      if (this.mm >= this.#nextMm) this.#trigger();
      bench.run(bench.nowMs + 1);
      for (const command of bench.fired.slice(this.commanded)) this.#push(command.atMs);
      this.commanded = bench.fired.length;
      for (const bottle of this.bottles) this.#comeBy(bottle);
    }
    return this;
  }

  #trigger(): void {
    const number = this.bottles.length + 1;
    this.bottles.push({ mm: this.#nextMm, number, isEjected: false, isOut: false });
    this.#nextMm += this.pitchMm(number);
    this.bench.judgedPart(this.verdicts(number));
  }

  /** The lead is 10 mm of belt. */
  #push(atMs: number): void {
    const hit = this.bottles.find(({ mm, isEjected }) => !isEjected && Math.abs(mm + 1_000 - this.mm - 10) <= 60);
    if (!hit) return;
    hit.isEjected = true;
    this.bench.confirm(1, atMs + 10);
  }

  #comeBy(bottle: Bottle): void {
    if (bottle.isEjected || bottle.isOut || this.mm < bottle.mm + 1_300) return;
    bottle.isOut = true;
    this.exits++;
    this.bench.feed({ kind: 'exit', value: this.exits, atMs: this.bench.nowMs });
  }
}

describe('a sensor behind the gate', () => {
  it('has nothing to say while parts come by that were not ejected, and no others', () => {
    const line = new ExitLine();
    line.verdicts = (number) => (number % 4 === 0 ? 'REJECT' : 'PASS');
    line.pitchMm = (number) => 110 + ((number * 37) % 90);
    line.run(20_000);
    expect(new Set(line.bench.kinds())).toEqual(new Set(['GATE_REJECTED']));
    expect(line.bench.core.state().problem).toBeUndefined();
    expect(line.bottles.filter(({ isEjected }) => isEjected).every(({ number }) => number % 4 === 0)).toBe(true);
  });

  it.each([
    ['the encoder counts too much', 1.2],
    ['the encoder counts too little', 0.8],
  ])('shows within five parts that the belt slips when %s', (_what, slip) => {
    const line = new ExitLine();
    line.verdicts = (number) => (number % 5 === 0 ? 'REJECT' : 'PASS');
    line.run(6_000).slip = slip;
    const before = line.exits;
    while (line.bench.dataOf('BELT_SLIPPED').length === 0 && line.bench.nowMs < 12_000) line.run(line.bench.nowMs + 1);
    expect(line.exits - before).toBeLessThanOrEqual(5);
    expect(line.bench.core.state()).toMatchObject({ problem: expect.stringMatching(/slips/), isTracking: false });
    expect(line.bench.kinds()).toContain('GATE_TRACKING_LOST');
  });

  it('shows it also when it slipped from the beginning', () => {
    const line = new ExitLine();
    line.slip = 1.2;
    line.run(300);
    while (line.bench.dataOf('BELT_SLIPPED').length === 0 && line.bench.nowMs < 12_000) line.run(line.bench.nowMs + 1);
    expect(line.exits).toBeLessThanOrEqual(5);
  });

  it('lets no defective part pass in silence while it slips, and trusts the belt again when it does not', () => {
    const line = new ExitLine();
    line.verdicts = (number) => (number % 3 === 0 ? 'REJECT' : 'PASS');
    line.pitchMm = (number) => 110 + ((number * 37) % 90);
    line.run(6_000).slip = 1.2;
    const slippedAtMs = 6_000;
    line.run(16_000).slip = 1;
    line.run(30_000);
    const told = new Set<number>();
    let untilMs = Number.NaN;
    for (const { data } of line.bench.events) {
      const { counter, counters = [], from, to } = (data ?? {}) as Record<string, never>;
      for (const number of [counter, ...(counters as number[])]) if (number !== undefined) told.add(number);
      if (from !== undefined && to !== undefined) untilMs = Number(String(to).slice(1));
    }
    const passed = line.bottles.filter(({ number, isOut }) => number % 3 === 0 && isOut);
    // Told of as slipping: from the last part that was right to the event.
    const slip = line.bench.dataOf('BELT_SLIPPED')[0] as { from: string; to: string };
    const [fromMs, toMs] = [Number(slip.from.slice(1)), Number(slip.to.slice(1))];
    const isInSlip = (number: number) => {
      const mm = line.bottles[number - 1]?.mm ?? 0;
      return mm >= fromMs && mm <= toMs;
    };
    expect(passed.filter(({ number }) => !told.has(number) && !isInSlip(number))).toEqual([]);
    expect(fromMs).toBeGreaterThan(slippedAtMs - 2_000);
    expect(untilMs).not.toBeNaN();
    expect(line.bench.core.state()).toMatchObject({ problem: undefined, isTracking: true });
    expect(line.bench.sums()).toMatchObject({ unknown: 0 });
  });

  it('names a part that was taken away, and loses nothing for one', () => {
    const line = new ExitLine();
    line.run(5_000);
    const gone = line.bottles.find(({ isOut }) => !isOut);
    if (gone) gone.isEjected = true;
    line.run(12_000);
    expect(line.bench.events).toMatchObject([
      { kind: 'GATE_UNEXPECTED_EJECTION', data: { counter: gone?.number, reason: 'it did not come by the exit' } },
    ]);
  });

  it('finds a part that was confirmed as ejected and was not, and counts it so', () => {
    const line = new ExitLine();
    line.verdicts = (number) => (number === 3 ? 'REJECT' : 'PASS');
    line.run(1_320);
    // The confirmation is a lie: the part stays on the belt.
    const third = line.bottles[2];
    line.run(1_345);
    expect(third?.isEjected).toBe(true);
    if (third) third.isEjected = false;
    line.run(4_000);
    expect(line.bench.kinds()).toEqual(['GATE_REJECTED', 'GATE_NOT_CONFIRMED']);
    expect(line.bench.dataOf('GATE_NOT_CONFIRMED')).toMatchObject([{ counter: 3, reason: /came by the exit/ }]);
    expect(line.bench.sums()).toMatchObject({ rejected: 0, bypassed: 1, unknown: 0 });
  });

  it('judges nobody that was on the belt while the machine was not heard', () => {
    const line = new ExitLine();
    line.run(3_000).bench.feed({ kind: 'connection', isUp: false });
    line.bench.isEncoderHeard = false;
    line.run(4_000).bench.feed({ kind: 'connection', isUp: true });
    line.bench.isEncoderHeard = true;
    line.bench.feed({ kind: 'trigger', value: line.bench.counter, atMs: line.bench.nowMs });
    line.bench.feed({ kind: 'exit', value: line.exits, atMs: line.bench.nowMs });
    line.bench.events = [];
    line.run(15_000);
    expect(line.bench.kinds().filter((kind) => kind !== 'GATE_REJECTED' && kind !== 'PARTS_UNSEEN')).toEqual([]);
  });
});
