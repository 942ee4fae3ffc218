/** The process that holds OPC UA, timers, pipeline and outbox, as an edge node does; the model runs in its child. Images come from memory. */
import { copyFile, mkdir } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { MachineSchema } from '../../../edge/config/machine-config.ts';
import { OutboxSchema } from '../../../edge/config/outbox-config.ts';
import type { Machine } from '../../../edge/devices/device.ts';
import { createOpcuaMachine } from '../../../edge/devices/opcua-machine.ts';
import { collectLessOften } from '../../../edge/heap.ts';
import { type ModelProcess, startModelProcess } from '../../../edge/models/model-process.ts';
import { type CameraSetup, WHOLE_IMAGE } from '../../../edge/pipeline/camera-setup.ts';
import type { CapturedImage } from '../../../edge/pipeline/frame.ts';
import type { StageTimes } from '../../../edge/pipeline/judgement.ts';
import type { PartTracker } from '../../../edge/pipeline/part-tracker.ts';
import { type Pipeline, startPipeline } from '../../../edge/pipeline/pipeline.ts';
import { type Outbox, openOutbox } from '../../../edge/uplink/outbox.ts';
import { serveParent } from '../kit/serve-parent.ts';

export interface LineOptions {
  home: string;
  endpoint: string;
  /** Of the machine, which this process trusts. */
  certificateFile: string;
  path: string;
  sha256: string;
  images: Uint8Array<ArrayBuffer>[];
}

/** The flood does not fill the disk. */
const MAX_IMAGE_BYTES = 500_000_000;
/** As many as the pipeline has under way at most, and some more. */
const SURROUNDING = 80;
const log = pino({ level: 'warn' }, pino.destination(2));
let machine: Machine | undefined;
let model: ModelProcess | undefined;
let outbox: Outbox | undefined;
let pipeline: Pipeline | undefined;
let images: Uint8Array<ArrayBuffer>[] = [];
/** Images that the source still gives. */
let left = 0;
let given = 0;
let finished = 0;
/** Parts that were triggered and have no command yet. */
let commandsDue = 0;
let setup = WHOLE_IMAGE;
let arrival = Promise.withResolvers<void>();
let done = Promise.withResolvers<void>();
let flooding = false;
const times: StageTimes[] = [];

serveParent(
  {
    async open(options: LineOptions): Promise<void> {
      collectLessOften();
      // Each in memory of its own, as a camera gives it: what came in one message lies in one piece.
      images = options.images.map((image) => image.slice());
      const { endpoint, certificateFile, home, path, sha256 } = options;
      outbox = await openOutbox(home, OutboxSchema.parse({ maxImageBytes: MAX_IMAGE_BYTES }));
      const trusted = `${home}/opcua/trusted/certs`;
      await mkdir(trusted, { recursive: true });
      await copyFile(certificateFile, `${trusted}/machine.pem`);
      machine = createOpcuaMachine(machineConfig(endpoint), `${home}/opcua`, log);
      model = await startModelProcess(
        {
          modelVersionId: 'bench',
          path,
          sha256,
          intraOpThreads: 1,
          isShadow: false,
          inferTimeoutMs: 30_000,
          restartMinMs: 100,
          restartMaxMs: 1_000,
        },
        log,
        new AbortController().signal,
      );
      await untilConnected(machine);
      machine.onSample('trigger', ({ value }) => {
        if (typeof value !== 'number' || value === 0) return;
        commandsDue++;
        give(1);
      });
      pipeline = start(outbox, machine, timed(model));
    },
    /** Parts are located against this image from now on. */
    useReference(reference: CameraSetup['reference']): void {
      setup = { roi: null, reference, maxOffsetPx: 20, maxRotationDeg: 5 };
    },
    /** Images per second from the source to the outbox's disk, while the source always has more: between the first and the last of `count`, with others before and behind. */
    async run(count: number): Promise<number> {
      const first = finished + SURROUNDING;
      const last = first + count;
      give(count + 2 * SURROUNDING);
      await untilFinished(first);
      const startedAt = performance.now();
      await untilFinished(last);
      const seconds = (performance.now() - startedAt) / 1_000;
      await untilFinished(last + SURROUNDING);
      return count / seconds;
    },
    /** The stages of what was judged since the last asking. */
    times: () => times.splice(0),
    /** 99th percentile of how late the event loop is, in milliseconds. */
    async loopDelay({
      seconds,
      isBusy,
    }: {
      seconds: number;
      isBusy: boolean;
    }): Promise<{ p50: number; p99: number; max: number }> {
      const histogram = monitorEventLoopDelay({ resolution: 1 });
      if (isBusy) give(100_000);
      await sleep(1_000);
      histogram.enable();
      await sleep(1_000 * seconds);
      histogram.disable();
      left = 0;
      await sleep(1_000);
      const at = (nanoseconds: number) => nanoseconds / 1e6;
      return { p50: at(histogram.percentile(50)), p99: at(histogram.percentile(99)), max: at(histogram.max) };
    },
    /** Puts results with images into the outbox as fast as it takes them, until told to stop. */
    flood(isOn: boolean): void {
      flooding = isOn;
      if (isOn) void flood();
    },
  },
  async () => {
    flooding = false;
    await pipeline?.stop(1_000);
    await Promise.all([machine?.stop(), model?.stop()]);
    await outbox?.close();
  },
);

