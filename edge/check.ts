/** `--check`: is this node fit to run? One line for each thing looked at; the line is not touched. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EdgeConfig } from './config.ts';
import type { Logger } from './log.ts';
import { startModelProcess } from './models/model-process.ts';
import { createModelStore } from './models/model-store.ts';
import { readIdentity } from './uplink/node-identity.ts';
import { fetchPlan, type NodePlan } from './uplink/node-plan.ts';
import { createServerClient, type ServerClient } from './uplink/server-client.ts';

/** True when all is well. */
export async function checkNode(config: EdgeConfig, log: Logger, say: (line: string) => void): Promise<boolean> {
  let isWell = true;
  const attempt = async <T>(what: string, work: () => Promise<{ result: T; told: string }>): Promise<T | undefined> => {
    try {
      const { result, told } = await work();
      say(`ok    ${what}: ${told}`);
      return result;
    } catch (error) {
      isWell = false;
      const message = error instanceof Error ? error.message : String(error);
      say(`wrong ${what}: ${message.replace(/\s+/g, ' ').trim()}`);
      return undefined;
    }
  };
  say(
    `ok    configuration: node ${config.node}, ${config.stations.length} stations, ${config.machines.length} machines`,
  );

  const { signal } = new AbortController();
  let client: ServerClient | undefined;
  const plan = await attempt('server', async () => {
    client = createServerClient(config.server, await readIdentity(config));
    const result = await fetchPlan(client, config, signal);
    return {
      result,
      told: `${config.server.url} knows this node, plant ${result.plantCode}, ${result.cameras.length} cameras`,
    };
  });
  // The running node may hold its home: nothing is written there.
  const folder = await mkdtemp(join(tmpdir(), 'lehr-check-'));
  try {
    for (const machine of config.machines)
      await attempt(`machine of ${machine.line}`, () => checkMachine(machine, folder));
    for (const [sha256, model] of modelsOf(plan)) {
      await attempt(`model ${sha256.slice(0, 12)}…`, () => checkModel(model, config, folder, log));
    }
    for (const { camera, model } of plan?.cameras ?? []) {
      if (!model) say(`note  camera ${camera}: no model is assigned to it`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return isWell;

  async function checkModel(model: Model, { trust, models }: EdgeConfig, folder: string, log: Logger) {
    const store = createModelStore({
      folder,
      trustedKeys: trust.modelSigningKeys,
      maxBytes: models.maxArtifactBytes,
      stallMs: config.server.timeoutMs,
      download: (path, offset, until) => {
        if (!client) throw new Error('the server was not reached');
        return client.download(path, offset, until);
      },
    });
    const path = await store.fetch(model.artifact, signal);
    const { sha256 } = model.artifact;
    const child = await startModelProcess(
      { ...models, modelVersionId: model.modelVersionId, path, sha256 },
      log,
      signal,
    );
    await child.stop();
    return { result: undefined, told: `signed by a trusted key (${model.artifact.signingKeyId}), loads and runs` };
  }
}

type Model = NonNullable<NodePlan['cameras'][number]['model']>;

function modelsOf(plan: NodePlan | undefined): Map<string, Model> {
  const models = (plan?.cameras ?? []).flatMap(({ model }) => (model ? [model] : []));
  return new Map(models.map((model) => [model.artifact.sha256, model]));
}

async function checkMachine(machine: EdgeConfig['machines'][number], folder: string) {
  const { connectOpcua } = await import('./devices/opcua-connection.ts');
  const bad = new Set<string>();
  const connection = await connectOpcua(machine, join(folder, machine.line), {
    alive: () => {},
    value: (name, { quality }) => (quality === 'GOOD' ? bad.delete(name) : bad.add(name)),
  });
  await connection.close();
  if (connection.missing.length > 0)
    throw new Error(`${machine.endpoint} has no node at the path of ${connection.missing.join(', ')}`);
  const count = Object.keys(machine.signals).length;
  return {
    result: undefined,
    told: `${machine.endpoint} gives ${count} signals${bad.size > 0 ? `, not good: ${[...bad].join(', ')}` : ''}`,
  };
}
