import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ClientSession, makeBrowsePath, OPCUACertificateManager, OPCUAClient } from 'node-opcua';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { MachineConfig } from '../../edge/config/machine-config.ts';
import type { Machine } from '../../edge/devices/device.ts';
import { createOpcuaMachine } from '../../edge/devices/opcua-machine.ts';
import { type LineProcess, spawnLines } from '../support/spawn-lines.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

const program = fileURLToPath(new URL('../plant/machine.ts', import.meta.url));
const UNIT = '/Objects/P:PackMLObjects/V:line-1';
const NAMESPACES = { P: 'http://opcfoundation.org/UA/PackML/', V: 'urn:lehr:plant:bottle-line' };

let folder: TemporaryFolder;
let plant: LineProcess;
let machine: Machine;
let port: number;

beforeAll(async () => {
  folder = await makeTemporaryFolder('opcua');
  plant = await startPlant(0);
}, 60_000);

afterAll(async () => {
  await plant.stop();
  await folder.remove();
});

beforeEach(async () => {
  machine = createOpcuaMachine(configure(), join(folder.path, 'pki'), pino({ level: 'silent' }));
  await expect.poll(() => machine.isConnected, { timeout: 20_000 }).toBe(true);
}, 60_000);

afterEach(async () => {
  await expect.poll(stateNow, { timeout: 10_000 }).toMatch(/^(Execute|Held)$/);
  if (stateNow() === 'Held') await command('Unhold');
  await machine.stop();
});

async function startPlant(onPort: number): Promise<LineProcess> {
  const flags = [
    '--port',
    String(onPort),
    '--lines',
    'line-1',
    '--state',
    join(folder.path, 'state.json'),
    '--acting-ms',
    '50',
  ];
  const started = await spawnLines(process.execPath, [program, ...flags]);
  const [, listening] = await started.waitForLine(/"port":(\d+)/, 40_000);
  port = Number(listening);
  return started;
}

function configure(): MachineConfig {
  return {
    line: 'line-1',
    endpoint: `opc.tcp://127.0.0.1:${port}`,
    publishingIntervalMs: 50,
    samplingIntervalMs: 20,
    fastPublishingIntervalMs: 20,
    retryPathsMs: 10_000,
    reresolveMs: 10_000,
    badAfterMs: 10_000,
    firstValueMs: 3_000,
    staleAfterMs: 1_000,
    historyMs: 60_000,
    historyEntries: 1_000,
    namespaces: NAMESPACES,
    signals: {
      machineState: { path: `${UNIT}/V:Process/V:StateName` },
      machineMode: { path: `${UNIT}/P:Status/P:UnitModeCurrent` },
      speedPerMin: { path: `${UNIT}/P:Status/P:CurMachSpeed`, unit: '1/min' },
      batchCode: { path: `${UNIT}/V:Process/V:Batch` },
      humidityPercent: { path: `${UNIT}/V:Process/V:AmbientHumidity`, unit: '%RH' },
      encoderMm: { path: `${UNIT}/V:Process/V:EncoderPosition`, unit: 'mm' },
      noSuchThing: { path: `${UNIT}/V:Process/V:Nothing` },
    },
  };
}

/** Calls a method of the line's execute state, as a person at the machine would. */
async function command(name: 'Hold' | 'Unhold'): Promise<void> {
  const rootFolder = join(folder.path, 'command-pki');
  const clientCertificateManager = new OPCUACertificateManager({ rootFolder, disableFileWatchers: true });
  const client = OPCUAClient.create({ endpointMustExist: false, clientCertificateManager });
  await client.withSessionAsync(`opc.tcp://127.0.0.1:${port}`, async (session) => {
    const owner = await nodeAt(session, `${UNIT}/P:BaseStateMachine/P:MachineState/P:ExecuteState`);
    const method = await nodeAt(session, `${UNIT}/P:BaseStateMachine/P:MachineState/P:ExecuteState/P:${name}`);
    const result = await session.call({ objectId: owner, methodId: method, inputArguments: [] });
    if (!result.statusCode.isGood()) throw new Error(`${name}: ${result.statusCode}`);
  });
}

async function nodeAt(session: ClientSession, path: string) {
  const uris = await session.readNamespaceArray();
  const indexed = path.replace(/\/([PV]):/g, (_match, prefix: 'P' | 'V') => `/${uris.indexOf(NAMESPACES[prefix])}:`);
  const { targets } = await session.translateBrowsePath(makeBrowsePath('RootFolder', indexed));
  const target = targets?.[0]?.targetId;
  if (!target) throw new Error(`no node at ${path}`);
  return target;
}

/** The first answer that fits. */
async function eventually<T>(ask: () => Promise<T>, fits: (answer: T) => boolean): Promise<T> {
  let answer = await ask();
  const take = async () => {
    answer = await ask();
    return fits(answer);
  };
  await expect.poll(take, { timeout: 10_000 }).toBe(true);
  return answer;
}