async function untilFinished(number: number): Promise<void> {
  while (finished < number) {
    await done.promise;
    done = Promise.withResolvers();
  }
}

async function flood(): Promise<void> {
  const { outboxEntry } = await import('../../edge/kit/outbox-entries.ts');
  let number = 0;
  const imageBytes = images[0]?.byteLength ?? 50_000;
  const writer = async () => {
    while (flooding) await outbox?.put(outboxEntry(++number, { imageBytes })).catch(() => {});
  };
  await Promise.all(Array.from({ length: 16 }, writer));
}

/** The same model, its stages noted. */
function timed(running: ModelProcess): ModelProcess {
  return {
    ...running,
    async judge(image) {
      const judgement = await running.judge(image);
      times.push(judgement.times);
      return judgement;
    },
  };
}

function give(count: number): void {
  left += count;
  arrival.resolve();
  arrival = Promise.withResolvers();
}

/** Each part is rejected: the command leaves as soon as there is a verdict. */
function createInstantGate(gate: Machine): PartTracker {
  return {
    onTriggered: () => () => {},
    seen: () => ({ partId: null, tied: Promise.resolve() }),
    decided() {
      if (commandsDue === 0) return;
      commandsDue--;
      void gate.write('command', true, 5_000).catch((error) => log.error({ err: error }, 'command'));
    },
    undecided: () => {},
  };
}

function start(to: Outbox, gate: Machine, judging: ModelProcess): Pipeline {
  return startPipeline({
    cameraId: 'camera',
    framesInFlight: 3,
    whenBehind: 'oldest',
    maxPending: 3,
    async nextImage(signal): Promise<CapturedImage | undefined> {
      while (left === 0) {
        if (signal.aborted) return undefined;
        const aborted = new Promise<void>((resolve) =>
          signal.addEventListener('abort', () => resolve(), { once: true }),
        );
        await Promise.race([arrival.promise, aborted]);
      }
      left--;
      const bytes = images[given++ % images.length] ?? new Uint8Array();
      return {
        sourceKey: null,
        partId: null,
        capturedAtMs: Date.now(),
        uncertaintyMs: 0,
        trigger: null,
        arrivedAtMs: Date.now(),
        latencyMs: 0,
        unusable: undefined,
        bytes,
        async release() {
          finished++;
          done.resolve();
        },
        async reject(reason) {
          throw new Error(reason);
        },
      };
    },
    currentModel: () => judging,
    shadowModel: () => undefined,
    modelChanged: async () => {},
    currentSetup: () => setup,
    parts: createInstantGate(gate),
    roomForResult: async () => {},
    joinContext: (instantMs) => gate.contextAt(instantMs),
    commit: (result, image, sourceKey) =>
      to.put({
        id: result.id,
        body: JSON.stringify(result),
        image: { ...image, verdict: result.verdict, keepProbability: 1 },
        sourceKey,
      }),
    warn: (message) => log.warn(message),
  });
}

function machineConfig(endpoint: string) {
  const path = (name: string) => `/Objects/T:Machine/T:${name}`;
  return MachineSchema.parse({
    line: 'line-1',
    endpoint,
    namespaces: { T: 'urn:lehr:test:machine' },
    security: { mode: 'SignAndEncrypt', policy: 'Basic256Sha256' },
    signals: {
      trigger: { path: path('PartCounter'), fast: true },
      encoder: { path: path('EncoderPosition'), fast: true },
      command: { path: path('GateCommand') },
    },
  });
}

async function untilConnected(to: Machine): Promise<void> {
  while (!to.isConnected) await sleep(50);
}
