/** The rules by which subscribers with different cursors share what they resume from. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReplayMemory } from '../../../server/live/replay-memory.ts';
import { replayStop } from '../../../server/live/replay-stop.ts';
import { RowPages } from '../../../server/live/row-pages.ts';

const sizes = fc.integer({ min: 1, max: 5000 });
const cursors = fc.integer({ min: 0, max: 10_000_000 });

describe('the end of a replayed page', () => {
  it('lies behind its begin, at most a page away, and never beyond the next whole page', () => {
    fc.assert(
      fc.property(cursors, sizes, (after, size) => {
        const stop = replayStop(after, size);
        expect(stop).toBeGreaterThan(after);
        expect(stop).toBeLessThanOrEqual(after - (after % size) + size);
      }),
    );
  });

  it('leads any cursor to whole pages by a few short ones, where shares of the page are whole', () => {
    fc.assert(
      fc.property(
        cursors,
        fc.integer({ min: 1, max: 200 }).map((n) => n * 25),
        (after, size) => {
          let at = after;
          let short = 0;
          for (; at % size !== 0; short++) at = replayStop(at, size);
          expect(short).toBeLessThanOrEqual(1 + 5 + 5);
          expect(replayStop(at, size)).toBe(at + size);
        },
      ),
    );
  });
});

describe('pages of rows', () => {
  const rows = (count: number) => Array.from({ length: count }, (_, n) => ({ position: n + 1 }));

  it('are read once for all cursors in them, again when the stream has grown past them, and are few', async () => {
    const reads: number[] = [];
    const stored = rows(35);
    const read = async (_id: string, after: number, limit: number) => {
      reads.push(after);
      return stored.slice(after, after + limit);
    };
    const pages = new RowPages({ read }, 'line', { size: 10, most: 2 });
    const all = await Promise.all([0, 3, 9].map((after) => pages.read(after, 35)));
    expect(all.every(({ rows: got, upTo }) => got.length === 10 && upTo === 10)).toBe(true);
    expect(reads).toEqual([0]);

    expect((await pages.read(31, 35)).upTo).toBe(35);
    stored.push(...rows(38).slice(35));
    expect((await pages.read(34, 38)).upTo).toBe(35);
    expect((await pages.read(35, 38)).rows.at(-1)).toEqual({ position: 38 });
    expect(reads).toEqual([0, 30, 30]);

    await pages.read(15, 38);
    expect(pages.kept).toBe(2);
    pages.forgetUnused();
    await pages.read(15, 38);
    pages.forgetUnused();
    expect(pages.kept).toBe(1);
    expect(reads).toEqual([0, 30, 30, 10]);
  });

  it('are read again after a read that failed', async () => {
    let isDown = true;
    const read = async () => {
      if (isDown) throw new Error('the database is away');
      return rows(5);
    };
    const pages = new RowPages({ read }, 'line', { size: 10, most: 2 });
    await expect(pages.read(0, 5)).rejects.toThrow('away');
    isDown = false;
    expect((await pages.read(0, 5)).rows).toHaveLength(5);
  });
});

describe('replayed payloads', () => {
  const open = (maxBytes: number) => {
    const clock = { ms: 0, made: 0 };
    const memory = new ReplayMemory<string>({
      maxAgeMs: 1000,
      maxBytes,
      sizeOf: ({ length }) => length,
      now: () => new Date(clock.ms),
    });
    const get = (name: string, length = 10) =>
      memory.get(name, async () => {
        clock.made++;
        return 'x'.repeat(length);
      });
    return { clock, memory, get };
  };

  it('are made once for all who ask within a moment, and anew after it', async () => {
    const { clock, memory, get } = open(1000);
    await Promise.all([get('a'), get('a'), get('b')]);
    await get('a');
    expect(clock.made).toBe(2);
    expect(memory.bytes).toBe(20);
    clock.ms = 1000;
    await get('a');
    expect(clock.made).toBe(3);
    clock.ms = 2000;
    memory.forgetOld();
    expect(memory.bytes).toBe(0);
  });

  it('take no more bytes than allowed, the oldest going first', async () => {
    const { clock, memory, get } = open(25);
    for (const name of ['a', 'b', 'c']) await get(name);
    expect(memory.bytes).toBe(20);
    await get('c');
    expect(clock.made).toBe(3);
    await get('a');
    expect(clock.made).toBe(4);
    await get('huge', 100);
    expect(memory.bytes).toBe(0);
  });

  it('are made again after a failure', async () => {
    const { memory, get } = open(25);
    await expect(memory.get('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await get('a')).toHaveLength(10);
  });
});
