/** Drives so many bottles past the gate, with the faults asked for, until the line is at rest; answers what was and what was told. */
import type { SeenImage } from '../../../edge/gate/gate-types.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';
import { type Bottle, BottleLine, type LineFaults } from './bottle-line.ts';
import { VirtualNode } from './virtual-node.ts';

export interface Roughness extends LineFaults {
  /** Chances per bottle: of its trigger to be told together with the next, of no image, of no verdict, of a late one. */
  missedTrigger: number;
  noImage: number;
  undecided: number;
  late: number;
  /** Chances per second. */
  disconnectPerS: number;
  restartPerS: number;
  disablePerS: number;
  /** The node's process stands still for up to a fifth of a second. */
  stallPerS: number;
}

export interface Drive {
  bottles: readonly Bottle[];
  line: BottleLine;
  node: VirtualNode;
  disconnects: number;
}

/** Long enough for the last bottle to reach the gate and for everything about it to be told. */
const REST_MS = 60_000;

export function driveLine(bottleCount: number, seed: number, rough: Roughness): Drive {
  const random = createSeededRandom(seed);
  const bottles: Bottle[] = [];
  let isTriggerHeld = false;
  let isEnabled = true;
  let enabledAtMs = 0;
  let disconnects = 0;
  let stallUntilMs = 0;
  let now = 0;
  const node = new VirtualNode(random, (nowMs, forMs) => isEnabled && line.command(nowMs, forMs));
  const line = new BottleLine(random, rough, 20 + random.integer(21), {
    triggered(bottle, atMs) {
      bottles.push(bottle);
      takeImage(bottle, atMs);
      isTriggerHeld = random.next() < rough.missedTrigger;
      if (isTriggerHeld || !node.core || !node.isConnected) node.unfollowed.add(bottle.number);
      if (isTriggerHeld) return;
      node.send('trigger', line.counter, atMs, now);
      node.send('part-id', bottle.id, atMs, now);
    },
    encoder: (value, atMs) => node.send('belt', value, atMs, now),
    confirmed: (count, atMs) => node.send('confirm', count, atMs, now),
  });

  const pending: { atMs: number; act: () => void }[] = [];
  node.start(0);
  connect(true);
  let restLeftMs = REST_MS;
  for (now = 1; restLeftMs > 0; now++) {
    const isFeeding = bottles.length < bottleCount;
    if (!isFeeding) restLeftMs--;
    line.step(now, isFeeding);
    if (now % 1_000 === 500 && random.next() < rough.stallPerS) stallUntilMs = now + 10 + random.next() * 200;
    if (now >= stallUntilMs) node.step(now);
    if (now % 1_000 === 0 && isFeeding) fail();
    for (const entry of pending.filter(({ atMs }) => atMs <= now)) {
      pending.splice(pending.indexOf(entry), 1);
      entry.act();
    }
  }
  node.keepCounts(now);
  return { bottles, line, node, disconnects };

  function takeImage(bottle: Bottle, atMs: number): void {
    if (!node.core || random.next() < rough.noImage) return;
    const capturedAtMs = atMs + (random.next() - 0.5) * 8;
    const image: SeenImage = {
      camera: 'camera',
      cameraId: 'camera',
      capturedAtMs,
      uncertaintyMs: 0,
      trigger: null,
      arrivedAtMs: now,
      latencyMs: 0,
      partId: null,
      look: { kind: 'waiting' },
    };
    node.later(now + 5 + random.next() * 25, (nowMs) => node.feed({ kind: 'seen', image }, nowMs));
    const isLate = random.next() < rough.late;
    const verdictMs = now + 35 + (isLate ? 8_000 : random.next() ** 3 * 300);
    const isUndecided = random.next() < rough.undecided;
    node.later(verdictMs, (nowMs) => {
      image.look = isUndecided
        ? { kind: 'none', reason: 'the image cannot be read' }
        : { kind: 'verdict', verdict: bottle.isDefective ? 'REJECT' : 'PASS', inspectionId: `inspection-${bottle.id}` };
      node.feed({ kind: 'looked', image }, nowMs);
    });
  }

  function fail(): void {
    const second = random.next();
    if (second < rough.restartPerS && node.core) {
      for (const { number } of line.near) node.unfollowed.add(number);
      node.kill();
      soon(500 + random.next() * 2_500, () => {
        node.start(now);
        connect(true);
      });
    } else if (second < rough.restartPerS + rough.disconnectPerS && node.isConnected) {
      disconnects++;
      // Triggers that are on their way will not arrive.
      for (const { number, triggeredAtMs } of line.near) if (now - triggeredAtMs < 100) node.unfollowed.add(number);
      connect(false);
      soon(300 + random.next() * 4_000, () => connect(true));
    } else if (second < rough.restartPerS + rough.disconnectPerS + rough.disablePerS && isEnabled) {
      enable(false);
      soon(1_000 + random.next() * 3_000, () => enable(true));
    }
  }

  /** Also when the node has ended by then. */
  function soon(afterMs: number, act: () => void): void {
    pending.push({ atMs: now + afterMs, act });
  }

  function enable(value: boolean): void {
    isEnabled = value;
    enabledAtMs = now;
    node.send('enabled', value, now, now);
  }

  /** With a connection come all values as they are, with the times of their last changes. */
  function connect(isUp: boolean): void {
    if (!node.core || node.isConnected === isUp) return;
    node.connect(now, isUp);
    if (!isUp) return;
    node.send('enabled', isEnabled, enabledAtMs, now);
    node.send('belt', line.encoderValue, now, now);
    node.send('confirm', line.ejections, line.confirmAtMs, now);
    node.send('trigger', line.counter, bottles.at(-1)?.triggeredAtMs ?? 0, now);
  }
}
