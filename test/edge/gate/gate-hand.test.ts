import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { z } from 'zod';
import { GateSchema } from '../../../edge/config/gate-config.ts';
import { createGateHand, type GateHand } from '../../../edge/gate/gate-hand.ts';
import { steadyNow } from '../../../edge/gate/steady-clock.ts';
import type { Json } from '../../../edge/pipeline/frame.ts';
import { GATE } from './gate-bench.ts';
import { type HandMachine, handMachine } from './hand-machine.ts';

let machine: HandMachine;
let hand: GateHand;
let failures: string[];

beforeEach(() => {
  machine = handMachine();
  failures = [];
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
});
afterEach(async () => {
  vi.useRealTimers();
  await hand.stop();
});
/** Lets so much time go by for timers. */
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

function take(more: Partial<z.input<typeof GateSchema>> = {}): GateHand {
  hand = createGateHand({
    gate: GateSchema.parse({ ...GATE, ...more }),
    machine,
    onFailed: (_command, reason) => failures.push(reason),
    onWritten: () => {},
    warn: () => {},
  });
  return hand;
}

const command = (validForMs = 5_000) => ({
  triggeredAtMs: steadyNow(),
  atMs: steadyNow(),
  counter: 7,
  partId: 'P-7',
  validUntilMs: steadyNow() + validForMs,
});
const values = (signal = 'command') =>
  machine.writes.filter((write) => write.signal === signal).map(({ value }) => value);

describe('the hand on the machine', () => {
  it('takes back at each connection what an earlier node may have left', async () => {
    take();
    machine.connect(true);
    hand.connected();
    expect(values()).toEqual([false]);
    machine.connect(false);
    machine.connect(true);
    hand.connected();
    expect(values()).toEqual([false, false]);
  });

  it('writes false until the machine takes it, and no longer', async () => {
    take();
    machine.connect(true);
    machine.refusal = 'access denied';
    hand.command(true, command());
    hand.command(false, command());
    await pass(1_100);
    expect(values()).toEqual([true, false, false, false]);
    expect(hand.problem).toBe('command cannot be written: access denied');
    expect(failures).toEqual(['access denied']);
    machine.refusal = undefined;
    await pass(5_000);
    expect(values()).toEqual([true, false, false, false, false]);
    expect(hand.problem).toBeUndefined();
  });

  it('does not take back a command that is wanted again', async () => {
    take();
    machine.connect(true);
    machine.refusal = 'no answer';
    hand.command(false, command());
    await pass(0);
    machine.refusal = undefined;
    hand.command(true, command());
    await pass(5_000);
    expect(values()).toEqual([false, true]);
  });

  it.each(['dry-run', 'off', undefined] as const)('writes nothing at all in mode %s', async (mode) => {
    take({ mode, heartbeatSignal: 'heart', heartbeatMs: 100, partNumberSignal: 'number' });
    machine.connect(true);
    hand.connected();
    hand.command(true, command());
    hand.command(false, command());
    hand.stopLine();
    await pass(5_000);
    await hand.stop();
    expect(machine.writes).toEqual([]);
  });

  it.each([
    ['turns', undefined, [true, false, true]],
    ['counts', 5, [1, 2, 3]],
  ])('has a heart that %s', async (_what, heard, beats) => {
    take({ heartbeatSignal: 'heart', heartbeatMs: 100 });
    machine.connect(true);
    if (heard !== undefined) machine.say('heart', heard);
    await pass(300);
    expect(values('heart')).toEqual(beats);
  });

  it('says which part it is, and how long it can be pushed, before it commands', async () => {
    take({ partNumberSignal: 'number', deadlineSignal: 'deadline', pulseMs: 30 });
    machine.connect(true);
    const given = command();
    hand.command(true, given);
    hand.command(false, given);
    await pass(0);
    expect(values()).toEqual([true]);
    await pass(30);
    const order = machine.writes.map(({ signal, value }): [string, Json] => [signal, value]);
    expect(order).toEqual([
      ['number', 7],
      ['deadline', expect.any(Number)],
      ['command', true],
      ['command', false],
    ]);
    expect(Math.abs(Number(order[1]?.[1]) - Date.now() - 5_000)).toBeLessThan(2_000);
  });

  it('names the part by its id where the machine has a text for it', async () => {
    take({ partNumberSignal: 'number' });
    machine.connect(true);
    machine.say('number', '');
    hand.command(true, command());
    await pass(0);
    expect(machine.writes.map(({ value }) => value)).toEqual(['P-7', true]);
  });

  it('gives no command for a part that the machine was told of too late, or not at all', async () => {
    take({ partNumberSignal: 'number' });
    machine.connect(true);
    hand.command(true, command(5));
    await pass(0);
    machine.refusal = 'type mismatch';
    hand.command(true, command());
    await pass(0);
    expect(failures).toEqual([expect.stringMatching(/too late for the command/), 'type mismatch']);
    expect(values()).toEqual([]);
  });
});
