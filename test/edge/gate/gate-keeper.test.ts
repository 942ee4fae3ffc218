/** A node that is killed at any moment: what its gate told and counted reaches the outbox all the same, each thing under one id. */
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCountFile } from '../../../edge/gate/count-file.ts';
import { createGateKeeper, type GateKeeper } from '../../../edge/gate/gate-keeper.ts';
import type { GateEvent, RunCounts } from '../../../edge/gate/gate-types.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

const time = '2026-06-01T10:00:00.000Z';
const run = (id: string, revision: number): RunCounts => ({
  ...{ id, jobCode: null, revision, from: time, to: time, triggered: revision, accepted: revision },
  ...{ rejected: 0, bypassed: 0, unseen: 0, unknown: 0, inTransit: 0 },
});
const event = (number: number): GateEvent => ({ id: `event-${number}`, kind: 'PARTS_UNSEEN', data: { count: 1 } });

/** Takes so many calls; then the process is gone, and the last call was carried out or not. */
function mortalOutbox(told: { events: string[]; counts: Map<string, number> }, calls: number, isLastDone: boolean) {
  let left = calls;
  const death = Promise.withResolvers<'killed'>();
  const during = async (work: () => void) => {
    left--;
    if (left > 0 || (left === 0 && isLastDone)) work();
    if (left > 0) return;
    death.resolve('killed');
    await new Promise(() => {});
  };
  return {
    killed: death.promise,
    putEvents: (events: GateEvent[]) => during(() => told.events.push(...events.map(({ id }) => id))),
    putCounts: ({ id, revision }: RunCounts) =>
      during(() => told.counts.set(id, Math.max(revision, told.counts.get(id) ?? 0))),
  };
}

describe('a gate whose node is killed', () => {
  it('has told each event under one id and each last count, once it is started again', async () => {
    await using folder = await makeTemporaryFolder('gate-keeper');
    let number = 0;
    const acts = fc.array(fc.constantFrom('told', 'run ended', 'counted'), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(acts, fc.integer({ min: 1, max: 8 }), fc.boolean(), async (steps, calls, isLastDone) => {
        const file = join(folder.path, `${++number}.json`);
        const told = { events: [] as string[], counts: new Map<string, number>() };
        const place = { lineId: 'line', stationId: 'station', file, maxEvents: 100, warn: () => {} };
        const outbox = mortalOutbox(told, calls, isLastDone);
        const first = createGateKeeper({ ...place, waiting: undefined, outbox });
        const expected = { events: [] as string[], counts: new Map<string, number>() };
        let revision = 0;
        for (const [index, step] of steps.entries()) {
          // As the core tells them: an event and the counts that it belongs to in one breath.
          expected.events.push(event(index).id);
          expected.counts.set(`run-${revision}`, index + 1);
          first.event(event(index));
          first.counts([run(`run-${revision}`, index + 1)], { trigger: index, runs: [] });
          if (step === 'run ended') revision++;
          if ((await Promise.race([first.work(), outbox.killed])) === 'killed') break;
        }
        const second = createGateKeeper({
          ...place,
          waiting: (await readCountFile(file))?.waiting,
          outbox: mortalOutbox(told, Number.POSITIVE_INFINITY, true),
        });
        await (second satisfies GateKeeper).work();
        expect([...new Set(told.events)].sort()).toEqual(expected.events.sort());
        expect(told.counts).toEqual(expected.counts);
      }),
      { numRuns: 60 },
    );
  });

  it('sends nothing again after it was stopped', async () => {
    await using folder = await makeTemporaryFolder('gate-keeper');
    const file = join(folder.path, 'counts.json');
    const told = { events: [] as string[], counts: new Map<string, number>() };
    const outbox = mortalOutbox(told, Number.POSITIVE_INFINITY, true);
    const keeper = createGateKeeper({
      ...{ lineId: 'line', stationId: 'station', file, maxEvents: 100, warn: () => {} },
      waiting: undefined,
      outbox,
    });
    keeper.event(event(1));
    keeper.counts([run('run', 1)], { trigger: 1, runs: [] });
    await keeper.close();
    expect(told).toEqual({ events: ['event-1'], counts: new Map([['run', 1]]) });
    expect(await readCountFile(file)).toEqual({ trigger: 1, runs: [] });
  });
});
