/** Whether a model that the plan assigns can be had, is signed by somebody trusted, loads and runs here. */
import type { EdgeConfig } from '../config.ts';
import type { Logger } from '../log.ts';
import { startModelProcess } from '../models/model-process.ts';
import type { AssignedModel } from '../models/model-slots.ts';
import { createModelStore } from '../models/model-store.ts';
import type { NodePlan } from '../uplink/node-plan.ts';
import type { ServerClient } from '../uplink/server-client.ts';
import type { Finding } from './check-list.ts';

export interface ModelCheck {
  config: EdgeConfig;
  client: ServerClient;
  /** Where it is fetched to: not the home of a node that may be running. */
  folder: string;
  log: Logger;
  signal: AbortSignal;
}

/** By hash: each is tried once, however many cameras it judges for. */
export function modelsOf({ cameras }: NodePlan): Map<string, AssignedModel> {
  const models = cameras.flatMap(({ model, shadow }) => [model, shadow]).filter((model) => model !== null);
  return new Map(models.map((model) => [model.artifact.sha256, model]));
}

export async function checkModel(
  { modelVersionId, artifact }: AssignedModel,
  { config, client, folder, log, signal }: ModelCheck,
): Promise<Finding<void>> {
  const { trust, models, server } = config;
  const store = createModelStore({
    folder,
    trustedKeys: trust.modelSigningKeys,
    maxBytes: models.maxArtifactBytes,
    stallMs: server.timeoutMs,
    download: client.download,
  });
  const path = await store.fetch(artifact, signal);
  const options = { ...models, isShadow: false, modelVersionId, path, sha256: artifact.sha256 };
  const child = await startModelProcess(options, log, signal);
  await child.stop();
  return { result: undefined, told: `signed by a trusted key (${artifact.signingKeyId}), loads and runs` };
}
