import { describe, expect, it } from 'vitest';
import { Slots } from '../../../server/live/slots.ts';
import { Turns } from '../../../server/live/turns.ts';

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

describe('slots', () => {
  it('run at most so many works at a time, in the order in which they came', async () => {
    const slots = new Slots(3);
    const begun: number[] = [];
    let running = 0;
    let most = 0;
    await Promise.all(
      upTo(40).map((n) =>
        slots.run(async () => {
          begun.push(n);
          most = Math.max(most, ++running);
          await new Promise((resolve) => setImmediate(resolve));
          running--;
        }),
      ),
    );
    expect(most).toBe(3);
    expect(begun).toEqual(upTo(40));
    expect(slots.waiting).toBe(0);
  });

  it('let the event loop turn every few milliseconds of work, even when no work ever waits', async () => {
    let nowMs = 0;
    const slots = new Slots(2, new Turns(() => nowMs));
    let turns = 0;
    let isOver = false;
    const turning = (async () => {
      for (; !isOver && turns < 10_000; turns++) await new Promise((resolve) => setImmediate(resolve));
    })();
    let longest = 0;
    let [turnSeen, since] = [0, 0];
    await Promise.all(
      upTo(400).map(() =>
        slots.run(async () => {
          if (turns !== turnSeen) [turnSeen, since] = [turns, nowMs];
          nowMs += 1;
          longest = Math.max(longest, nowMs - since);
        }),
      ),
    );
    isOver = true;
    await turning;
    expect(longest).toBeLessThan(15);
    expect(turns).toBeGreaterThan(400 / 15);
  });

  it('are free again after a work that failed', async () => {
    const slots = new Slots(1);
    await expect(slots.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await slots.run(async () => 'yes')).toBe('yes');
  });
});
