/** The cameras of the node, each with its source and its pipeline. */
import type { ImageKeeper } from '../capture/image-keeper.ts';
import type { EdgeConfig } from '../config.ts';
import type { ImageSource, Machine } from '../devices/device.ts';
import type { StationGate } from '../gate/station-gate.ts';
import type { Logger } from '../log.ts';
import type { Meters } from '../metrics.ts';
import { type Pipeline, startPipeline } from '../pipeline/pipeline.ts';
import { type NodePlan, PlanError, type PlannedCamera } from '../uplink/node-plan.ts';
import type { Outbox } from '../uplink/outbox.ts';
import type { CameraSetups } from './camera-setups.ts';
import type { NodeModels } from './start-models.ts';
import { startSource, whenBehindOf } from './start-source.ts';
import { createRefusals, type Refusals } from './tell-refusals.ts';

export interface RunningCamera {
  planned: PlannedCamera;
  source: ImageSource;
  pipeline: Pipeline;
  refusals: Refusals;
}

export interface CameraSurroundings {
  config: EdgeConfig;
  outbox: Outbox;
  models: NodeModels;
  setups: CameraSetups;
  /** By line. */
  machines: ReadonlyMap<string, Machine>;
  /** By line and station. */
  gates: ReadonlyMap<string, StationGate>;
  keeper: ImageKeeper;
  meters: Meters;
  log: Logger;
}

/** Rejects with `PlanError` when the plan lacks a camera of the configuration. */
export async function startCameras(
  plan: NodePlan,
  { config, outbox, models, setups, machines, gates, keeper, meters, log }: CameraSurroundings,
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
      const machine = machines.get(line);
      const lineId = plan.lineIds[line];
      const refusals = createRefusals({ ...(lineId && { lineId }), cameraId: planned.cameraId }, outbox.putEvents);
      const parts = gates.get(`${line}/${station}`)?.tracker(camera);
      const source = await startSource(sourceConfig, {
        camera: `${line}/${station}/${camera}`,
        parts,
        memory: outbox,
        sizeOfSetup: () => setups.referenceSize(planned.cameraId, machine?.now().recipeCode ?? null),
        onRejected: refusals.add,
        log,
      });
      const pipeline = startPipeline({
        cameraId: planned.cameraId,
        framesInFlight: config.pipeline.framesInFlight,
        nextImage: source.next,
        whenBehind: config.pipeline.whenBehind ?? whenBehindOf(sourceConfig),
        maxPending: config.pipeline.maxPending,
        currentModel: () => models.active.current(planned.cameraId),
        shadowModel: () => models.shadow.current(planned.cameraId),
        modelChanged: models.active.changed,
        // Of the machine now: the verdict does not wait for the join.
        currentSetup: () => setups.current(planned.cameraId, machine?.now().recipeCode ?? null),
        parts,
        async roomForResult(signal) {
          const reason = outbox.fullness();
          if (reason === undefined) return;
          log.warn({ camera }, `${reason}; images stay with their source until there is room`);
          await outbox.room(signal);
          if (!signal.aborted) log.info({ camera }, 'the outbox has room again');
        },
        joinContext: async (instantMs) => (machine ? await machine.contextAt(instantMs) : null),
        async commit(result, image, sourceKey) {
          const capture = keeper.decide(result, image.bytes.byteLength);
          const { isKept, keepProbability } = capture;
          await outbox.put({
            id: result.id,
            body: JSON.stringify({ ...result, capture }),
            image: isKept ? { ...image, verdict: result.verdict, keepProbability } : null,
            sourceKey,
          });
          meters.inspected(camera, result.latencyMs);
        },
        warn: (message) => log.warn({ camera }, message),
      });
      return { planned, source, pipeline, refusals };
    }),
  );
}
