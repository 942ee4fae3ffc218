import { describe, expect, it } from 'vitest';
import {
  counterModulus,
  createStepReader,
  type KnownStep,
  NOTHING_KNOWN,
  type StepLimits,
} from '../../../edge/gate/step-reader.ts';
import type { Json } from '../../../edge/pipeline/frame.ts';

const LIMITS: StepLimits = { mostPerS: 10, maxCorrection: 5, debounceMs: 0 };

/** Listens to a counter of this type from this value on; a sample each 100 ms unless said otherwise. */
function counter(type: string | undefined, known: KnownStep | number, limits = LIMITS, modulus = counterModulus(type)) {
  const isHeard = typeof known === 'number';
  const reader = createStepReader('counter', isHeard ? NOTHING_KNOWN : known, limits);
  let atMs = 10_000;
  const read = (value: Json, afterMs = 100) => {
    atMs += afterMs;
    return reader.read({ value, atMs, modulus });
  };
  if (isHeard) read(known);
  return { reader, read };
}

const came = (count: number, isCatchUp = false) => ({ kind: 'steps', count, isCatchUp });

describe('a counter that comes to its end', () => {
  it.each([
    ['Byte', 255, 0, 1],
    ['Byte', 254, 1, 3],
    ['SByte', 127, -128, 1],
    ['SByte', -1, 0, 1],
    ['UInt16', 65_535, 0, 1],
    ['Int16', 32_767, -32_768, 1],
    ['Int16', -1, 1, 2],
    ['UInt32', 4_294_967_295, 0, 1],
    ['Int32', 2_147_483_647, -2_147_483_648, 1],
  ] as const)('of type %s goes on: %i to %i are %i', (type, from, to, count) => {
    expect(counter(type, from).read(to)).toEqual(came(count));
  });

  it('goes on where its modulus is configured, whatever its type', () => {
    expect(counter('UInt32', 999, LIMITS, 1_000).read(0)).toEqual(came(1));
    expect(counter(undefined, 9_998, LIMITS, 10_000).read(1)).toEqual(came(3));
  });

  it('began again where so many cannot have come since the last sample', () => {
    expect(counter('Byte', 100).read(0)).toMatchObject({ kind: 'restart', count: 0, from: 100, to: 0 });
    expect(counter('UInt16', 60_000).read(2)).toMatchObject({ kind: 'restart', count: 2, isCatchUp: false });
    // Who listens would have heard a part after the other.
    expect(counter('UInt16', 60_000).read(40, 60_000)).toMatchObject({ kind: 'restart', count: 0 });
    // Silence of a machine that is heard is no time in which parts came.
    expect(counter('Byte', 100).read(0, 60_000)).toMatchObject({ kind: 'restart', count: 0 });
  });

  it('counts what it counted since it began again while nobody listened, as far as it can be', () => {
    for (const [value, count] of [
      [90, 90],
      [900, 0],
    ]) {
      const { reader, read } = counter('UInt16', 60_000);
      reader.pause();
      expect(read(value ?? 0, 9_000)).toMatchObject({ kind: 'restart', count, isCatchUp: true, reason: /began again/ });
    }
  });

  it('goes on over a time in which nobody listened, when so many can have come in it', () => {
    const { reader, read } = counter('Byte', 200);
    reader.pause();
    expect(read(4, 8_000)).toEqual(came(60, true));
    reader.pause();
    expect(read(250, 8_000)).toMatchObject({ kind: 'restart', count: 0, isCatchUp: true, reason: /jumped/ });
    reader.pause();
    expect(read(3, 60_000)).toMatchObject({ kind: 'restart', count: 9, reason: /gone round/ });
  });
});

