import { describe, expect, it } from 'vitest';
import { judgeLine } from './judge-line.ts';
import type { LineTold, LineTruth, ToldEvent } from './line-record.ts';
import type { PartTruth } from './machine-messages.ts';

const START_MS = Date.UTC(2026, 0, 1);
const APART_MS = 300;
const WAY_MS = 1_500;
const PARTS = 100;
/** Every tenth is defective. */
const DEFECTIVE = 10;
/** While parts 41 to 50 come. */
const DISTURBED = { fromMs: at(41) - 50, toMs: at(50) };

function at(number: number): number {
  return START_MS + number * APART_MS;
}

function partOf(number: number, changed: Partial<PartTruth> = {}): PartTruth {
  const isDefective = number % DEFECTIVE === 0;
  const atGateMs = at(number) + WAY_MS;
  return {
    number,
    partId: `x-${number}`,
    counter: number,
    jobCode: number <= PARTS / 2 ? '7001' : '7002',
    batchCode: '101',
    isDefective,
    triggeredAtMs: at(number),
    atGateMs,
    ejectedAtMs: isDefective ? atGateMs : null,
    pushedBy: isDefective ? 'command' : null,
    ...changed,
  };
}

/** A line on which all went well, but for what a test changes. */
function line(
  changed: { parts?: Record<number, Partial<PartTruth>>; truth?: Partial<LineTruth>; told?: Partial<LineTold> } = {},
) {
  const parts = Array.from({ length: PARTS }, (_, index) => partOf(index + 1, changed.parts?.[index + 1]));
  const truth: LineTruth = {
    line: 'x',
    parts,
    pictures: new Map(parts.map(({ number }) => [`hash-${number}`, number])),
    stretches: [{ behaviours: ['image-frozen'], hidesParts: false, ...DISTURBED }],
    waits: [],
    ...changed.truth,
  };
  const job = { triggered: 50, accepted: 45, rejected: 5, bypassed: 0, unseen: 0, unknown: 0, inTransit: 0 };
  const told: LineTold = {
    events: parts.flatMap((part) =>
      part.isDefective ? [event('GATE_REJECTED', part.atGateMs, { cause: 'verdict' }, part.partId)] : [],
    ),
    inspections: parts.map(({ number, batchCode }) => inspection(number, batchCode)),
    counts: [
      { jobCode: '7001', ...job },
      { jobCode: '7002', ...job },
    ],
    hangs: [],
    ...changed.told,
  };
  return { truth, told, judge: () => judgeLine(truth, told).complaints.map(({ kind, text }) => `${kind}: ${text}`) };
}

function event(
  kind: string,
  atMs: number,
  data: Record<string, unknown> = {},
  partId?: string,
  inspectionId?: string,
): ToldEvent {
  return { id: `${kind} ${atMs}`, kind, atMs, partId, inspectionId, data };
}

function inspection(number: number, batchCode: string | null, isBatchAmbiguous = false) {
  return { id: `inspection-${number}`, imageSha256: `hash-${number}`, batchCode, isBatchAmbiguous };
}

/** Defective, disturbed, and still on the belt behind the gate. */
const passed = { 50: { ejectedAtMs: null, pushedBy: null } };
const iso = (ms: number) => new Date(ms).toISOString();

