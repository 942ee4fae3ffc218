import { join } from 'node:path';
import { DataType, StatusCodes, type UAVariable } from 'node-opcua';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MachineSchema } from '../../edge/config/machine-config.ts';
import { createOpcuaMachine, type MachineEvent, type OpcuaMachine } from '../../edge/devices/opcua-machine.ts';
import type { MachineContext } from '../../edge/pipeline/frame.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { startOpcuaServer, TEST_URI, type TestServer } from './kit/opcua-server.ts';

const HOUR_MS = 3_600_000;
const SETTLED_MS = 400;

let folder: TemporaryFolder;
let server: TestServer;
let machine: OpcuaMachine;
let events: MachineEvent[];
const nodes = new Map<string, UAVariable>();

beforeEach(async () => {
  folder = await makeTemporaryFolder('opcua-stamps');
  server = await startOpcuaServer({
    pki: join(folder.path, 'server'),
    offers: 'none',
    addNodes(namespace, componentOf) {
      for (const browseName of ['Batch', 'Recipe'])
        nodes.set(browseName, namespace.addVariable({ browseName, componentOf, dataType: 'String' }));
    },
  });
  say('Batch', 'B-1', -60_000);
  say('Recipe', 'R-1', -60_000);
  const config = MachineSchema.parse({
    line: 'line-1',
    endpoint: server.endpoint,
    namespaces: { T: TEST_URI },
    publishingIntervalMs: 50,
    samplingIntervalMs: 20,
    signals: {
      batchCode: { path: '/Objects/T:Machine/T:Batch' },
      recipeCode: { path: '/Objects/T:Machine/T:Recipe', fast: true },
    },
  });
  events = [];
  const log = pino({ level: 'silent' });
  machine = createOpcuaMachine(config, join(folder.path, 'pki'), log, (event) => events.push(event));
  await expect.poll(() => machine.isConnected, { timeout: 15_000 }).toBe(true);
}, 60_000);

afterEach(async () => {
  await machine.stop();
  await server.stop();
  await folder.remove();
});

function say(name: string, value: string, stampOffMs = 0): void {
  const at = new Date(Date.now() + stampOffMs);
  nodes.get(name)?.setValueFromSource({ dataType: DataType.String, value }, StatusCodes.Good, at);
}

/** The first context of an instant of which the machine has told all. */
async function settled(instantMs: number): Promise<MachineContext> {
  await expect.poll(() => Date.now() - instantMs).toBeGreaterThan(SETTLED_MS);
  return await machine.contextAt(instantMs);
}

const unsure = () => events.filter(({ kind }) => kind === 'context-unsure');

it('takes values whose stamps went back an hour for what they are: the present ones, from their arrival on', async () => {
  const first = await settled(Date.now());
  expect(first).toMatchObject({ batchCode: 'B-1', recipeCode: 'R-1' });
  const instants: number[] = [];
  for (const number of [2, 3]) {
    const fromMs = Date.now();
    say('Batch', `B-${number}`, -HOUR_MS);
    say('Recipe', `R-${number}`, -HOUR_MS);
    await expect.poll(() => machine.now()).toMatchObject({ batchCode: `B-${number}`, recipeCode: `R-${number}` });
    // Between the change at the machine and its arrival nobody knows which it was.
    const { batchCode, signals } = await machine.contextAt(fromMs + 1);
    expect([null, `B-${number - 1}`]).toContain(batchCode);
    expect(signals.every(({ isAmbiguous }) => isAmbiguous)).toBe(true);
    const instantMs = Date.now() + SETTLED_MS;
    expect(await settled(instantMs)).toMatchObject({ batchCode: `B-${number}`, recipeCode: `R-${number}` });
    instants.push(instantMs);
  }
  // Also when it is asked late.
  expect(await machine.contextAt(instants[0] ?? 0)).toMatchObject({ batchCode: 'B-2', recipeCode: 'R-2' });
  await expect.poll(() => unsure().length).toBe(2);
  for (const event of unsure())
    if (event.kind === 'context-unsure') expect(Math.abs(event.byMs - HOUR_MS)).toBeLessThan(5_000);
  await expect
    .poll(() => machine.problem)
    .toMatch(
      /the times of batchCode are 3600\.\d s behind its values, which count from their arrival; have its source/,
    );

  say('Batch', 'B-4');
  say('Recipe', 'R-4');
  await expect.poll(() => machine.problem, { timeout: 5_000 }).toBeUndefined();
  expect(await settled(Date.now() + SETTLED_MS)).toMatchObject({ batchCode: 'B-4', recipeCode: 'R-4' });
  expect(unsure()).toHaveLength(2);
}, 60_000);

it('says nothing of a value that is old since nothing has changed, or that was bad in between', async () => {
  const node = nodes.get('Batch');
  const value = { dataType: DataType.String, value: 'B-1' };
  node?.setValueFromSource(value, StatusCodes.BadCommunicationError);
  await expect.poll(() => machine.now().batchCode).toBeNull();
  node?.setValueFromSource(value, StatusCodes.Good, new Date(Date.now() - HOUR_MS));
  await expect.poll(() => machine.now().batchCode).toBe('B-1');
  const { port } = server;
  await server.stop();
  await expect.poll(() => machine.isConnected, { timeout: 10_000 }).toBe(false);
  server = await startOpcuaServer({
    pki: join(folder.path, 'server'),
    port,
    offers: 'none',
    addNodes(namespace, componentOf) {
      for (const browseName of ['Batch', 'Recipe'])
        nodes.set(browseName, namespace.addVariable({ browseName, componentOf, dataType: 'String' }));
      say('Batch', 'B-1', -HOUR_MS);
      say('Recipe', 'R-1', -30_000);
    },
  });
  await expect.poll(() => machine.isConnected, { timeout: 15_000 }).toBe(true);
  expect(await settled(Date.now())).toMatchObject({ batchCode: 'B-1', recipeCode: 'R-1' });
  expect(unsure()).toEqual([]);
  expect(machine.problem).toBeUndefined();
}, 60_000);