describe('a counter that goes back', () => {
  it('by a little is corrected and goes on from there', () => {
    const { read } = counter('UInt16', 1_000);
    expect(read(999)).toEqual({ kind: 'correction', from: 1_000, to: 999 });
    expect(read(1_000)).toEqual(came(1));
    expect(read(995, 600_000)).toEqual({ kind: 'correction', from: 1_000, to: 995 });
    expect(read(989)).toMatchObject({ kind: 'restart', count: 0 });
  });

  it('below zero is corrected too', () => {
    expect(counter('Byte', 2).read(255)).toEqual({ kind: 'correction', from: 2, to: 255 });
    expect(counter('Int16', 1).read(-1)).toEqual({ kind: 'correction', from: 1, to: -1 });
  });

  it('to zero had nothing counted since, however it came there', () => {
    expect(counter('UInt16', 3).read(0)).toEqual({ kind: 'correction', from: 3, to: 0 });
    expect(counter('UInt16', 3_000).read(0)).toMatchObject({ kind: 'restart', count: 0 });
  });

  it('says when nobody can know which of two it was, and counts neither', () => {
    const { reader, read } = counter('Byte', 2);
    reader.pause();
    expect(read(255, 30_000)).toMatchObject({ kind: 'restart', count: 0, reason: /corrected by 3 or 253 came/ });
    expect(counter('UInt16', 4).read(2)).toMatchObject({ kind: 'restart', count: 0, reason: /or began again/ });
    expect(read(0)).toEqual(came(1));
  });
});

describe('a counter that goes on by more than can have come', () => {
  it('was set, and is counted from there', () => {
    const { read } = counter('UInt32', 1_000);
    expect(read(5_000)).toMatchObject({ kind: 'restart', count: 0, from: 1_000, to: 5_000, reason: /jumped/ });
    expect(read(5_001)).toEqual(came(1));
  });

  it('is told the same when its range became another', () => {
    const reader = createStepReader('counter', NOTHING_KNOWN, LIMITS);
    reader.read({ value: 70_000, atMs: 0, modulus: 2 ** 32 });
    const steps = reader.read({ value: 4_465, atMs: 100, modulus: 2 ** 16 });
    expect(steps).toMatchObject({ kind: 'restart', count: 0, from: 70_000, to: 4_465 });
  });

  it('is not judged by a clock that was set back meanwhile', () => {
    expect(counter('UInt16', 100).read(110, -900)).toEqual(came(10));
  });
});

describe('a counter after a restart of the node', () => {
  it('tells what was missed, by the time of the last sample', () => {
    expect(counter('UInt16', { last: 65_530, lastAtMs: 9_000 }).read(4)).toEqual(came(10, true));
    expect(counter('UInt16', { last: 65_530, lastAtMs: 9_000 }).read(400)).toMatchObject({ kind: 'restart', count: 0 });
  });

  it('without that time, believes what goes on and counts nothing of what went back', () => {
    expect(counter('UInt16', { last: 10, lastAtMs: undefined }).read(900)).toEqual(came(890, true));
    for (const value of [8, 2]) {
      const { read } = counter('UInt16', { last: 10, lastAtMs: undefined });
      expect(read(value)).toMatchObject({ kind: 'restart', count: 0, isCatchUp: true });
    }
    // The clock of the node was set back by an hour.
    expect(counter('UInt16', { last: 10, lastAtMs: 3_600_000 }).read(900)).toEqual(came(890, true));
  });
});

