import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { GateSchema, TriggerSchema } from '../../../edge/config/gate-config.ts';
import { GateStatisticsSchema } from '../../../edge/gate/gate-statistics.ts';
import type { GateEvent, RunCounts } from '../../../edge/gate/gate-types.ts';
import { openStationGate, type StationGate } from '../../../edge/gate/station-gate.ts';
import type { TriggeredPart } from '../../../edge/pipeline/frame.ts';
import { inspectionId } from '../../../edge/pipeline/inspection-id.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../../support/temporary-folder.ts';
import { GATE } from './gate-bench.ts';
import { type HandMachine, handMachine } from './hand-machine.ts';

let folder: TemporaryFolder;
let machine: HandMachine;
let gates: StationGate[];
let events: GateEvent[];
let counts: Map<string, RunCounts>;
let warnings: string[];
let diskProblem: string | undefined;
/** Another station that commands the same node. */
let other: string | undefined;
/** Moves the belt at 1 mm a millisecond, by the machine's own clock. */
let belt: NodeJS.Timeout | undefined;
/** The machine's clock is a minute behind. */
const machineNow = () => Date.now() - 60_000;

beforeEach(async () => {
  folder = await makeTemporaryFolder('station-gate');
  machine = handMachine();
  gates = [];
  events = [];
  counts = new Map();
  warnings = [];
  diskProblem = undefined;
  other = undefined;
});
afterEach(async () => {
  clearInterval(belt);
  for (const gate of gates) await gate.stop();
  await folder.remove();
});

const outbox = {
  async putEvents(more: GateEvent[]) {
    if (diskProblem !== undefined) throw new Error(diskProblem);
    events.push(...more);
  },
  async putCounts(run: RunCounts) {
    if (diskProblem !== undefined) throw new Error(diskProblem);
    counts.set(run.id, run);
  },
};

/** A busy computer may let the process stand still for a moment: parts are far from each other, and windows wide. */
const ROOMY = {
  distanceMm: 300,
  toleranceMm: 150,
  partPitchMm: 400,
  encoderGapMs: 1_000,
  confirm: { ...GATE.confirm, windowMs: 300 },
};

async function open(more: Partial<z.input<typeof GateSchema>> = {}): Promise<StationGate> {
  const trigger = { signal: 'counter', kind: 'counter', partIdSignal: 'id', windowMs: 150, countsMs: 10 };
  const gate = await openStationGate({
    settings: {
      cameras: ['camera'],
      trigger: TriggerSchema.parse(trigger),
      gate: GateSchema.parse({ ...GATE, ...ROOMY, ...more }),
    },
    lineId: 'line',
    stationId: 'station',
    cameraIds: { camera: 'camera-id' },
    machine,
    jobSignal: 'job',
    stateSignal: 'state',
    otherAt: () => other,
    countFile: join(folder.path, 'gate', 'station.json'),
    reportFile: join(folder.path, 'gate', 'station.report.json'),
    outbox,
    newId: inspectionId,
    warn: (message) => warnings.push(message),
    tell: () => {},
  });
  gates.push(gate);
  return gate;
}

function startLine(): void {
  machine.connect(true);
  machine.say('counter', 0, machineNow() - 3_600_000);
  machine.say('confirm', 0, machineNow() - 3_600_000);
  machine.say('encoder', machineNow(), machineNow());
  belt = setInterval(() => machine.say('encoder', machineNow(), machineNow()), 10);
}

/** A part now, named, with its image. */
function part(gate: StationGate, number: number) {
  const nowMs = Date.now();
  machine.say('counter', number, nowMs - 60_000);
  machine.say('id', `P-${number}`, nowMs - 60_000);
  const tracker = gate.tracker('camera');
  const way = { uncertaintyMs: 0, trigger: null, arrivedAtMs: nowMs, latencyMs: 0 };
  return { tracker, seen: tracker.seen({ partId: null, capturedAtMs: nowMs, ...way }) };
}

async function until(isSo: () => boolean): Promise<void> {
  await expect.poll(isSo, { timeout: 15_000, interval: 5 }).toBe(true);
}

const total = (key: 'triggered' | 'rejected' | 'accepted' | 'unseen' | 'bypassed') =>
  [...counts.values()].reduce((sum, run) => sum + run[key], 0);

