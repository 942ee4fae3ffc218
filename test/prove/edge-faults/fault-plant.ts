/** Server, edge node, machine and cameras as processes of their own, each of which a fault may end and start again. */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { machineOf, TRIGGER_AND_GATE } from '../../plant/demo/edge-config.ts';
import { trustMachine } from '../../plant/machine-certificate.ts';
import { type LineProcess, spawnLines } from '../../support/spawn-lines.ts';
import { freePort, goodImage, type Product, setUpProduct } from '../kill-server-edge/product.ts';
import { createMachinePanel, HOLD, type MachinePanel } from './machine-panel.ts';

const plantFolder = fileURLToPath(new URL('../../plant', import.meta.url));
/** The first has machine and gate; the second takes as many images as are put into its spool. */
export const LINES = [
  { code: 'line-1', name: 'Line 1', speed: 300 },
  { code: 'line-2', name: 'Line 2', speed: 1_200 },
];
const GOOD_PICTURES = 24;
const SPOTTED_PICTURES = 3;
const START_MS = 240_000;

export interface FaultPlant extends AsyncDisposable {
  readonly product: Product;
  readonly folder: string;
  readonly edgeHome: string;
  readonly bulkSpool: string;
  readonly panel: MachinePanel;
  readonly running: { server: LineProcess; edge: LineProcess; machine: LineProcess; cameras: LineProcess };
  /** Lines of the edge node's log at warn and above, of all its lives, oldest first. */
  readonly told: string[];
  startServer(): Promise<void>;
  startEdge(): Promise<void>;
  /** `pki` names another certificate than the one that the node trusts. */
  startMachine(options?: { pki?: string; flags?: string[] }): Promise<void>;
  /** SIGKILL; resolves when it is gone. */
  kill(which: 'server' | 'edge' | 'machine'): Promise<void>;
  /** The edge node's wall clock from now on, against the computer's. */
  setEdgeClock(aheadMs: number): void;
  truthFiles: { machine: string; cameras: string };
}

export async function startFaultPlant(
  folder: string,
  edgeHome: string,
  report: (line: string) => void,
): Promise<FaultPlant> {
  const pki = join(folder, 'machine-pki');
  const clockFile = join(folder, 'edge-clock');
  const truth = { machine: join(folder, 'parts-line-1.jsonl'), cameras: join(folder, 'pictures.jsonl') };
  const logFile = join(folder, 'edge.log');
  writeFileSync(clockFile, '0');
  await drawPictures(join(folder, 'images', 'test'));

  const port = await freePort();
  const endpoint = `opc.tcp://127.0.0.1:${port}`;
  const startMachine = async (options: { pki?: string; flags?: string[] } = {}) => {
    const files = ['--state', join(folder, 'machine.json'), '--pki', options.pki ?? pki, '--truth', folder];
    const line = ['--port', String(port), '--lines', 'line-1', '--speed', '300', '--batch-minutes', '1440'];
    const args = [join(plantFolder, 'machine.ts'), ...line, ...files, ...(options.flags ?? [])];
    const machine = await spawnLines(process.execPath, args);
    await machine.waitForLine(/^\{"listening"/, START_MS);
    return machine;
  };
  const machine = await startMachine();
  const panel = createMachinePanel(endpoint, 'line-1');
  // Until node and cameras are there.
  await panel.call(HOLD);
  trustMachine(pki, edgeHome);

  const { product, server } = await setUpProduct(folder, report, {
    lines: LINES,
    edgeHome,
    configure: (file) => ({
      ...file,
      outbox: { minFreeBytes: 60_000_000, reserveBytes: 8_000_000, sacrificeNoticeMs: 1_000 },
      machines: [machineOf('line-1', endpoint)],
      stations: file.stations.map((station, index) => ({
        ...station,
        cameras: station.cameras.map((camera) => ({
          ...camera,
          source: { ...camera.source, capture: 'mtime', maxFileBytes: 2_000_000, settleMs: 300 },
        })),
        ...(index === 0 ? TRIGGER_AND_GATE : {}),
      })),
    }),
  });
  const told: string[] = [];
  const startEdge = async () => {
    const hook = new URL('./step-clock.ts', import.meta.url).href;
    const edge = await product.startEdge({
      LEHR_PROOF_CLOCK: clockFile,
      NODE_OPTIONS: `--import=${hook} --disable-warning=ExperimentalWarning`,
    });
    for (const stream of [edge.child.stdout, edge.child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', keep);
    }
    await edge.waitForLine(/^edge ready/, START_MS);
    return edge;
  };
  const keep = (line: string) => {
    appendFileSync(logFile, `${line}\n`);
    if (/^[\d:]+ (warn|error|fatal) /.test(line)) told.push(line);
  };
  const running = {
    server,
    machine,
    edge: await startEdge(),
    cameras: await startCameras(),
  };

  async function startCameras() {
    const config = join(folder, 'cameras.json');
    const lines = [{ line: 'line-1', spool: product.spool, truth: truth.cameras }];
    writeFileSync(config, JSON.stringify({ maxSpool: 2_000, lines }));
    const args = [join(plantFolder, 'camera.ts'), '--machine', endpoint, '--config', config];
    const cameras = await spawnLines(process.execPath, [...args, '--images', join(folder, 'images')]);
    await cameras.waitForLine(/^machine answers/, START_MS);
    return cameras;
  }

  return {
    product,
    folder,
    edgeHome,
    bulkSpool: join(folder, 'spool-1'),
    panel,
    running,
    told,
    truthFiles: truth,
    async startServer() {
      running.server = await product.startServer();
      await running.server.waitForLine(/listening/, START_MS);
    },
    async startEdge() {
      running.edge = await startEdge();
    },
    async startMachine(options) {
      running.machine = await startMachine(options);
    },
    async kill(which) {
      running[which].child.kill('SIGKILL');
      await running[which].exit;
    },
    setEdgeClock: (aheadMs) => writeFileSync(clockFile, String(aheadMs)),
    async [Symbol.asyncDispose]() {
      for (const which of ['cameras', 'machine', 'edge', 'server'] as const) await running[which].stop();
    },
  };
}

/** Discs as the model has learnt them, and some with a dark spot. */
async function drawPictures(folder: string): Promise<void> {
  for (const className of ['good', 'spot']) mkdirSync(join(folder, className), { recursive: true });
  for (let mark = 0; mark < GOOD_PICTURES + SPOTTED_PICTURES; mark++) {
    const { bytes } = await goodImage(10_000 + mark);
    const isGood = mark < GOOD_PICTURES;
    const spot = { input: { create: { width: 14, height: 14, channels: 3 as const, background: '#000' } } };
    const picture = isGood
      ? bytes
      : await sharp(bytes)
          .composite([{ ...spot, left: 24, top: 26 }])
          .png()
          .toBuffer();
    writeFileSync(join(folder, isGood ? 'good' : 'spot', `${mark}.png`), picture);
  }
}
