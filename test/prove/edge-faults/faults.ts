/** The faults, one by one: how each is brought about, what it must be called in the node's log and which alarm it raises, and how it is mended. */
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, rename, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { goodImage } from '../kill-server-edge/product.ts';
import type { FaultPlant } from './fault-plant.ts';
import type { SmallDisk } from './small-disk.ts';

export interface Fault {
  readonly name: string;
  /** What the node's log says of it at warn or above; null when no node is there to say it. */
  readonly message: RegExp | null;
  /** How often, when not once. */
  readonly times?: number;
  /** Null when the server cannot know: `why` says so. */
  readonly alarm: string | null;
  readonly why?: string;
  begin(plant: FaultPlant): Promise<void>;
  end(plant: FaultPlant): Promise<void>;
}

export interface FaultSetting {
  /** Parts that pass while the server is down. */
  bulkParts: number;
  disk: SmallDisk | undefined;
  report(line: string): void;
}

/** As the simulated camera: what waits in the folder is bounded. */
const MAX_SPOOL = 200;
const FIVE_MINUTES_MS = 300_000;
/** How long a thing stays broken that nothing else tells the end of. */
const BROKEN_MS = 3_000;

export function allFaults({ bulkParts, disk, report }: FaultSetting): Fault[] {
  /** That it went; why it does not come back at once is another line. */
  const machineAway = /machine opc\.tcp:\S+: the (connection|session|subscription) was/;
  const faults: (Fault | undefined)[] = [
    {
      name: 'server-down',
      message: /server http:\S+: .*what is recorded stays in the outbox/,
      alarm: null,
      why: 'the server that would raise it is the one that is down',
      async begin(plant) {
        await plant.kill('server');
        await passBulk(plant.bulkSpool, bulkParts, report);
      },
      end: (plant) => plant.startServer(),
    },
    {
      name: 'kill-edge',
      message: null,
      alarm: 'NODE_UNREACHABLE',
      begin: (plant) => plant.kill('edge'),
      end: (plant) => plant.startEdge(),
    },
    {
      name: 'kill-model',
      message: /model process ended/,
      alarm: null,
      why: 'it is an event: the model is back within a second and the gate rejects what had no verdict',
      async begin(plant) {
        for (const pid of modelChildren(plant.running.edge.pid)) process.kill(pid, 'SIGKILL');
        await sleep(BROKEN_MS);
      },
      end: async () => {},
    },
    {
      name: 'kill-machine',
      message: machineAway,
      alarm: 'MACHINE_CONNECTION_LOST',
      begin: (plant) => plant.kill('machine'),
      end: (plant) => plant.startMachine(),
    },
    {
      name: 'plc-restart',
      message: machineAway,
      alarm: 'MACHINE_CONNECTION_LOST',
      async begin(plant) {
        await plant.running.machine.stop();
      },
      end: (plant) => plant.startMachine(),
    },
    disk && {
      name: 'disk-full',
      message: /the disk of \S+ is full: \d+ bytes are free/,
      alarm: 'OUTBOX_FILLING',
      async begin() {
        disk.fill();
        await sleep(BROKEN_MS);
      },
      end: async () => disk.empty(),
    },
    ...[FIVE_MINUTES_MS, -FIVE_MINUTES_MS].map(
      (stepMs): Fault => ({
        name: stepMs > 0 ? 'node-clock-ahead' : 'node-clock-behind',
        message: /the clock of the node was set/,
        // There and back.
        times: 2,
        alarm: 'CLOCK_STEPPED',
        async begin(plant) {
          plant.setEdgeClock(stepMs);
          await sleep(BROKEN_MS);
        },
        end: async (plant) => plant.setEdgeClock(0),
      }),
    ),
    ...[FIVE_MINUTES_MS, -FIVE_MINUTES_MS].map(
      (stepMs): Fault => ({
        name: stepMs > 0 ? 'machine-clock-ahead' : 'machine-clock-behind',
        message: /the clock of the machine was set/,
        times: 2,
        alarm: 'CLOCK_STEPPED',
        async begin(plant) {
          await plant.panel.set('V:Faults/V:ClockOffsetMs', stepMs);
          await sleep(BROKEN_MS);
        },
        end: (plant) => plant.panel.set('V:Faults/V:ClockOffsetMs', 0),
      }),
    ),
    ...Object.entries(BAD_FILES).map(
      ([kind, make]): Fault => ({
        name: `${kind}-file`,
        message: /bad-\w+\.png is put aside/,
        alarm: null,
        why: 'a file without an inspection is an event: no part of the line went unseen',
        async begin(plant) {
          const file = join(plant.bulkSpool, `.bad-${kind}.png`);
          await make(file);
          await rename(file, join(plant.bulkSpool, `bad-${kind}.png`));
          await sleep(BROKEN_MS);
        },
        end: async () => {},
      }),
    ),
    ...(['untrusted', 'expired'] as const).map(
      (state): Fault => ({
        name: `certificate-${state}`,
        message: state === 'untrusted' ? /its certificate .* is not trusted/ : /its certificate .* has expired/,
        alarm: 'MACHINE_CONNECTION_LOST',
        async begin(plant) {
          await plant.running.machine.stop();
          const flags = state === 'expired' ? ['--certificate-days=-2'] : [];
          await plant.startMachine({ pki: join(plant.folder, `pki-${state}`), flags });
        },
        async end(plant) {
          await plant.running.machine.stop();
          await plant.startMachine();
        },
      }),
    ),
  ];
  return faults.filter((fault) => fault !== undefined);
}

const BAD_FILES: Record<string, (file: string) => Promise<void>> = {
  async truncated(file) {
    const { bytes } = await goodImage(77_777);
    await writeFile(file, bytes);
    await truncate(file, Math.floor(bytes.length / 2));
  },
  zero: (file) => writeFile(file, ''),
  // More than maxFileBytes of the node's configuration.
  huge: (file) => writeFile(file, Buffer.alloc(3_000_000)),
  nonimage: (file) => writeFile(file, 'This is the manual of the camera.\n'.repeat(100)),
};

/** Puts parts into the folder of the line without a gate as fast as the node takes them; each has bytes of its own. */
async function passBulk(spool: string, parts: number, report: (line: string) => void): Promise<void> {
  await mkdir(spool, { recursive: true });
  const { bytes } = await goodImage(88_888);
  for (let part = 0; part < parts; part++) {
    const mark = Buffer.alloc(4);
    mark.writeUInt32BE(part);
    const name = `${bulkPartId(part)}.png`;
    // What follows the end of a PNG is no part of the picture.
    await writeFile(join(spool, `.${name}`), Buffer.concat([bytes, mark]));
    await rename(join(spool, `.${name}`), join(spool, name));
    if (part % 50 === 49) while ((await readdir(spool)).length > MAX_SPOOL) await sleep(20);
    if (part % 3_000 === 2_999) report(`  ${part + 1} parts while the server is down`);
  }
  while ((await readdir(spool)).length > 0) await sleep(50);
}

export function bulkPartId(part: number): string {
  return `B-${String(part).padStart(8, '0')}`;
}

/** The processes that hold a model: children of the node that run its model program. */
function modelChildren(edgePid: number): number[] {
  const listing = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(edgePid)], { encoding: 'utf8' });
  const pids = listing.split('\n').flatMap((line) => (/model-child/.test(line) ? [Number.parseInt(line, 10)] : []));
  if (pids.length === 0) throw new Error(`the edge node has no model process:\n${listing}`);
  return pids;
}
