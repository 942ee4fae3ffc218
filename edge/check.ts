/** `--check`: is this node fit to run? One line for each thing looked at; neither the line nor a running node is touched. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkCamera } from './check/check-camera.ts';
import { checkHome } from './check/check-home.ts';
import { createCheckList } from './check/check-list.ts';
import { checkMachine } from './check/check-machine.ts';
import { checkModel, modelsOf } from './check/check-model.ts';
import { checkClock, checkPlan, checkReach } from './check/check-server.ts';
import { createNodeOwners } from './check/node-owners.ts';
import { findDoubts, findMissingModes } from './config/doubts.ts';
import type { ReadConfig } from './config.ts';
import type { Logger } from './log.ts';

/** True when all is well. */
export async function checkNode(
  { config, describe }: ReadConfig,
  log: Logger,
  say: (line: string) => void,
): Promise<boolean> {
  const list = createCheckList(say, describe);
  const { node, stations, machines } = config;
  list.ok('configuration', `node ${node}, ${stations.length} stations, ${machines.length} machines`);
  for (const mistake of findMissingModes(stations)) list.wrong('configuration', mistake);
  for (const doubt of findDoubts(stations)) list.note('configuration', doubt);
  await list.attempt('home', () => checkHome(config), ['home']);

  const { signal } = new AbortController();
  const skewMs = await list.attempt('server', () => checkReach(config), ['server', 'url']);
  if (skewMs !== undefined) await list.attempt('clock', () => checkClock(skewMs));
  const known = skewMs === undefined ? undefined : await list.attempt('plan', () => checkPlan(config, signal));

  const folder = await mkdtemp(join(tmpdir(), 'lehr-check-'));
  try {
    const owners = createNodeOwners();
    for (const [index, { line }] of machines.entries()) {
      const work = () => checkMachine(index, config, owners, folder);
      await list.attempt(`machine of ${line}`, work, ['machines', index, 'endpoint']);
    }
    for (const [index, { line, station, cameras }] of stations.entries()) {
      for (const [at, { camera, source }] of cameras.entries()) {
        const name = `${line}/${station}/${camera}`;
        const path = ['stations', index, 'cameras', at, 'source', source.kind === 'folder' ? 'path' : 'url'];
        await list.attempt(`camera ${name}`, () => checkCamera(name, source), path);
      }
    }
    if (known) {
      const surroundings = { config, client: known.client, folder, log, signal };
      for (const [sha256, model] of modelsOf(known.plan))
        await list.attempt(`model ${sha256.slice(0, 12)}…`, () => checkModel(model, surroundings));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return list.isWell;
}