const stateNow = () => machine.now().state;
const reach = (state: string) => expect.poll(stateNow, { timeout: 10_000 }).toBe(state);

describe('joining the machine to an image', () => {
  it('gives the value that was true at the capture, not the present one', async () => {
    await reach('Execute');
    const executing = Date.now();
    await command('Hold');
    await reach('Held');
    const { sourceTime } = machine.now();
    const heldSince = Date.parse(sourceTime ?? '');
    expect(heldSince).toBeGreaterThan(executing);

    const stateAt = async (instantMs: number) => {
      const { machineState, signals } = await machine.contextAt(instantMs);
      return { machineState, signal: signals.find(({ name }) => name === 'machineState') };
    };
    const held = { name: 'machineState', value: 'Held', unit: null, quality: 'GOOD', sourceTime };
    expect((await stateAt(executing)).signal?.value).toBe('Execute');
    expect((await stateAt(heldSince - 10)).signal?.value).not.toBe('Held');
    // So close to a change the typed field is left out: it would be one state or the other.
    // Two milliseconds on, since the clocks are known no better.
    expect(await stateAt(heldSince + 2)).toEqual({ machineState: null, signal: { ...held, isAmbiguous: true } });
    expect(await stateAt(heldSince + 200)).toEqual({ machineState: 'Held', signal: held });
  });

  it('hears of a change that happens while the image is on its way', async () => {
    await reach('Execute');
    const calling = command('Hold');
    await calling;
    // The machine has left Execute at this instant, though its notification may still travel.
    const { signals } = await machine.contextAt(Date.now());
    expect(['Holding', 'Held']).toContain(signals.find(({ name }) => name === 'machineState')?.value);
  });

  it('fills the typed context, names the mode and keeps other signals with their unit', async () => {
    await reach('Execute');
    // Of a time ago by which a busy machine, too, has told all.
    const context = await eventually(
      () => machine.contextAt(Date.now() - 400),
      ({ signals }) => signals.every(({ name, quality }) => name === 'noSuchThing' || quality === 'GOOD'),
    );
    expect(context).toMatchObject({
      machineMode: 'Produce',
      batchCode: expect.stringMatching(/^B-\d+-/),
      speedPerMin: expect.any(Number),
      humidityPercent: expect.any(Number),
    });
    const encoder = context.signals.find(({ name }) => name === 'encoderMm');
    expect(encoder).toMatchObject({ unit: 'mm', quality: 'GOOD', value: expect.any(Number) });
    expect(context.signals.find(({ name }) => name === 'noSuchThing')).toMatchObject({ value: null, quality: 'BAD' });
  });

  it('says that nothing is known of a time before it listened', async () => {
    const context = await machine.contextAt(Date.now() - 3_600_000);
    expect(context.machineState).toBeNull();
    expect(context.signals.find(({ name }) => name === 'encoderMm')).toMatchObject({ value: null, quality: 'BAD' });
  });
});

describe('losing the machine', () => {
  it('calls values stale while it is gone and hears them again from a new process', async () => {
    await reach('Execute');
    const changes: string[] = [];
    machine.onChange(() => changes.push(machine.now().quality));
    plant.child.kill('SIGKILL');
    await plant.exit;
    await expect.poll(() => machine.now().quality, { timeout: 10_000 }).toBe('STALE');
    expect(machine.isConnected).toBe(false);
    expect(machine.now().state).toBe('Execute');
    const gone = Date.now();
    const context = await machine.contextAt(gone);
    expect(context.machineState).toBeNull();
    expect(context.signals.find(({ name }) => name === 'machineState')).toMatchObject({
      value: 'Execute',
      quality: 'STALE',
    });

    plant = await startPlant(port);
    await expect.poll(() => machine.now(), { timeout: 20_000 }).toMatchObject({ quality: 'GOOD', state: 'Execute' });
    expect(changes).toContain('STALE');
    // The new connection tells changes, not only its first values.
    await command('Hold');
    await reach('Held');
    // What was true while nobody listened stays unknown.
    const later = await machine.contextAt(gone);
    expect(later.machineState).toBeNull();
    expect(later.signals.find(({ name }) => name === 'machineState')?.quality).toBe('STALE');
  }, 90_000);

  it('notices a server that keeps the connection but says nothing', async () => {
    await reach('Execute');
    plant.child.kill('SIGSTOP');
    try {
      await expect.poll(() => machine.now().quality, { timeout: 15_000 }).toBe('STALE');
    } finally {
      plant.child.kill('SIGCONT');
    }
    await expect.poll(() => machine.now().quality, { timeout: 30_000 }).toBe('GOOD');
  }, 60_000);
});