describe('the judge of a hostile line', () => {
  it('has nothing to say of a line on which all went well', () => {
    expect(line().judge()).toEqual([]);
  });

  it.each([
    ['by its name', event('GATE_NOT_CONFIRMED', at(56), {}, 'x-50')],
    ['among the names of others', event('GATE_TRACKING_LOST', at(90), { partIds: ['x-49', 'x-50'] })],
    ['by its counter value', event('GATE_BYPASSED', at(55), { counter: 50 }, 'other')],
    ['by its trigger', event('GATE_LATE_VERDICT', at(53), { triggeredAt: iso(at(50) + 20) })],
    ['by its image', event('REJECT_UNTIED', at(53), {}, undefined, 'inspection-50')],
    ['as one of those under way', event('GATE_TRACKING_LOST', at(52))],
    ['as one of those counted', event('PARTS_UNSEEN', at(52), { count: 3, from: iso(at(52)), to: iso(at(52)) })],
    ['at the gate', event('GATE_BYPASSED', at(50) + WAY_MS + 300)],
    ['in the time of a bad signal', event('SIGNAL_UNUSABLE', at(42), { signal: 'counter' })],
  ])('takes a defective part that passed as named %s', (_how, told) => {
    const events = [...line().told.events.filter(({ partId }) => partId !== 'x-50'), told];
    expect(line({ parts: passed, told: { events } }).judge()).not.toContainEqual(expect.stringMatching(/unnamed/));
  });

  it.each([
    ['nothing is told', []],
    ['it is told as rejected', [event('GATE_REJECTED', at(55), { cause: 'no-verdict' }, 'x-50')]],
    ['another is told', [event('GATE_NOT_CONFIRMED', at(55), {}, 'x-49')]],
    [
      'the time told of is wider than the disturbance',
      [event('PARTS_UNSEEN', at(60), { count: 40, from: iso(at(5)), to: iso(at(60)) })],
    ],
    ['another counter value of a later round is told', [event('GATE_BYPASSED', at(95), { counter: 50 }, 'other')]],
    ['others are named', [event('GATE_TRACKING_LOST', at(52), { count: 2, partIds: ['x-48', 'x-49'] })]],
    ['only others were under way', [event('GATE_TRACKING_LOST', at(44))]],
    ['a signal of the past is told', [event('SIGNAL_UNUSABLE', at(42)), event('SIGNAL_USABLE', at(44))]],
    ['something is told that names no part', [event('IMAGES_REFUSED', at(50), { count: 1 })]],
  ])('finds a defective part that passed when %s', (_how, told) => {
    const events = [...line().told.events.filter(({ partId }) => partId !== 'x-50'), ...told];
    expect(line({ parts: passed, told: { events } }).judge()).toContainEqual(
      expect.stringMatching(/^defective passed unnamed: part x-50/),
    );
  });

  it('takes parts that came while no node ran as told by the server', () => {
    const stretch = { behaviours: ['node-killed-in-pulse'], hidesParts: false, withoutNode: DISTURBED, ...DISTURBED };
    expect(line({ parts: passed, truth: { stretches: [stretch] } }).judge()).toEqual([]);
  });

  it('finds a good part that was ejected on the verdict of another, and takes a reason for it', () => {
    const parts = { 47: { ejectedAtMs: at(52), pushedBy: 'command' as const } };
    const { events } = line().told;
    const own = event('GATE_REJECTED', at(53), { cause: 'verdict' }, 'x-47');
    expect(line({ parts, told: { events: [...events, own] } }).judge()).toEqual([
      expect.stringMatching(/^good ejected unnamed: part x-47 .* by command/),
    ]);
    const late = event('GATE_REJECTED', at(53), { cause: 'late-verdict' }, 'x-47');
    expect(line({ parts, told: { events: [...events, late] } }).judge()).toEqual([]);
  });

  it('lets nothing go wrong outside of disturbances, named or not', () => {
    const parts = {
      20: { ejectedAtMs: null, pushedBy: null },
      71: { ejectedAtMs: at(76), pushedBy: 'command' as const },
    };
    const told = [event('GATE_NOT_CONFIRMED', at(26), {}, 'x-20'), event('GATE_LATE_VERDICT', at(76), {}, 'x-71')];
    const complaints = line({ parts, told: { events: [...line().told.events, ...told] } }).judge();
    expect(complaints).toContainEqual(expect.stringMatching(/^calm: defective passed: part x-20/));
    expect(complaints).toContainEqual(expect.stringMatching(/^calm: good ejected: part x-71/));
    expect(complaints.filter((text) => text.startsWith('calm: fault told'))).toHaveLength(2);
    const waits = [
      { fromMs: at(20), toMs: at(20) + 100 },
      { fromMs: at(75), toMs: at(75) + 100 },
    ];
    const excused = line({ parts, truth: { waits }, told: { events: [...line().told.events, ...told] } }).judge();
    expect(excused.filter((text) => text.startsWith('calm'))).toEqual([]);
  });

  it.each([
    ['an unknown part', { unknown: 1, triggered: 51 }, /1 parts are unknown/],
    ['a part that never ends', { inTransit: 1, accepted: 44 }, /1 parts are in transit/],
    ['sums that do not close', { accepted: 44 }, /100 parts triggered, 99 ended/],
    ['parts that never came', { triggered: 51, accepted: 46 }, /101 parts counted, 100 came/],
    ['a part that was not counted', { triggered: 49, accepted: 44 }, /99 parts counted, 100 came, of which 0 may/],
    ['a part counted to the other job', { triggered: 49, accepted: 44 }, /job 7002: 49 parts counted, 50 came/],
    ['a rejection that did not happen', { accepted: 44, rejected: 6 }, /job 7002: 6 parts counted as rejected, 5 were/],
    ['unseen parts that nobody told', { accepted: 44, unseen: 1 }, /1 parts counted as unseen, 0 told/],
  ])('finds counts with %s', (_what, changed, expected) => {
    const [first, second] = line().told.counts;
    if (!first || !second) throw new Error('there are two jobs');
    const stretches = [{ behaviours: ['image-frozen'], hidesParts: false, fromMs: at(5), toMs: at(6) }];
    const complaints = line({ truth: { stretches }, told: { counts: [first, { ...second, ...changed }] } }).judge();
    expect(complaints.join('\n')).toMatch(expected);
    expect(complaints.every((text) => text.startsWith('counts do not reconcile'))).toBe(true);
  });

  it('lets parts go uncounted where the machine hides them, and no others', () => {
    const stretches = [{ behaviours: ['trigger-frozen'], hidesParts: true, ...DISTURBED }];
    const counts = (missing: number) =>
      [
        { ...line().told.counts[0], jobCode: '7001', triggered: 50 - missing, accepted: 45 - missing },
        { ...line().told.counts[1], jobCode: '7002' },
      ] as LineTold['counts'];
    expect(line({ truth: { stretches }, told: { counts: counts(10) } }).judge()).toEqual([]);
    expect(line({ truth: { stretches }, told: { counts: counts(30) } }).judge()).toContainEqual(
      expect.stringMatching(/70 parts counted, 100 came/),
    );
  });

  it('finds a batch that is not the part’s, unless it is marked or nothing', () => {
    const stretches = [{ behaviours: ['context-hour-back'], hidesParts: false, ...DISTURBED }];
    const judge = (wrong: ReturnType<typeof inspection>) =>
      line({ truth: { stretches }, told: { inspections: [wrong] } }).judge();
    expect(judge(inspection(45, '100'))).toEqual([
      expect.stringMatching(/^wrong context: part x-45 .*101 is recorded in 100/),
    ]);
    expect(judge(inspection(45, '100', true))).toEqual([]);
    expect(judge(inspection(45, null))).toEqual([]);
    expect(judge(inspection(5, null))).toEqual([expect.stringMatching(/^wrong context: part x-5 /)]);
  });

  it('passes on a node that hangs, and says what each behaviour cost', () => {
    const { truth, told } = line({ parts: passed, told: { hangs: ['no report'] } });
    const { complaints, costs } = judgeLine(truth, told);
    expect(complaints).toContainEqual(expect.objectContaining({ kind: 'node hangs', text: 'no report' }));
    expect(costs['image-frozen']).toMatchObject({ occurrences: 1, defectivePassed: 1, goodEjected: 0 });
    expect(costs['image-frozen']?.parts).toBeGreaterThan(10);
  });
});
