/**
 * A line whose camera takes a time that nobody knows, in virtual time: its belt, its sensor and its machine, the way of what they
 * say, and a node of the real core, source clock and meter with the settings of a configuration file.
 */
import type { EdgeConfig } from '../../../edge/config.ts';
import { createGateCore } from '../../../edge/gate/gate-core.ts';
import { createGateMeter } from '../../../edge/gate/gate-meter.ts';
import type { GateStatistics } from '../../../edge/gate/gate-statistics.ts';
import type { GateInput, SeenImage } from '../../../edge/gate/gate-types.ts';
import { createSourceClock } from '../../../edge/gate/source-clock.ts';
import type { TriggeredPart } from '../../../edge/pipeline/frame.ts';
import type { SeededRandom } from '../../support/seeded-random.ts';

export interface UnknownLine {
  /** asked: a snapshot at each trigger that the node hears; sensor: the sensor itself triggers the camera, which stamps its images. */
  camera: 'asked' | 'sensor';
  /** From trigger to image: its arrival, or its exposure where the sensor triggers. */
  latencyMs(random: SeededRandom): number;
  pitchMm: number;
  speedMmPerS: number;
  encoderMs: number;
  /** The longest way of what the machine says. */
  wayMs: number;
}

export interface Run {
  parts: number;
  /** Whose verdict was not there, or that had no image, when the command was due. */
  late: number;
  withoutImage: number;
  untiedImages: number;
  /** Images tied to a part that they do not show. */
  wronglyTied: number;
  trackingLost: number;
  statistics: GateStatistics;
}

const MACHINE_BEHIND_MS = 60_000;
const REST_MS = 10_000;

export function runLine(
  line: UnknownLine,
  { trigger, gate, cameras }: EdgeConfig['stations'][number],
  parts: number,
  random: SeededRandom,
): Run {
  const [camera] = cameras;
  if (!trigger || !gate || !camera) throw new Error('the station has no trigger, no gate or no camera');
  const latencyMs = camera.source.kind === 'http' ? camera.source.latencyMs : 0;
  const settings = { cameras: [camera.camera], trigger, gate };
  let ids = 0;
  const stamps = { id: () => `event-${++ids}`, time: (atMs: number) => new Date(atMs).toISOString() };
  const core = createGateCore(settings, undefined, stamps, 0);
  const meter = createGateMeter(settings, 0);
  const sourceClock = createSourceClock(trigger.settleMs);
  const queue: { atMs: number; run(): void }[] = [];
  const lastArrival = new Map<string, number>();
  /** True moments of the parts at the sensor. */
  const truthMs: number[] = [];
  const truthOf = new WeakMap<SeenImage, number>();
  const run = { parts: 0, late: 0, withoutImage: 0, untiedImages: 0, wronglyTied: 0, trackingLost: 0 };
  let now = 0;
  let asked: TriggeredPart | undefined;
  let isBusy = false;
  let mm = 0;
  let speed = line.speedMmPerS;
  let nextMm = 500;

  feed({ kind: 'connection', isUp: true });
  say('trigger', 0, 0);
  say('confirm', 0, 0);
  for (let restMs = REST_MS; restMs > 0; now++) {
    const isFeeding = truthMs.length < parts;
    if (!isFeeding) restMs--;
    if (now % 5_000 === 0) speed = line.speedMmPerS * (0.8 + random.next() * 0.2);
    mm += speed / 1_000;
    if (now % line.encoderMs === 0) say('belt', Math.round(mm * 2) / 2, now);
    if (isFeeding && mm >= nextMm) sense(now - (mm - nextMm) / (speed / 1_000));
    for (;;) {
      const wakeMs = core.wake().atMs;
      const next = queue[0];
      if (next && next.atMs <= now && next.atMs <= wakeMs) queue.shift()?.run();
      else if (wakeMs <= now) feed({ kind: 'tick' });
      else break;
    }
  }
  const [from, to] = [stamps.time(0), stamps.time(now)];
  return { ...run, statistics: { ...meter.statistics(), from, to, readMs: null, granted: {} } };

  function sense(atMs: number): void {
    truthMs.push(atMs);
    // Often as near as can be, sometimes with a gap.
    nextMm += line.pitchMm * (random.next() < 0.7 ? 1 : 1 + random.next());
    if (truthMs.length % 100 === 0) nextMm += 4 * line.pitchMm;
    say('trigger', truthMs.length, atMs);
    if (line.camera === 'sensor') {
      const takenMs = atMs + line.latencyMs(random);
      later(takenMs + 30 + random.next() * 60, () => see(atMs, { trigger: null, capturedAtMs: takenMs }));
    }
  }

  /** What the machine says arrives in order. */
  function say(kind: 'trigger' | 'belt' | 'confirm', value: number, atMs: number): void {
    const arrivalMs = Math.max(now + 2 + random.next() * (line.wayMs - 2), lastArrival.get(kind) ?? 0);
    lastArrival.set(kind, arrivalMs);
    later(arrivalMs, () => {
      const steadyMs = sourceClock.toSteady(atMs - MACHINE_BEHIND_MS, now, kind);
      const olderMs = sourceClock.takeStep();
      if (olderMs !== undefined) feed({ kind: 'clock-step', stepMs: -olderMs });
      feed({ kind, value, atMs: steadyMs });
    });
  }

  /** One snapshot after another; of the parts that come meanwhile the last. */
  function ask(): void {
    if (!asked || isBusy) return;
    const part = asked;
    asked = undefined;
    isBusy = true;
    later(now + line.latencyMs(random), () => {
      isBusy = false;
      see(nearest(part.triggeredAtMs), { trigger: part, capturedAtMs: now - latencyMs });
      ask();
    });
  }

  function see(truth: number, more: Pick<SeenImage, 'trigger' | 'capturedAtMs'>): void {
    const image: SeenImage = {
      camera: camera?.camera ?? '',
      cameraId: 'camera',
      uncertaintyMs: 0,
      arrivedAtMs: now,
      latencyMs,
      partId: null,
      look: { kind: 'waiting' },
      ...more,
    };
    truthOf.set(image, truth);
    feed({ kind: 'seen', image });
    later(now + 20 + random.next() * 40, () => {
      image.look = { kind: 'verdict', verdict: 'PASS', inspectionId: 'inspection' };
      feed({ kind: 'looked', image });
    });
  }

  function feed(input: GateInput): void {
    const actions = core.handle(input, now);
    meter.take(input, actions, now);
    for (const action of actions) {
      if (action.kind === 'triggered' && line.camera === 'asked') {
        asked = action.part;
        ask();
      }
      if (action.kind === 'tied') noteTie(action.image, action.part);
      if (action.kind === 'event' && action.event.kind === 'GATE_TRACKING_LOST') run.trackingLost++;
      if (action.kind !== 'ended') continue;
      run.parts++;
      if (action.part.finding?.verdict === 'LATE') run.late++;
      if (action.part.finding?.verdict === 'NONE') run.withoutImage++;
    }
  }

  function noteTie(image: SeenImage, part: TriggeredPart | undefined): void {
    if (!part) run.untiedImages++;
    else if (nearest(part.triggeredAtMs) !== truthOf.get(image)) run.wronglyTied++;
  }

  function nearest(atMs: number): number {
    const recent = truthMs.slice(-50);
    return recent.reduce((best, each) => (Math.abs(each - atMs) < Math.abs(best - atMs) ? each : best), -1e9);
  }

  function later(atMs: number, act: () => void): void {
    const index = queue.findLastIndex((other) => other.atMs <= atMs);
    queue.splice(index + 1, 0, { atMs, run: act });
  }
}
