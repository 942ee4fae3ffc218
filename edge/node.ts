/** One edge node: wires machines, cameras, models, outbox and uplink, and takes them down in the right order. */
import { join } from 'node:path';
import type { EdgeConfig } from './config.ts';
import type { ImageSource, Machine } from './devices/device.ts';
import { createFolderCamera } from './devices/folder-camera.ts';
import type { Logger } from './log.ts';
import { startModelProcess } from './models/model-process.ts';
import { createModelSlots, type ModelSlots } from './models/model-slots.ts';
import { createModelStore } from './models/model-store.ts';
import { describeStatus, type NodeView } from './node-status.ts';
import { type Pipeline, startPipeline } from './pipeline/pipeline.ts';
import { openIdentity } from './uplink/node-identity.ts';
import {
  cachePlan,
  fetchPlan,
  type NodePlan,
  PlanError,
  type PlannedCamera,
  readCachedPlan,
} from './uplink/node-plan.ts';
import { type Outbox, openOutbox } from './uplink/outbox.ts';
import { startSender } from './uplink/result-sender.ts';
import { createServerClient, type ServerClient } from './uplink/server-client.ts';
import { createBackOff, createServerContact } from './uplink/server-contact.ts';
import { startStatusReporter } from './uplink/status-reporter.ts';
import { pause } from './wait.ts';

export interface EdgeNode {
  /** Resolves when the cameras run: each has its model, or a reason why not that is reported. */
  ready: Promise<void>;
  /** Resolves when the node cannot go on and has to be started again. */
  broken: Promise<Error>;
  view(): NodeView;
  stop(): Promise<void>;
}

interface RunningCamera {
  planned: PlannedCamera;
  source: ImageSource;
  pipeline: Pipeline;
}

const FIRST_PLAN_MS = 3_000;
/** How often the node looks whether its key is old. */
const KEY_CHECK_MS = 600_000;
/** Of the five seconds that a stop may take. */
const FINISH_FRAMES_MS = 2_000;

/** Rejects with `PlanError` when configuration and server contradict each other, and when `signal` aborts before the node runs. */
export async function startEdgeNode(config: EdgeConfig, log: Logger, signal: AbortSignal): Promise<EdgeNode> {
  const outbox = await openOutbox(config.home, config.outbox);
  try {
    return await startWith(outbox, config, log, signal);
  } catch (error) {
    await outbox.close();
    throw error;
  }
}

async function startWith(outbox: Outbox, config: EdgeConfig, log: Logger, signal: AbortSignal): Promise<EdgeNode> {
  const startedAt = new Date();
  const { server } = config;
  const identity = await openIdentity(config, log, signal);
  const client = createServerClient(server, identity);
  const waiting = () => `${outbox.counts.results} results and ${outbox.counts.images} images wait`;
  const contact = createServerContact(server.url, waiting, log);
  let plan = await firstPlan(client, config, log, signal);
  const machines = await startMachines(config, log);
  const slots = startModels(config, client, log);
  slots.assign(modelsOf(plan));
  const cameras = await startCameras(plan, config, outbox, slots, machines, log);

  let skewMs: number | undefined;
  const view = (): NodeView => ({
    startedAt,
    skewMs,
    outbox: outbox.counts,
    isServerUp: contact.isUp,
    machines: [...machines].map(([line, machine]) => ({
      lineId: plan.lineIds[line],
      now: machine.now(),
      isConnected: machine.isConnected,
    })),
    cameras: cameras.map(({ planned, source, pipeline }) => ({
      cameraId: planned.cameraId,
      code: planned.camera,
      state: pipeline.state(),
      rejectedFiles: source.rejected,
      modelVersionId: slots.current(planned.cameraId)?.modelVersionId,
      problem: slots.problem(planned.cameraId) ?? outbox.fullness() ?? pipeline.state().problem,
    })),
  });
  const reporter = startStatusReporter(
    client,
    contact,
    server.statusMs,
    () => describeStatus(view(), new Date()),
    (heardMs) => {
      skewMs = heardMs;
    },
  );
  for (const machine of machines.values()) machine.onChange(reporter.hurry);
  const sender = startSender({
    outbox,
    client,
    contact,
    config: config.outbox,
    plantCode: plan.plantCode,
    retryMinMs: server.retryMinMs,
    retryMaxMs: server.retryMaxMs,
    log,
  });
  const stopping = new AbortController();
  const polling = Promise.all([pollPlan(), keepKey()]);

  return { ready: whenReady(), broken: outbox.broken, view, stop };

  async function keepKey(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await identity.refresh(stopping.signal);
        await pause(KEY_CHECK_MS, stopping.signal);
      } catch (error) {
        if (!stopping.signal.aborted) log.warn(`the key cannot be changed yet (${messageOf(error)})`);
        await pause(server.retryMaxMs, stopping.signal);
      }
    }
  }

  async function pollPlan(): Promise<void> {
    let problem = '';
    while (!stopping.signal.aborted) {
      await pause(server.pollMs, stopping.signal);
      try {
        const next = await fetchPlan(client, config, stopping.signal);
        problem = '';
        if (JSON.stringify(next) === JSON.stringify(plan)) continue;
        plan = next;
        await cachePlan(config.home, next);
        slots.assign(modelsOf(next));
      } catch (error) {
        // The line goes on with what it has; an unreachable server is told by the contact.
        const message = error instanceof PlanError ? error.message : '';
        if (message !== problem && message !== '') log.error(message);
        problem = message;
      }
    }
  }

  async function whenReady(): Promise<void> {
    const isSettled = ({ planned: { cameraId } }: RunningCamera) =>
      slots.current(cameraId) !== undefined || slots.problem(cameraId) !== undefined;
    const runs = ({ planned: { cameraId } }: RunningCamera) => slots.current(cameraId) !== undefined;
    while (!stopping.signal.aborted && !(cameras.every(isSettled) && cameras.some(runs)))
      await slots.changed(stopping.signal);
  }

  async function stop(): Promise<void> {
    stopping.abort();
    await Promise.all(cameras.map(({ pipeline }) => pipeline.stop(FINISH_FRAMES_MS)));
    await Promise.all([
      ...cameras.map(({ source }) => source.stop()),
      ...[...machines.values()].map((machine) => machine.stop()),
      slots.stop(),
      reporter.stop(),
      sender.stop(),
      polling,
    ]);
    await outbox.close();
  }
}

