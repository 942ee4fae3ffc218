import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { daysLeft, isDiskLow, isExpiring, isOutboxHigh, isSkewLarge } from '../../hmi/features/fleet/node-limits.ts';
import { runningModel } from '../../hmi/features/fleet/running-model.ts';
import { addGateMarks, type GateEvent, markOf } from '../../hmi/features/line/gate-marks.ts';
import { sumParts, unaccounted } from '../../hmi/features/line/part-sums.ts';
import { formatBytes } from '../../hmi/lib/format.ts';
import { wilsonInterval } from '../../hmi/lib/wilson-interval.ts';
import { wilsonInterval as serversInterval } from '../../server/maths/wilson-interval.ts';

const event = (kind: string, partId: string, line = 'l'): GateEvent => ({ kind, data: { partId }, line: { id: line } });

describe('the marks that the gate leaves on parts', () => {
  it('are those of the line, the newest for each part', () => {
    const first = addGateMarks(
      new Map(),
      [event('gate.rejected', 'a'), event('gate.rejected', 'b', 'other'), event('gate.disabled', 'c')],
      'l',
      10,
    );
    expect([...first]).toEqual([['a', 'confirmed']]);
    const second = addGateMarks(first, [event('gate.not-confirmed', 'a'), event('gate.bypassed', 'd')], 'l', 10);
    expect(markOf(second, { partId: 'a' })).toBe('not-confirmed');
    expect(markOf(second, { partId: 'd' })).toBe('bypassed');
    expect(markOf(second, { partId: null })).toBeUndefined();
  });

  it('stay the same object while nothing is new, and forget the oldest', () => {
    const known = addGateMarks(new Map(), [event('gate.rejected', 'a'), event('gate.rejected', 'b')], 'l', 2);
    expect(addGateMarks(known, [event('gate.rejected', 'b')], 'l', 2)).toBe(known);
    expect([...addGateMarks(known, [event('gate.rejected', 'c')], 'l', 2).keys()]).toEqual(['b', 'c']);
  });

  it('are none for events that name no part', () => {
    const nameless = [null, 'a', {}, { partId: 7 }].map((data) => ({ kind: 'gate.rejected', data, line: { id: 'l' } }));
    expect(addGateMarks(new Map(), nameless, 'l', 2).size).toBe(0);
  });
});

describe('where the parts of a run have gone', () => {
  const count = fc.integer({ min: 0, max: 1000 });
  const station = fc
    .record({ accepted: count, rejected: count, bypassed: count, unseen: count, inTransit: count, unknown: count })
    .map((parts) => ({ ...parts, triggered: Object.values(parts).reduce((sum, each) => sum + each, 0) }));

  it('leaves exactly those unaccounted that a node calls unknown', () => {
    fc.assert(
      fc.property(fc.array(station, { minLength: 1 }), (stations) => {
        const sums = sumParts([null, ...stations]);
        expect(sums && unaccounted(sums)).toBe(stations.reduce((sum, { unknown }) => sum + unknown, 0));
      }),
      { numRuns: 100, endOnFailure: true },
    );
  });

  it('is not known while no station has counted', () => {
    expect(sumParts([])).toBeUndefined();
    expect(sumParts([null])).toBeUndefined();
  });
});

describe('the interval of a share', () => {
  it('is the one that the server gives for rates', () => {
    const counts = fc.integer({ min: 0, max: 5000 }).chain((total) => fc.tuple(fc.nat(total), fc.constant(total)));
    fc.assert(
      fc.property(counts, ([some, total]) => {
        const own = wilsonInterval(some, total);
        const its = serversInterval(some, total);
        expect(own && [own.share, own.low, own.high]).toEqual(its && [its.rate, its.low, its.high]);
      }),
      { numRuns: 200, endOnFailure: true },
    );
  });
});

describe('the limits of a node', () => {
  it('are the half of its outbox, a tenth of its disk, a second of skew and a month of its certificate', () => {
    expect([isOutboxHigh(null), isOutboxHigh(0.49), isOutboxHigh(0.5)]).toEqual([false, false, true]);
    expect([null, { freeBytes: 10, totalBytes: 100 }, { freeBytes: 9, totalBytes: 100 }].map(isDiskLow)).toEqual([
      false,
      false,
      true,
    ]);
    expect([null, 999, -1000].map(isSkewLarge)).toEqual([false, false, true]);
    const now = Date.parse('2026-03-01T12:00:00Z');
    expect(daysLeft('2026-03-31T12:00:00Z', now)).toBe(30);
    expect(isExpiring('2026-03-31T12:00:00Z', now)).toBe(false);
    expect(isExpiring('2026-03-31T11:59:59Z', now)).toBe(true);
    expect(daysLeft('2026-02-28T12:00:00Z', now)).toBe(-1);
  });

  it('tell the model that runs from the one that is waited for', () => {
    const assigned = { modelVersion: { id: 'v', number: 3, model: { name: 'Bottles' } } };
    expect(runningModel(assigned, 'v')).toEqual({ kind: 'running', version: 'Bottles 3' });
    expect(runningModel(assigned, 'u').kind).toBe('waiting');
    expect(runningModel(null, 'u').kind).toBe('none');
  });
});

describe('writing a size', () => {
  it.each([
    [-1, '0 B'],
    [999, '999 B'],
    [1_200, '1.2 kB'],
    [640_000_000, '640 MB'],
    [999_600_000, '1.0 GB'],
    [5e15, '5,000 TB'],
  ])('writes %d bytes as %s', (bytes, text) => {
    expect(formatBytes(bytes, 'en-GB')).toBe(text);
  });
});
