/** kill -9 of the reference MES client, again and again, while jobs run and parts pass: each effect is in its own database exactly once, in order. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createSeededRandom, type SeededRandom } from '../support/seeded-random.ts';
import { type LineProcess, spawnLines } from '../support/spawn-lines.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import type { ProofOptions, ProofResult } from './kit/run-proofs.ts';
import { compare, progressOf } from './mes-client/kept.ts';
import { openProofPlant } from './mes-client/plant.ts';
import { ITEMS_A_JOB, makeJob, nothingMade } from './mes-client/production.ts';

export const name = 'mes-client';
export const about =
  'n stream items while the MES client is killed once in every 1,000: its own database has each effect exactly once, in order';

const FULL_ITEMS = 100_000;
const ITEMS_A_KILL = 1_000;
const LINES = 2;
/** A client that has just been started is killed while it connects, one that has run while it replays or lives. */
const MAX_DELAY_MS = 700;
const FINISH_MS = 180_000;
const LOOK_MS = 100;
const client = fileURLToPath(new URL('../mes/mes-client.ts', import.meta.url));

export async function run({ n = FULL_ITEMS, seed, report }: ProofOptions): Promise<ProofResult> {
  const jobs = Math.max(1, Math.round(n / ITEMS_A_JOB / LINES));
  const items = jobs * LINES * ITEMS_A_JOB;
  const kills = Math.max(2, Math.round(n / ITEMS_A_KILL));
  const random = createSeededRandom(seed);
  await using folder = await makeTemporaryFolder('mes');
  await using plant = await openProofPlant(folder.path, LINES);
  report(`the server runs on ${plant.database}`);

  const file = join(folder.path, 'mes.sqlite');
  const configFile = join(folder.path, 'mes.json');
  const { url, plantId } = plant;
  const lineIds = plant.lines.map(({ id }) => id);
  await writeFile(configFile, JSON.stringify({ url, token: plant.mes.secret, database: file, plantId, lineIds }));
  const startClient = () =>
    spawnLines(process.execPath, ['--disable-warning=ExperimentalWarning', client, configFile], {});
  const running = { client: await startClient() };
  try {
    // From here on nothing may be missed: before, there was nothing.
    if (!(await until(FINISH_MS, () => progressOf(file).streams === LINES + 1)))
      throw new Error(`the client has no cursors: ${running.client.output.slice(-5).join('\n')}`);

    const made = nothingMade(plant);
    const killer = startKiller({ file, kills, items, random, running, startClient, report });
    const startedMs = performance.now();
    await Promise.all(
      plant.lines.map(async (line) => {
        for (let job = 0; job < jobs; job++) {
          await makeJob(plant, line, job, made);
          await killer.made(ITEMS_A_JOB);
        }
      }),
    );
    await killer.done();
    const productionS = (performance.now() - startedMs) / 1000;
    report(`${items} items are made; waiting for the last to be kept`);
    await until(FINISH_MS, () => progressOf(file).effects >= items);
    // What would come twice may still come.
    await sleep(2_000);
    await running.client.stop();
    const kept = compare(file, plantId, made);
    const counted = { items, ...killer.counted, ...kept };
    const { missing, twice, unknown, outOfOrder, holes, wrongCounts, gaps } = kept;
    const isExact = missing + twice + unknown + outOfOrder + holes + wrongCounts + gaps === 0;
    const holds = isExact && kept.effects === items && killer.counted.kills === kills;
    return { n: items, counted, database: plant.database, productionS: Math.round(productionS), holds };
  } finally {
    await running.client.stop();
  }
}

interface KillerOptions {
  file: string;
  kills: number;
  items: number;
  random: SeededRandom;
  running: { client: LineProcess };
  startClient(): Promise<LineProcess>;
  report(line: string): void;
}

/** Kills at random numbers of made items and a random time later, one kill after the other; who makes waits while two are due. */
function startKiller({ file, kills, items, random, running, startClient, report }: KillerOptions) {
  const moments = Array.from({ length: kills }, () => random.integer(items)).sort((a, b) => a - b);
  const counted = { kills: 0, killsAfterProgress: 0, killsBehind: 0 };
  const due: Promise<void>[] = [];
  let turn = Promise.resolve();
  let madeItems = 0;
  let before = 0;

  const kill = async (delayMs: number) => {
    await sleep(delayMs);
    const victim = running.client;
    victim.child.kill('SIGKILL');
    await victim.exit;
    const { effects } = progressOf(file);
    counted.kills += 1;
    if (effects > before) counted.killsAfterProgress += 1;
    if (effects < madeItems) counted.killsBehind += 1;
    before = effects;
    running.client = await startClient();
    if (counted.kills % 10 === 0) report(`${counted.kills} kills, ${madeItems} items made, ${effects} kept`);
  };

  return {
    counted,
    async made(count: number) {
      madeItems += count;
      while (moments[0] !== undefined && moments[0] < madeItems) {
        moments.shift();
        const delayMs = random.integer(MAX_DELAY_MS);
        turn = turn.then(() => kill(delayMs));
        due.push(turn);
      }
      // All but the last one.
      await due.at(-2);
    },
    done: () => turn,
  };
}

/** Whether it came true in time. */
async function until(limitMs: number, isTrue: () => boolean): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  while (performance.now() < deadline) {
    if (isTrue()) return true;
    await sleep(LOOK_MS);
  }
  return isTrue();
}