describe('a gate in the running node', () => {
  it('fires at the part that is to be rejected, by the machine’s clock, and keeps events and counts', async () => {
    const gate = await open();
    startLine();
    machine.say('job', 'JO-1', machineNow());
    const { tracker, seen } = part(gate, 1);
    const triggeredAtMs = performance.timeOrigin + performance.now();
    await seen.tied;
    expect(seen.partId).toBe('P-1');
    const fired = machine.written('command', true);
    const over = machine.written('command', false);
    tracker.decided(seen, { verdict: 'REJECT', inspectionId: 'inspection-1' });
    // 300 mm at 1 mm a millisecond, less the lead. Not a timing test: the busiest machine is not a tenth of a second off.
    expect(Math.abs((await fired) - triggeredAtMs - 290)).toBeLessThan(100);
    await over;
    machine.say('confirm', 1, machineNow());
    await until(() => total('rejected') === 1);
    expect(events).toMatchObject([
      { kind: 'GATE_REJECTED', partId: 'P-1', inspectionId: 'inspection-1', jobCode: 'JO-1' },
    ]);
    expect(events[0]).toMatchObject({ lineId: 'line', stationId: 'station' });
    expect(gate.state()).toMatchObject({ mode: 'active', isTracking: true, confirmed: 1, problem: undefined });
  });

  it('hears no model that only looks on: a verdict counts once, and only from the tracker that saw the image', async () => {
    const gate = await open();
    startLine();
    const { tracker, seen } = part(gate, 1);
    tracker.decided(seen, { verdict: 'PASS', inspectionId: 'active' });
    tracker.decided(seen, { verdict: 'REJECT', inspectionId: 'shadow' });
    gate.tracker('camera').decided(seen, { verdict: 'REJECT', inspectionId: 'shadow' });
    await until(() => total('accepted') === 1);
    expect(machine.writes.map(({ value }) => value)).toEqual([false]);
  });

  it('goes on counting after a kill, by what it had written down and the machine’s counter', async () => {
    const gate = await open();
    startLine();
    const { tracker, seen } = part(gate, 1);
    tracker.decided(seen, { verdict: 'PASS', inspectionId: 'i' });
    await until(() => total('accepted') === 1);
    part(gate, 2);
    await until(() => total('triggered') === 2);
    // A killed node writes nothing more; this one is only left alone.
    await gate.stop();
    await open();
    machine.say('counter', 7, machineNow());
    await until(() => total('triggered') === 7);
    expect([...counts.values()]).toMatchObject([{ accepted: 1, unseen: 6, unknown: 0, inTransit: 0 }]);
    await until(() => events.some(({ kind }) => kind === 'PARTS_UNSEEN'));
    expect(events.at(-1)?.data).toMatchObject({ count: 6, reason: 'node restarted' });
  });

  it('says once what it cannot keep, and keeps it when it can', async () => {
    const gate = await open({ reactions: { noVerdict: 'pass' } });
    diskProblem = 'the disk is full';
    startLine();
    const { tracker, seen } = part(gate, 1);
    tracker.undecided(seen, 'unreadable');
    await until(() => gate.state().problem !== undefined);
    await until(() => gate.state().inTransit === 0);
    expect(warnings).toEqual(['events and counts of the gate cannot be kept: the disk is full']);
    diskProblem = undefined;
    await until(() => total('unseen') === 1 && events.length === 1 && gate.state().problem === undefined);
  });

  it('tells why a write fails, and ends a pulse that the connection was lost in', async () => {
    const gate = await open();
    startLine();
    const { tracker, seen } = part(gate, 1);
    machine.refusal = 'no answer';
    const fired = machine.written('command', true);
    tracker.decided(seen, { verdict: 'REJECT', inspectionId: 'i' });
    await fired;
    await until(() => events.some(({ kind }) => kind === 'GATE_NOT_CONFIRMED'));
    expect(events[0]?.data).toEqual({ cause: 'verdict', problem: 'no answer' });
    expect(gate.state().problem).toBe('command cannot be written: no answer');
    machine.refusal = undefined;
    const ended = machine.written('command', false);
    machine.connect(false);
    machine.connect(true);
    await ended;
    await until(() => gate.state().problem === undefined);
  });

  it('does not fire while two of its signals are one node, and says which', async () => {
    machine.nodes.set('confirm', 'ns=1;s=command');
    const gate = await open();
    startLine();
    const { tracker, seen } = part(gate, 1);
    tracker.decided(seen, { verdict: 'REJECT', inspectionId: 'i' });
    await until(() => events.some(({ kind }) => kind === 'GATE_BYPASSED'));
    expect(events[0]).toMatchObject({ partId: 'P-1', data: { obstacle: 'signal-conflict' } });
    expect(machine.writes.map(({ value }) => value)).toEqual([false]);
    const both = 'gate.commandSignal (command) and gate.confirm.signal (confirm) are one node of the machine';
    expect(gate.state().problem).toContain(both);
    machine.nodes.delete('confirm');
    await until(() => gate.state().problem === undefined);
  });

  it('does not fire at a command that another station has as well', async () => {
    other = 'line/other';
    const gate = await open();
    startLine();
    expect(gate.state().problem).toMatch(/gate\.commandSignal \(command\) is the command of line\/other too/);
  });

  it('is a dry run with a lasting problem until its mode is written', async () => {
    const gate = await open({ mode: undefined });
    startLine();
    const { tracker, seen } = part(gate, 1);
    tracker.decided(seen, { verdict: 'REJECT', inspectionId: 'i' });
    await until(() => events.some(({ kind }) => kind === 'GATE_BYPASSED'));
    expect(machine.writes).toEqual([]);
    expect(gate.state()).toMatchObject({
      mode: 'dry-run',
      problem: expect.stringMatching(/^gate\.mode is not written/),
    });
  });

  it('tells of a bad signal and of a clock that was set, and tracks the parts that come after', async () => {
    const gate = await open();
    startLine();
    part(gate, 1);
    machine.setClock(-500);
    await until(() => events.length === 1);
    expect(events).toMatchObject([{ kind: 'GATE_TRACKING_LOST', partId: 'P-1' }]);
    expect(events[0]?.data).toMatchObject({ reason: "the machine's clock was set by -500 ms" });
    machine.say('confirm', 0, machineNow(), 'BAD');
    await until(() => events.some(({ kind }) => kind === 'SIGNAL_UNUSABLE'));
    expect(gate.state().problem).toMatch(/^confirm \(confirm\): BadDeviceFailure; rejections cannot be confirmed/);
    machine.say('encoder', machineNow(), machineNow());
    const { tracker, seen } = part(gate, 2);
    const fired = machine.written('command', true);
    tracker.decided(seen, { verdict: 'REJECT', inspectionId: 'i' });
    await fired;
  });

  it('gives a camera the part that its image is asked for, and takes the image for no other', async () => {
    const gate = await open();
    const asked: TriggeredPart[] = [];
    const end = gate.tracker('camera').onTriggered((triggered) => asked.push(triggered));
    startLine();
    part(gate, 1);
    machine.say('counter', 4, machineNow());
    end();
    machine.say('counter', 5, machineNow());
    // Of the three that came at once only the last is there.
    expect(asked).toHaveLength(2);
    const tracker = gate.tracker('camera');
    const late = {
      partId: null,
      capturedAtMs: Date.now(),
      arrivedAtMs: Date.now() + 500,
      uncertaintyMs: 0,
      latencyMs: 0,
    };
    const seen = tracker.seen({ ...late, trigger: asked[1] ?? null });
    tracker.decided(seen, { verdict: 'REJECT', inspectionId: 'late' });
    await until(() => events.some(({ kind }) => kind === 'REJECT_UNTIED'));
    expect(events.find(({ kind }) => kind === 'REJECT_UNTIED')).toMatchObject({
      cameraId: 'camera-id',
      inspectionId: 'late',
    });
  });

  it('writes down what it measured of a dry run, in which it writes nothing to the machine', async () => {
    const gate = await open({ mode: 'dry-run' });
    const asked: TriggeredPart[] = [];
    const tracker = gate.tracker('camera');
    tracker.onTriggered((triggered) => asked.push(triggered));
    startLine();
    machine.say('counter', 1, machineNow());
    const way = { partId: null, uncertaintyMs: 0, latencyMs: 0 };
    const nowMs = Date.now() + 40;
    const seen = tracker.seen({ ...way, capturedAtMs: nowMs, arrivedAtMs: nowMs, trigger: asked[0] ?? null });
    tracker.decided(seen, { verdict: 'PASS', inspectionId: 'i' });
    await until(() => total('accepted') === 1);
    await gate.stop();
    const written = await readFile(join(folder.path, 'gate', 'station.report.json'), 'utf8');
    const statistics = GateStatisticsSchema.parse(JSON.parse(written));
    expect(statistics).toMatchObject({
      mode: 'dry-run',
      parts: { triggered: 1, ended: 1, late: 0 },
      writeMs: null,
      granted: { counter: { publishingMs: 20, samplingMs: 10 } },
      cameras: { camera: { images: 1, untied: 0, partsWithout: 0, askedMs: { count: 1 } } },
    });
    expect(statistics.cameras.camera?.askedMs?.most).toBeGreaterThanOrEqual(40);
    expect(statistics.marginMs?.least).toBeGreaterThan(0);
    expect(machine.writes).toEqual([]);
  });

  it('does not begin new counts over those that it cannot read', async () => {
    await writeFile(join(folder.path, 'station.json'), 'x');
    const opening = openStationGate({
      settings: {
        cameras: ['camera'],
        trigger: TriggerSchema.parse({ signal: 'counter', kind: 'counter' }),
        gate: undefined,
      },
      lineId: 'line',
      stationId: 'station',
      cameraIds: {},
      machine,
      jobSignal: undefined,
      stateSignal: undefined,
      otherAt: () => undefined,
      countFile: join(folder.path, 'station.json'),
      reportFile: join(folder.path, 'station.report.json'),
      outbox,
      newId: inspectionId,
      warn: () => {},
      tell: () => {},
    });
    await expect(opening).rejects.toThrow(/station\.json does not hold the counts of a gate; move it away/);
  });
});
