import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AccessLevelFlag, DataType, standardUnits } from 'node-opcua';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { MachineSchema } from '../../edge/config/machine-config.ts';
import type { SignalSample } from '../../edge/devices/device.ts';
import { createOpcuaMachine, type OpcuaMachine } from '../../edge/devices/opcua-machine.ts';
import { indexNamespaces, parseNodeId } from '../../edge/devices/opcua-paths.ts';
import { spawnLines } from '../support/spawn-lines.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { startOpcuaServer, TEST_URI, type TestServer } from './kit/opcua-server.ts';

let folder: TemporaryFolder;
let server: TestServer;
let machine: OpcuaMachine | undefined;

beforeAll(async () => {
  folder = await makeTemporaryFolder('opcua-mapping');
  server = await startOpcuaServer({
    pki: join(folder.path, 'server'),
    offers: 'none',
    addNodes(namespace, parent) {
      namespace.addAnalogDataItem({
        browseName: 'Speed',
        nodeId: 's=Line1.Speed',
        componentOf: parent,
        dataType: DataType.Double,
        engineeringUnits: standardUnits.metre_per_second,
        engineeringUnitsRange: { low: 0, high: 10 },
        value: { dataType: DataType.Double, value: 1.5 },
        accessLevel: AccessLevelFlag.CurrentRead,
        userAccessLevel: AccessLevelFlag.CurrentRead,
      });
      for (const [browseName, dataType, value] of [
        ['GateCommand', DataType.Boolean, false],
        ['Trigger', DataType.UInt32, 0],
        ['State', DataType.String, 'HELD'],
        ['Mode', DataType.String, 'Wartung'],
        ['Step', DataType.String, 'toString'],
      ] as const) {
        namespace.addVariable({
          browseName,
          componentOf: parent,
          dataType,
          minimumSamplingInterval: 0,
          value: { dataType, value },
        });
      }
    },
  });
}, 60_000);

afterEach(async () => {
  await machine?.stop();
  machine = undefined;
});

afterAll(async () => {
  await server.stop();
  await folder.remove();
});

function start(settings: object, endpoint = server.endpoint): OpcuaMachine {
  const config = MachineSchema.parse({
    line: 'line-1',
    endpoint,
    namespaces: { T: TEST_URI, V: 'urn:lehr:plant:bottle-line', P: 'http://opcfoundation.org/UA/PackML/' },
    publishingIntervalMs: 50,
    retryPathsMs: 100,
    ...settings,
  });
  machine = createOpcuaMachine(config, join(folder.path, 'pki'), pino({ level: 'silent' }));
  return machine;
}

const connected = () => expect.poll(() => machine?.isConnected, { timeout: 15_000 }).toBe(true);
const signal = (name: string) => machine?.now().signals.find((each) => each.name === name);

describe('mapping nodes', () => {
  it('finds one by path or id, with the unit that the server gives it where the configuration gives none', async () => {
    start({
      signals: {
        byPath: { path: '/Objects/T:Machine/T:Speed', unit: 'm/min' },
        byPrefix: { nodeId: 'T:s=Line1.Speed' },
        byUri: { nodeId: `nsu=${TEST_URI};s=Line1.Speed` },
      },
    });
    await connected();
    expect(signal('byPath')).toMatchObject({ value: 1.5, unit: 'm/min', quality: 'GOOD' });
    expect(signal('byPrefix')).toMatchObject({ value: 1.5, unit: 'm/s', quality: 'GOOD' });
    expect(signal('byUri')).toMatchObject({ value: 1.5, unit: 'm/s', quality: 'GOOD' });
    expect(machine?.problem).toBeUndefined();
  });

  it('goes on without what is missing, says so, and takes it when it appears', async () => {
    start({
      signals: {
        speed: { path: '/Objects/T:Machine/T:Speed' },
        late: { path: '/Objects/T:Machine/T:Late' },
        alsoLate: { nodeId: 'T:s=AlsoLate', fast: true },
      },
    });
    await connected();
    expect(signal('late')).toMatchObject({ value: null, quality: 'BAD' });
    expect(machine?.problem).toBe('does not give late (no node at its path), alsoLate (BadNodeIdUnknown)');
    const value = { dataType: DataType.String, value: 'here' };
    server.namespace.addVariable({ browseName: 'Late', componentOf: server.folder, dataType: 'String', value });
    server.namespace.addVariable({
      browseName: 'AlsoLate',
      nodeId: 's=AlsoLate',
      componentOf: server.folder,
      dataType: 'String',
      value,
    });
    await expect.poll(() => signal('late'), { timeout: 10_000 }).toMatchObject({ value: 'here', quality: 'GOOD' });
    await expect.poll(() => machine?.problem).toBeUndefined();
    expect(signal('alsoLate')).toMatchObject({ value: 'here', quality: 'GOOD' });
  });

  it('counts namespaces as this server does, and names a prefix that the configuration lacks', () => {
    const uris = ['http://opcfoundation.org/UA/', 'urn:a', 'urn:b'];
    expect(indexNamespaces('/Objects/B:x/y', { B: 'urn:b' }, uris)).toBe('/Objects/2:x/y');
    expect(indexNamespaces('/Objects/C:x', { C: 'urn:c' }, uris)).toBeUndefined();
    expect(() => indexNamespaces('/Objects/D:x', {}, uris)).toThrow('the prefix D is not in namespaces');
    expect(String(parseNodeId('B:s=x;y', { B: 'urn:b' }, uris))).toBe('ns=2;s=x;y');
    expect(String(parseNodeId('nsu=urn:a;i=7', {}, uris))).toBe('ns=1;i=7');
    expect(parseNodeId('nsu=urn:c;i=7', {}, uris)).toBeUndefined();
    expect(String(parseNodeId('ns=3;i=7', {}, uris))).toBe('ns=3;i=7');
  });
});

