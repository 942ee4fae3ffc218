/** Rules of the lossless class, over random orders of commits, wake-ups, reads, executions, slow readers and reconnects. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor } from '../../../server/live/stream-cursor.ts';
import { createMemoryStream, key, Reader, smallLimits } from './memory-stream.ts';

type Act =
  | { kind: 'append'; count: number; wake: boolean }
  | { kind: 'beat' }
  | { kind: 'connect'; oddOnly: boolean; group: string; back: number }
  | { kind: 'reconnect'; who: number; group: string }
  | { kind: 'leave'; who: number }
  | { kind: 'stick'; who: number; isStuck: boolean }
  /** It stops reading while a good deal is sent. */
  | { kind: 'overrun'; who: number }
  | { kind: 'let time pass'; steps: number };

const who = fc.nat(2);
const group = fc.constantFrom('a', 'b');
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      count: fc.integer({ min: 1, max: 9 }),
      wake: fc.boolean(),
    }),
  },
  fc.record({ kind: fc.constant('beat' as const) }),
  fc.record({ kind: fc.constant('connect' as const), oddOnly: fc.boolean(), group, back: fc.nat(12) }),
  fc.record({ kind: fc.constant('reconnect' as const), who, group }),
  fc.record({ kind: fc.constant('leave' as const), who }),
  fc.record({ kind: fc.constant('stick' as const), who, isStuck: fc.constantFrom(true, true, false) }),
  fc.record({ kind: fc.constant('overrun' as const), who }),
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('let time pass' as const), steps: fc.integer({ min: 1, max: 20 }) }),
  },
);

interface Follower {
  oddOnly: boolean;
  /** Where it first began. */
  readonly start: number;
  /** Where it began with its present reader. */
  resumeAt: number;
  reader: Reader;
  seen: number[];
  stop: () => void;
}

describe('following a stream', () => {
  it('gives every reader every row once, in order, whatever happens in between', async () => {
    const covered = { fallbacks: 0, replayPages: 0, heartbeats: 0 };
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(act, { minLength: 10, maxLength: 60 }), async (scheduler, acts) => {
        const stream = createMemoryStream(
          async (label, value) => scheduler.schedule(Promise.resolve(), label).then(value),
          {
            ...smallLimits,
            liveBufferedBytes: 60,
          },
        );
        const followers: Follower[] = [];
        const connecting: Promise<void>[] = [];
        const connect = (follower: Follower, after: number, groupName: string) => {
          const { oddOnly, reader } = follower;
          let left = false;
          follower.stop = () => {
            left = true;
          };
          connecting.push(
            stream.follow(reader, { after, oddOnly, shareKey: `${groupName}${oddOnly}` }).then((stop) => {
              if (left) stop();
              else follower.stop = stop;
            }),
          );
        };
        const disconnect = (follower: Follower) => {
          follower.stop();
          follower.seen.push(...follower.reader.positions);
        };

        const letTimePass = async (steps: number) => {
          for (let step = 0; step < steps && scheduler.count() > 0; step++) {
            await scheduler.waitOne();
            await new Promise((resolve) => setImmediate(resolve));
          }
        };

        stream.append(4);
        for (const each of acts) {
          const follower = 'who' in each ? followers[each.who] : undefined;
          if (each.kind === 'append') {
            stream.append(each.count);
            if (each.wake) stream.hub.wake(key.kind, key.id);
          } else if (each.kind === 'beat') {
            void stream.hub.tick();
          } else if (each.kind === 'connect' && followers.length < 3) {
            const start = Math.max(0, stream.rows.length - each.back);
            const made: Follower = {
              oddOnly: each.oddOnly,
              start,
              resumeAt: start,
              reader: new Reader(),
              seen: [],
              stop: () => {},
            };
            followers.push(made);
            connect(made, start, each.group);
          } else if (each.kind === 'reconnect' && follower) {
            disconnect(follower);
            // What was sent and not taken is lost with the connection; the cursor says what was taken.
            const position = follower.reader.cursor
              ? (decodeCursor(follower.reader.cursor)?.position ?? Number.NaN)
              : follower.resumeAt;
            follower.reader = new Reader();
            follower.resumeAt = position;
            connect(follower, position, each.group);
          } else if (each.kind === 'stick') {
            follower?.reader.setStuck(each.isStuck);
          } else if (each.kind === 'overrun') {
            follower?.reader.setStuck(true);
            for (let round = 0; round < 3; round++) {
              stream.append(2);
              stream.hub.wake(key.kind, key.id);
              await letTimePass(15);
            }
          } else if (each.kind === 'let time pass') {
            await letTimePass(each.steps);
          }
        }

        // Everybody reads again, and the next beats find what no wake-up told.
        for (const { reader } of followers) reader.setStuck(false);
        for (let beat = 0; beat < 3; beat++) {
          void stream.hub.tick();
          await scheduler.waitFor(settled(scheduler));
        }
        await Promise.all(connecting);
        covered.fallbacks += await stream.count('lehr_live_fallbacks_total');
        covered.replayPages += await stream.count('lehr_live_replay_pages_total');
        covered.heartbeats += followers.reduce((sum, { reader }) => sum + reader.heartbeats, 0);

        for (const follower of followers) {
          const seen = [...follower.seen, ...follower.reader.positions];
          expect(follower.reader.errors).toEqual([]);
          const wanted = stream.rows.filter(
            ({ position, isOdd }) => position > follower.start && (!follower.oddOnly || isOdd),
          );
          expect(seen).toEqual(wanted.map(({ position }) => position));
          expect(follower.reader.cursor).toBe(encodeCursor(key, stream.rows.length));
        }
      }),
      { numRuns: 500 },
    );
    // A run that never leaves the plain path would show nothing.
    expect(Object.values(covered).every((count) => count > 20)).toBe(true);
  }, 60_000);
});

/** Resolves when no work has been waiting for a while of microtasks. */
async function settled(scheduler: fc.Scheduler): Promise<void> {
  for (let quiet = 0; quiet < 20; quiet++) {
    await new Promise((resolve) => setImmediate(resolve));
    if (scheduler.count() > 0) quiet = 0;
  }
}
