/** One edge node: wires machines, cameras, models, outbox and uplink, and takes them down in the right order. */
import { createImageKeeper } from './capture/image-keeper.ts';
import type { EdgeConfig } from './config.ts';
import type { Logger } from './log.ts';
import { createMeters, type Meters } from './metrics.ts';
import { firstPlan, followPlan } from './node/follow-plan.ts';
import { keepKey } from './node/keep-key.ts';
import { type RunningCamera, startCameras } from './node/start-cameras.ts';
import { startGates } from './node/start-gates.ts';
import { startMachines } from './node/start-machines.ts';
import { startModels } from './node/start-models.ts';
import { startSetups } from './node/start-setups.ts';
import { watchDeadLetters } from './node/watch-dead-letters.ts';
import { watchDisk } from './node/watch-disk.ts';
import { describeStatus, type NodeView } from './node-status.ts';
import { openIdentity } from './uplink/node-identity.ts';
import { type Outbox, openOutbox } from './uplink/outbox.ts';
import { startSender } from './uplink/result-sender.ts';
import { createServerClient } from './uplink/server-client.ts';
import { createServerContact } from './uplink/server-contact.ts';
import { startStatusReporter } from './uplink/status-reporter.ts';

export interface EdgeNode {
  /** Resolves when the cameras run: each has its model, or a reason why not that is reported. */
  ready: Promise<void>;
  /** Resolves when the node cannot go on and has to be started again. */
  broken: Promise<Error>;
  view(): NodeView;
  meters: Meters;
  stop(): Promise<void>;
}

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
  const { machines, certificateExpiresAt } = await startMachines(plan, config, outbox, log);
  const models = startModels({ config, client, putEvents: outbox.putEvents, log });
  models.assign(plan);
  const setups = startSetups(config, client, log);
  setups.assign(plan);
  const meters = createMeters();
  const keeper = createImageKeeper({
    random: Math.random,
    now: () => performance.now(),
    roomLeft: () => 1 - outbox.counts.imageBytes / config.outbox.maxImageBytes,
  });
  keeper.setPolicy(plan.capturePolicy);
  const gates = await startGates(plan, { config, outbox, machines, log });
  const cameras = await startCameras(plan, { config, outbox, models, setups, machines, gates, keeper, meters, log });
  const deadLetters = watchDeadLetters(outbox, log);
  deadLetters.wish(plan.deadLetterRetryAt);

  let skewMs: number | undefined;
  let planProblem: string | undefined;
  const view = (): NodeView => ({
    startedAt,
    skewMs,
    outbox: outbox.counts,
    outboxLimits: config.outbox,
    deadLetters: deadLetters.newest,
    isServerUp: contact.isUp,
    certificateExpiresAt: certificateExpiresAt(),
    problem: outbox.fullness() ?? planProblem,
    machines: [...machines].map(([line, machine]) => ({
      line,
      lineId: plan.lineIds[line],
      now: machine.now(),
      isConnected: machine.isConnected,
      clockOffset: machine.clockOffset(),
      security: machine.security,
      problem: machine.problem,
    })),
    gates: [...gates.values()].map((gate) => gate.state()),
    cameras: cameras.map(({ planned, source, pipeline }) => ({
      cameraId: planned.cameraId,
      code: planned.camera,
      state: pipeline.state(),
      rejectedFiles: source.rejected,
      modelVersionId: models.active.current(planned.cameraId)?.modelVersionId,
      shadowModelVersionId: models.shadow.current(planned.cameraId)?.modelVersionId,
      problem:
        models.active.problem(planned.cameraId) ??
        outbox.fullness() ??
        source.problem ??
        pipeline.state().problem ??
        setups.problem(planned.cameraId) ??
        models.shadow.problem(planned.cameraId),
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
  const adopt = (next: typeof plan) => {
    plan = next;
    models.assign(next);
    setups.assign(next);
    deadLetters.wish(next.deadLetterRetryAt);
    keeper.setPolicy(next.capturePolicy);
  };
  const disagree = (problem: string | undefined) => {
    planProblem = problem;
  };
  const keeping = Promise.all([
    followPlan(plan, { client, config, log, adopt, disagree }, stopping.signal),
    keepKey(identity, server, log, stopping.signal),
    watchDisk(outbox, { home: config.home, minFreeBytes: config.outbox.minFreeBytes }, log, stopping.signal),
  ]);

  return { ready: whenReady(), broken: outbox.broken, view, meters, stop };

  async function whenReady(): Promise<void> {
    const isSettled = ({ planned: { cameraId } }: RunningCamera) =>
      models.active.current(cameraId) !== undefined || models.active.problem(cameraId) !== undefined;
    const runs = ({ planned: { cameraId } }: RunningCamera) => models.active.current(cameraId) !== undefined;
    while (!stopping.signal.aborted && !(cameras.every(isSettled) && cameras.some(runs)))
      await models.active.changed(stopping.signal);
  }

  async function stop(): Promise<void> {
    stopping.abort();
    await Promise.all(cameras.map(({ pipeline }) => pipeline.stop(FINISH_FRAMES_MS)));
    // While the machine still takes the end of a pulse.
    await Promise.all([...gates.values()].map((gate) => gate.stop()));
    await Promise.all([
      ...cameras.map(({ source }) => source.stop()),
      ...cameras.map(({ refusals }) => refusals.stop()),
      ...[...machines.values()].map((machine) => machine.stop()),
      models.stop(),
      setups.stop(),
      reporter.stop(),
      sender.stop(),
      deadLetters.stop(),
      keeping,
    ]);
    await outbox.close();
  }
}