describe('telling and asking a machine', () => {
  const signals = {
    gateCommand: { path: '/Objects/T:Machine/T:GateCommand', fast: true },
    trigger: { path: '/Objects/T:Machine/T:Trigger', fast: true },
    speed: { path: '/Objects/T:Machine/T:Speed' },
  };

  it('writes a value in the type of its node, and hears each sample in order until it is told to stop', async () => {
    const { write, onSample } = start({ signals });
    const commands: SignalSample[] = [];
    onSample('gateCommand', (sample) => commands.push(sample));
    await connected();
    await write('gateCommand', true, 2_000);
    await write('gateCommand', false, 2_000);
    await expect.poll(() => commands.map(({ value }) => value)).toEqual([false, true, false]);
    const times = commands.slice(1).map(({ sourceMs }) => sourceMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));

    const triggers: unknown[] = [];
    const stop = onSample('trigger', ({ value }) => triggers.push(value));
    await write('trigger', 1, 2_000);
    await expect.poll(() => triggers).toEqual([1]);
    stop();
    await write('trigger', 2, 2_000);
    await expect.poll(() => signal('trigger')?.value).toBe(2);
    expect(triggers).toEqual([1]);
  });

  it('refuses, with the reason, what cannot be written', async () => {
    const { write, onSample } = start({ signals });
    await expect(write('gateCommand', true, 100)).rejects.toThrow('the machine is not connected');
    await connected();
    await expect(write('gateCommand', 'open', 1_000)).rejects.toThrow('of type Boolean and takes no "open"');
    await expect(write('speed', 2, 1_000)).rejects.toThrow(/does not take 2 for speed: Bad\w+/);
    await expect(write('noSuchThing', 2, 1_000)).rejects.toThrow('it is not mapped');
    expect(() => onSample('noSuchThing', () => {})).toThrow('no signal noSuchThing is mapped; add it to signals');
    expect(Math.abs(machine?.clockOffset()?.offsetMs ?? Number.NaN)).toBeLessThan(50);
  });
});

describe('the words of a machine', () => {
  const path = (name: string) => `/Objects/T:Machine/T:${name}`;
  const told = (mode: object) => {
    start({ signals: { machineState: { path: path('State') }, machineMode: { path: path('Mode'), ...mode } } });
    return expect.poll(() => machine?.now().mode, { timeout: 15_000 });
  };

  it('become those of PackML, whatever their spelling, and what the configuration calls them', async () => {
    await told({ values: { Wartung: 'MAINTENANCE' } }).toBe('Maintenance');
    expect(machine?.now().state).toBe('Held');
  });

  it('stay as they are where neither knows them', async () => {
    await told({ values: { Hand: 'Manual' } }).toBe('Wartung');
    await machine?.stop();
    start({ signals: { step: { path: path('Step'), values: { 1: 'Filling' } } } });
    await expect.poll(() => signal('step')?.value, { timeout: 15_000 }).toBe('toString');
  });
});

describe('recognising a PackML unit', () => {
  const program = fileURLToPath(new URL('../plant/machine.ts', import.meta.url));
  const flags = ['--lines', 'line-1,line-2', '--acting-ms', '50'];

  it('finds state, mode and speed by their types; several units are told apart by a path, and own signals win', async () => {
    await using plant = await spawnLines(process.execPath, [program, ...flags]);
    const [, port] = await plant.waitForLine(/"port":(\d+)/, 60_000);
    const endpoint = `opc.tcp://127.0.0.1:${port}`;
    start({ packml: true }, endpoint);
    await expect.poll(() => machine?.problem, { timeout: 15_000 }).toContain('several PackML units (line-1, line-2)');
    await machine?.stop();

    const unit = '/Objects/P:PackMLObjects/V:line-2';
    const own = { machineMode: { path: `${unit}/P:Status/P:UnitModeCurrent`, values: { 1: 'Filling' } } };
    start({ packml: { unit }, signals: own }, endpoint);
    await expect.poll(() => machine?.now().state, { timeout: 15_000 }).toBe('Execute');
    await expect.poll(() => machine?.now().speedPerMin).toBeGreaterThan(0);
    expect(machine?.now().mode).toBe('Filling');
    await expect.poll(() => machine?.problem).toBeUndefined();
  }, 90_000);
});