describe('a value that does not fit', () => {
  it.each<['counter' | 'id' | 'edge', Json, number | undefined, RegExp]>([
    ['counter', '17', undefined, /"17".*whole number.*integer type/],
    ['counter', 1.5, undefined, /1\.5/],
    ['counter', Number.NaN, undefined, /NaN/],
    ['counter', 2 ** 60, undefined, /1152921504606847000/],
    ['counter', null, undefined, /null/],
    ['counter', true, undefined, /true.*give the kind/],
    ['counter', { a: 1 }, undefined, /\{"a":1\}/],
    ['counter', -1, undefined, /give its modulus/],
    ['counter', 300, 256, /begun again at 256: correct its modulus/],
    ['edge', 1, undefined, /1, and the kind edge needs true or false/],
    ['edge', 'true', undefined, /Boolean/],
    ['id', 17, undefined, /17.*String/],
    ['id', null, undefined, /null/],
  ])('of the kind %s, %j, is told with what to do', (kind, value, modulus, reason) => {
    const reader = createStepReader(kind, NOTHING_KNOWN, LIMITS);
    for (const atMs of [0, 10]) {
      expect(reader.read({ value, atMs, modulus })).toMatchObject({
        kind: 'unusable',
        reason: expect.stringMatching(reason),
      });
    }
  });

  it('ends what is counted at the moment: what came meanwhile is caught up', () => {
    const { read, reader } = counter('UInt16', 7);
    expect(read('eight').kind).toBe('unusable');
    expect(reader.last).toBe(7);
    expect(read(9)).toEqual(came(2, true));
    expect(read(10)).toEqual(came(1));
  });
});

describe('a name', () => {
  const names = (limits = LIMITS) => {
    const reader = createStepReader('id', NOTHING_KNOWN, limits);
    let atMs = 0;
    return (value: string, afterMs = 100) => {
      atMs += afterMs;
      return reader.read({ value, atMs, modulus: undefined });
    };
  };

  it('counts when it is another, and when it comes again after it was taken away', () => {
    const read = names();
    const told = ['', 'A', 'A', 'B', 'A', '', 'A', '\0\0', '  ', 'C \0'].map((value) => read(value));
    const one = came(1);
    const none = { kind: 'none' };
    expect(told).toEqual([none, one, none, one, one, none, one, none, none, one]);
  });

  it('that flickers within the bounce time counts once; another name counts however soon', () => {
    const read = names({ ...LIMITS, debounceMs: 30 });
    read('');
    expect(read('A')).toEqual(came(1));
    read('', 500);
    expect(read('A', 10)).toEqual({ kind: 'none' });
    expect(read('B', 5)).toEqual(came(1));
    read('');
    expect(read('B', 40)).toEqual(came(1));
  });
});

describe('an edge', () => {
  const edges = (debounceMs: number) => {
    const reader = createStepReader('edge', NOTHING_KNOWN, { ...LIMITS, debounceMs });
    const read = (value: boolean, atMs: number) => reader.read({ value, atMs, modulus: undefined });
    read(false, 0);
    return { read, reader };
  };

  it('counts when it rises', () => {
    const { read } = edges(0);
    expect([read(true, 10), read(true, 20), read(false, 30), read(true, 40)]).toMatchObject([
      came(1),
      { kind: 'none' },
      { kind: 'none' },
      came(1),
    ]);
  });

  it('that bounces counts once, as it rises and as it falls', () => {
    const { read } = edges(30);
    const bouncing: [boolean, number][] = [
      ...([true, false, true, false, true] as const).map((value, at): [boolean, number] => [value, 100 + at * 5]),
      ...([false, true, false, true, false] as const).map((value, at): [boolean, number] => [value, 500 + at * 5]),
    ];
    expect(bouncing.map(([value, atMs]) => read(value, atMs)).filter(({ kind }) => kind === 'steps')).toHaveLength(1);
    expect(read(true, 600)).toEqual(came(1));
    // A clock that was set back hides none.
    read(false, 300);
    expect(read(true, 290)).toEqual(came(1));
  });

  it('that rose while nobody listened is one that nobody saw', () => {
    const { read, reader } = edges(0);
    reader.pause();
    expect(read(true, 900)).toEqual(came(1, true));
  });
});

describe('a counter of a sensor that bounces', () => {
  it('counts no more than can have come in the bounce time', () => {
    const { read } = counter('UInt16', 10, { ...LIMITS, mostPerS: 100, debounceMs: 30 });
    expect(read(11)).toEqual(came(1));
    expect(read(12, 4)).toEqual({ kind: 'none' });
    expect(read(14, 70)).toEqual(came(2));
    expect(read(18, 70)).toEqual(came(2));
  });
});
