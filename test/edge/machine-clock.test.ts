import { expect, it } from 'vitest';
import { createMachineClock } from '../../edge/devices/machine-clock.ts';
import { createNodeClock } from '../../edge/devices/node-clock.ts';

/** A machine whose clock the test sets, read in no time; `nowMs` is the node's time, wall and steady. */
function machineClock() {
  let nowMs = 10_000;
  let machineAheadMs = 0;
  const steps: number[] = [];
  let reads = 0;
  let wasRead = Promise.withResolvers<void>();
  const stopping = new AbortController();
  const node = createNodeClock(() => ({ steadyMs: nowMs, wallMs: nowMs }));
  const clock = createMachineClock(
    node,
    ({ stepMs }) => steps.push(stepMs),
    () => {
      reads++;
      wasRead.resolve();
      wasRead = Promise.withResolvers();
    },
  );
  const following = clock.follow(
    async () => ({ askedMs: nowMs, answeredMs: nowMs, machineMs: nowMs + machineAheadMs }),
    stopping.signal,
  );
  return {
    clock,
    steps,
    reads: () => reads,
    nextReading: () => wasRead.promise,
    pass(ms: number) {
      nowMs += ms;
    },
    set(aheadMs: number) {
      machineAheadMs = aheadMs;
    },
    /** A message that was `lateMs` on its way. */
    hear: (lateMs: number) => clock.heard(nowMs + machineAheadMs - lateMs),
    async stop() {
      stopping.abort();
      await following;
    },
  };
}

it.each([-100, -900, 100])(
  'hears of a clock that was set by %d ms with the next message, not at the next second',
  async (stepMs) => {
    const machine = machineClock();
    await expect.poll(machine.reads).toBeGreaterThan(4);
    for (let count = 0; count < 10; count++) {
      machine.pass(20);
      machine.hear(5);
    }
    machine.set(stepMs);
    machine.pass(20);
    const read = machine.nextReading();
    machine.hear(5);
    // Well before the second after which it is read anyway.
    const startedMs = performance.now();
    await read;
    expect(performance.now() - startedMs).toBeLessThan(500);
    expect(machine.steps).toEqual([stepMs]);
    await machine.stop();
  },
);

it('does not read again and again because a network is slow', async () => {
  const machine = machineClock();
  await expect.poll(machine.reads).toBeGreaterThan(4);
  machine.hear(5);
  const before = machine.reads();
  for (let count = 0; count < 50; count++) machine.hear(300);
  await machine.nextReading();
  expect(machine.reads() - before).toBeLessThan(3);
  expect(machine.steps).toEqual([]);
  await machine.stop();
});
