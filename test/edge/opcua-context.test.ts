import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { MachineSchema } from '../../edge/config/machine-config.ts';
import { createOpcuaMachine, type MachineEvent } from '../../edge/devices/opcua-machine.ts';
import { shiftClock } from '../plant/clock.ts';
import { run } from '../prove/context.prove.ts';
import { spawnLines } from '../support/spawn-lines.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { TEST_URI } from './kit/opcua-server.ts';

const program = fileURLToPath(new URL('../prove/context/signal-server.ts', import.meta.url));

describe('joining values that change every 50 ms', () => {
  it('gives the one that was true at the capture, or says that it may be another', async () => {
    const result = await run({ seed: 1, n: 300, report: () => {} });
    expect(result.counted).toMatchObject({ wrong: 0, unknown: 0 });
    // Whatever is flagged is left out of the typed context.
    expect(result.counted.textsLeftOut).toBe(result.counted.ambiguous);
    expect(result).toMatchObject({ holds: true });
  }, 60_000);

  it("notices that the machine's clock or its own is set, and still finds what was true before and after", async () => {
    await using folder = await makeTemporaryFolder('clock-set');
    const changes: { count: string; atMs: number }[] = [];
    await using child = await spawnLines(process.execPath, [program, `${folder.path}/server`, '0'], {
      onLine(line) {
        const [, count, atMs] = /^change Recipe (\d+) (\d+)$/.exec(line) ?? [];
        if (count) changes.push({ count, atMs: Number(atMs) });
      },
    });
    const [, endpoint] = await child.waitForLine(/^listening (\S+)$/, 30_000);
    const config = MachineSchema.parse({
      line: 'line-1',
      endpoint,
      namespaces: { T: TEST_URI },
      signals: { recipeCode: { path: '/Objects/T:Machine/T:Recipe', fast: true } },
    });
    const events: MachineEvent[] = [];
    const machine = createOpcuaMachine(config, `${folder.path}/pki`, pino({ level: 'silent' }), (event) =>
      events.push(event),
    );
    const isKnown = async ({ instantMs, count }: { instantMs: number; count: string }) => {
      const [recipe] = (await machine.contextAt(instantMs)).signals;
      if (recipe?.isAmbiguous) return false;
      expect(recipe).toMatchObject({ value: count, quality: 'GOOD' });
      return true;
    };
    try {
      await expect.poll(() => changes.length, { timeout: 15_000 }).toBeGreaterThan(20);
      await expect.poll(() => machine.clockOffset()?.offsetMs, { timeout: 15_000 }).toBeDefined();
      for (const stepMs of [300_000, -300_000]) {
        const before = await untilQuiet(changes);
        const told = events.length;
        child.child.stdin?.write(`${Math.max(0, stepMs)}\n`);
        await expect.poll(() => events.length, { timeout: 10_000 }).toBeGreaterThan(told);
        expect(events.at(-1)).toMatchObject({ kind: 'clock-set', whose: 'machine' });
        const heard = events.at(-1);
        expect(Math.abs((heard?.kind === 'clock-set' ? heard.stepMs : 0) - stepMs)).toBeLessThan(100);
        await isKnown(before);
        // On a busy computer some are told too late, and say so.
        await expect.poll(async () => isKnown(await untilQuiet(changes)), { timeout: 10_000 }).toBe(true);
      }
      const ownSteps = () =>
        events.flatMap((event) => ('whose' in event && event.whose === 'node' ? event.stepMs : []));
      for (const aheadMs of [300_000, 0]) {
        shiftClock(aheadMs);
        // Whatever looks at the clock first, an image or the next reading: it is told.
        await machine.contextAt(Date.now());
      }
      expect(ownSteps().map((stepMs) => Math.round(stepMs / 1_000))).toEqual([300, -300]);
    } finally {
      shiftClock(0);
      await machine.stop();
    }
  }, 60_000);
});

/** An instant well between two changes, and the value then. */
async function untilQuiet(changes: { count: string; atMs: number }[]) {
  const seen = changes.length;
  const farFromBoth = () => {
    const index = changes.findIndex(({ atMs }, at) => at >= seen && (changes[at + 1]?.atMs ?? 0) - atMs >= 40);
    const change = changes[index];
    return change && { instantMs: change.atMs + 20, count: change.count };
  };
  await expect.poll(farFromBoth, { timeout: 10_000 }).toBeDefined();
  const found = farFromBoth();
  if (!found) throw new Error('the machine does not change');
  return found;
}