/** From the server, or from the last start when it does not answer soon; without either it waits for the server. */
async function firstPlan(
  client: ServerClient,
  config: EdgeConfig,
  log: Logger,
  signal: AbortSignal,
): Promise<NodePlan> {
  const cached = await readCachedPlan(config);
  const backOff = createBackOff(config.server.retryMinMs, config.server.retryMaxMs);
  let isTold = false;
  for (;;) {
    try {
      const patience = cached ? AbortSignal.any([signal, AbortSignal.timeout(FIRST_PLAN_MS)]) : signal;
      const plan = await fetchPlan(client, config, patience);
      await cachePlan(config.home, plan);
      return plan;
    } catch (error) {
      if (signal.aborted) throw error;
      if (cached) {
        log.warn(`the server gives no plan (${messageOf(error)}); starting with the last one`);
        return cached;
      }
      if (error instanceof PlanError) throw error;
      if (!isTold)
        log.warn(`server ${config.server.url}: ${messageOf(error)}; waiting for it, this node has no plan yet`);
      isTold = true;
      await pause(backOff.next(), signal);
    }
  }
}

async function startMachines(config: EdgeConfig, log: Logger): Promise<Map<string, Machine>> {
  if (config.machines.length === 0) return new Map();
  // node-opcua takes a second and 100 MB to load: only for a node that has a machine.
  const { createOpcuaMachine } = await import('./devices/opcua-machine.ts');
  return new Map(
    config.machines.map((machine) => [
      machine.line,
      createOpcuaMachine(machine, join(config.home, 'opcua', machine.line), log),
    ]),
  );
}

function startModels(config: EdgeConfig, client: ServerClient, log: Logger): ModelSlots {
  const { intraOpThreads, inferTimeoutMs, restartMinMs, restartMaxMs, maxArtifactBytes } = config.models;
  const store = createModelStore({
    folder: join(config.home, 'models'),
    trustedKeys: config.trust.modelSigningKeys,
    maxBytes: maxArtifactBytes,
    stallMs: config.server.timeoutMs,
    download: client.download,
  });
  return createModelSlots({
    async start({ modelVersionId, artifact }, signal) {
      const path = await store.fetch(artifact, signal);
      const options = {
        modelVersionId,
        path,
        sha256: artifact.sha256,
        intraOpThreads,
        inferTimeoutMs,
        restartMinMs,
        restartMaxMs,
      };
      return await startModelProcess(options, log, signal);
    },
    keepOnly: store.keepOnly,
    retryMinMs: restartMinMs,
    retryMaxMs: restartMaxMs,
    log,
  });
}

async function startCameras(
  plan: NodePlan,
  config: EdgeConfig,
  outbox: Outbox,
  slots: ModelSlots,
  machines: Map<string, Machine>,
  log: Logger,
): Promise<RunningCamera[]> {
  const entries = config.stations.flatMap(({ station, line, cameras }) =>
    cameras.map((entry) => ({ ...entry, station, line })),
  );
  return await Promise.all(
    entries.map(async ({ station, line, camera, source: sourceConfig }) => {
      const planned = plan.cameras.find(
        (known) => known.station === station && known.line === line && known.camera === camera,
      );
      if (!planned) throw new PlanError(`camera ${line}/${station}/${camera} is not in the plan`);
      const source = await createFolderCamera(`${line}/${station}/${camera}`, sourceConfig, outbox, log);
      const machine = machines.get(line);
      const pipeline = startPipeline({
        cameraId: planned.cameraId,
        framesInFlight: config.pipeline.framesInFlight,
        nextImage: source.next,
        currentModel: () => slots.current(planned.cameraId),
        modelChanged: slots.changed,
        async roomForResult(signal) {
          const reason = outbox.fullness();
          if (reason === undefined) return;
          log.warn({ camera }, `${reason}; images stay with their source until there is room`);
          await outbox.room(signal);
          if (!signal.aborted) log.info({ camera }, 'the outbox has room again');
        },
        joinContext: async (instantMs) => (machine ? await machine.contextAt(instantMs) : null),
        commit: (result, image, sourceKey) =>
          outbox.put({ id: result.id, body: JSON.stringify(result), image, sourceKey }),
        warn: (message) => log.warn({ camera }, message),
      });
      return { planned, source, pipeline };
    }),
  );
}

function modelsOf(plan: NodePlan) {
  return new Map(plan.cameras.map(({ cameraId, model }) => [cameraId, model]));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
