/** The models of the node: fetched into its home, verified, each in a child process; beside each camera's own the one that looks on. */
import { join } from 'node:path';
import type { EdgeConfig } from '../config.ts';
import type { Logger } from '../log.ts';
import { startModelProcess } from '../models/model-process.ts';
import { createModelSlots, type ModelSlots } from '../models/model-slots.ts';
import { createModelStore } from '../models/model-store.ts';
import { type NodeEvent, nodeEvent } from '../uplink/node-events.ts';
import type { NodePlan } from '../uplink/node-plan.ts';
import type { ServerClient } from '../uplink/server-client.ts';

export interface NodeModels {
  active: ModelSlots;
  shadow: ModelSlots;
  /** Returns at once; the switches follow when the models are warm. */
  assign(plan: NodePlan): void;
  stop(): Promise<void>;
}

export interface ModelSurroundings {
  config: EdgeConfig;
  client: ServerClient;
  putEvents(events: NodeEvent[]): Promise<void>;
  log: Logger;
}

export function startModels({ config, client, putEvents, log }: ModelSurroundings): NodeModels {
  const { intraOpThreads, inferTimeoutMs, restartMinMs, restartMaxMs, maxArtifactBytes } = config.models;
  const store = createModelStore({
    folder: join(config.home, 'models'),
    trustedKeys: config.trust.modelSigningKeys,
    maxBytes: maxArtifactBytes,
    stallMs: config.server.timeoutMs,
    download: client.download,
  });
  const needed = { active: new Set<string>(), shadow: new Set<string>() };
  const slotsFor = (role: keyof typeof needed) =>
    createModelSlots({
      async start({ modelVersionId, artifact }, signal) {
        const path = await store.fetch(artifact, signal);
        const options = {
          modelVersionId,
          path,
          sha256: artifact.sha256,
          intraOpThreads,
          isShadow: role === 'shadow',
          inferTimeoutMs,
          restartMinMs,
          restartMaxMs,
          onRestart(reason: string) {
            const data = { modelVersionId, isShadow: role === 'shadow', reason };
            const event = nodeEvent('MODEL_RESTARTED', Date.now(), { data });
            putEvents([event]).catch((error) => log.warn({ err: error }, `not kept: ${event.kind}`));
          },
        };
        return await startModelProcess(options, log, signal);
      },
      keepOnly: () => store.keepOnly(new Set([...needed.active, ...needed.shadow])),
      retryMinMs: restartMinMs,
      retryMaxMs: restartMaxMs,
      isOptional: role === 'shadow',
      log: role === 'shadow' ? log.child({ slot: 'shadow' }) : log,
    });
  const active = slotsFor('active');
  const shadow = slotsFor('shadow');

  return {
    active,
    shadow,
    assign({ cameras }) {
      needed.active = new Set(cameras.flatMap(({ model }) => (model ? [model.artifact.sha256] : [])));
      needed.shadow = new Set(cameras.flatMap((camera) => (camera.shadow ? [camera.shadow.artifact.sha256] : [])));
      active.assign(new Map(cameras.map(({ cameraId, model }) => [cameraId, model])));
      shadow.assign(new Map(cameras.map((camera) => [camera.cameraId, camera.shadow])));
    },
    async stop() {
      await Promise.all([active.stop(), shadow.stop()]);
    },
  };
}
