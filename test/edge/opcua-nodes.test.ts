import { join } from 'node:path';
import {
  DataType,
  resolveNodeId,
  StatusCodes,
  type UAVariable,
  VariableIds,
  Variant,
  VariantArrayType,
} from 'node-opcua';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MachineSchema } from '../../edge/config/machine-config.ts';
import type { SignalSample } from '../../edge/devices/device.ts';
import { inPortions } from '../../edge/devices/opcua-calls.ts';
import { createOpcuaMachine, type OpcuaMachine } from '../../edge/devices/opcua-machine.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { startOpcuaServer, TEST_URI, type TestServer, type TestServerOptions } from './kit/opcua-server.ts';

let folder: TemporaryFolder;
let server: TestServer;
let machine: OpcuaMachine | undefined;

beforeEach(async () => {
  folder = await makeTemporaryFolder('opcua-nodes');
});

afterEach(async () => {
  await machine?.stop();
  machine = undefined;
  await server.stop();
  await folder.remove();
});

async function serve(options: Partial<TestServerOptions> = {}): Promise<void> {
  server = await startOpcuaServer({ pki: join(folder.path, 'server'), offers: 'none', ...options });
}

function addNumber(browseName: string, nodeId: string, value = 0): UAVariable {
  return server.namespace.addVariable({
    browseName,
    nodeId,
    componentOf: server.folder,
    dataType: DataType.UInt32,
    minimumSamplingInterval: 0,
    value: { dataType: DataType.UInt32, value },
  });
}

const set = (variable: UAVariable, value: number) => variable.setValueFromSource({ dataType: DataType.UInt32, value });

function start(signals: object, settings: object = {}): OpcuaMachine {
  const config = MachineSchema.parse({
    line: 'line-1',
    endpoint: server.endpoint,
    namespaces: { T: TEST_URI },
    publishingIntervalMs: 50,
    retryPathsMs: 200,
    signals,
    ...settings,
  });
  machine = createOpcuaMachine(config, join(folder.path, 'pki'), pino({ level: 'silent' }));
  return machine;
}

const connected = () => expect.poll(() => machine?.isConnected, { timeout: 15_000 }).toBe(true);
const problem = () => expect.poll(() => machine?.problem, { timeout: 15_000 });
const signal = (name: string) => machine?.now().signals.find((each) => each.name === name);
/** Of the server's own description. */
const LIMIT_NODES = [
  VariableIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerRead,
  VariableIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerTranslateBrowsePathsToNodeIds,
  VariableIds.Server_ServerCapabilities_OperationLimits_MaxMonitoredItemsPerCall,
  VariableIds.Server_ServerCapabilities_MaxSubscriptionsPerSession,
];

const at = (name: string, more: object = {}) => ({ path: `/Objects/T:Machine/T:${name}`, ...more });

describe('a program download, which deletes nodes and makes them anew', () => {
  it('is told as bad values, and the nodes that stand at the paths afterwards are heard, the others all the while', async () => {
    await serve();
    const old = ['A', 'B'].map((name) => addNumber(name, `s=old.${name}`, 1));
    const other = addNumber('Other', 's=Other');
    const { onSample, nodeOf, granted } = start({
      a: at('A', { fast: true }),
      b: at('B'),
      other: at('Other', { fast: true }),
    });
    const heard: SignalSample[] = [];
    const others: unknown[] = [];
    onSample('a', (sample) => heard.push(sample));
    onSample('other', ({ value }) => others.push(value));
    let losses = 0;
    machine?.onChange(() => {
      if (!machine?.isConnected) losses++;
    });
    await connected();
    expect(nodeOf('a')).toMatch(/s=old\.A$/);
    expect(granted('a')).toEqual({ publishingMs: 20, samplingMs: expect.any(Number) });
    expect(heard.at(-1)).toMatchObject({ value: 1, quality: 'GOOD', type: 'UInt32', status: undefined });

    for (const node of old) server.namespace.deleteNode(node);
    await expect
      .poll(() => heard.at(-1))
      .toMatchObject({ quality: 'BAD', status: expect.stringMatching(/^BadNodeId/), value: null });
    await problem().toBe('does not give a (no node at its path), b (no node at its path)');
    expect(nodeOf('a')).toBeUndefined();
    for (let count = 1; count <= 20; count++) {
      set(other, count);
      await expect.poll(() => others.at(-1)).toBe(count);
      if (count === 10) for (const name of ['A', 'B']) addNumber(name, `s=new.${name}`, 7);
    }
    await expect.poll(() => heard.at(-1), { timeout: 10_000 }).toMatchObject({ value: 7, quality: 'GOOD' });
    await problem().toBeUndefined();
    expect(nodeOf('a')).toMatch(/s=new\.A$/);
    expect(signal('b')).toMatchObject({ value: 7, quality: 'GOOD' });
    await machine?.write('b', 8, 2_000);
    await expect.poll(() => signal('b')?.value).toBe(8);
    expect(others).toEqual([...Array(21).keys()]);
    expect(losses).toBe(0);
  }, 40_000);

  it('is looked for as well when the server only calls the value bad, and is told while it lasts', async () => {
    await serve();
    const old = addNumber('A', 's=old.A', 1);
    start({ a: at('A', { fast: true }) }, { reresolveMs: 1_500, badAfterMs: 300 });
    await connected();
    old.setValueFromSource({ dataType: DataType.UInt32, value: 1 }, StatusCodes.BadCommunicationError);
    await problem().toBe('gives no good value of a (BadCommunicationError); look at its source at the machine');
    expect(machine?.isConnected).toBe(true);
    for (const reference of server.folder.findReferencesEx('HasComponent'))
      if (String(reference.nodeId) === String(old.nodeId)) server.folder.removeReference(reference);
    addNumber('A', 's=new.A', 5);
    await expect.poll(() => signal('a'), { timeout: 10_000 }).toMatchObject({ value: 5, quality: 'GOOD' });
    await problem().toBeUndefined();
  }, 40_000);
});

describe('a signal that gives no value', () => {
  it('does not keep the others waiting, is named, and is known once it speaks', async () => {
    await serve();
    addNumber('A', 's=A', 3);
    const mute = addNumber('Mute', 's=Mute');
    let speak: (() => void) | undefined;
    mute.bindVariable(
      {
        refreshFunc: (callback) => {
          speak = () => callback(null, mute.readValue());
        },
      },
      true,
    );
    start({ a: at('A', { fast: true }), mute: at('Mute') }, { firstValueMs: 400, retryPathsMs: 60_000 });
    await connected();
    await problem().toBe('does not give mute (gives no value within 400 ms)');
    expect(signal('a')).toMatchObject({ value: 3, quality: 'GOOD' });
    await expect.poll(() => speak).toBeDefined();
    mute.bindVariable({ get: () => new Variant({ dataType: DataType.UInt32, value: 9 }) }, true);
    speak?.();
    await problem().toBeUndefined();
    await expect.poll(() => signal('mute')?.quality).toBe('GOOD');
  }, 30_000);
});

describe('what a server grants', () => {
  it.each([
    ['says', true],
    ['does not say', false],
  ])(
    'is kept where it %s so: items, paths and nodes for each call, one subscription in each session',
    async (_how, isSaid) => {
      await serve({
        limits: {
          maxNodesPerRead: 2,
          maxNodesPerBrowse: 3,
          maxNodesPerTranslateBrowsePathsToNodeIds: 4,
          maxMonitoredItemsPerCall: 5,
          subscriptions: 1,
        },
      });
      if (!isSaid) for (const id of LIMIT_NODES) server.namespace.addressSpace.deleteNode(resolveNodeId(id));
      const names = [...Array(23).keys()].map((index) => `N${index}`);
      for (const [index, name] of names.entries()) addNumber(name, `s=${name}`, index);
      const { granted } = start(
        Object.fromEntries(names.map((name, index) => [name, at(name, { fast: index % 2 === 0 })])),
      );
      await connected();
      await problem().toBeUndefined();
      expect(machine?.now().signals.map(({ value }) => value)).toEqual([...names.keys()]);
      // Those that are not fast are heard as often, too.
      expect(granted('N1')?.publishingMs).toBe(20);
    },
    30_000,
  );

  it('is found out where the server does not say it', async () => {
    const sizes: number[] = [];
    const answers = await inPortions([...Array(23).keys()], 1_000, async (portion) => {
      sizes.push(portion.length);
      if (portion.length > 6) throw new Error('the server says BadTooManyOperations (0x80100000)');
      return portion.map((item) => item * 2);
    });
    expect(answers).toEqual([...Array(23).keys()].map((item) => item * 2));
    expect(sizes).toEqual([23, 12, 6, 6, 6, 5]);
    const refused = inPortions([1, 2], 9, () => Promise.reject(new Error('BadSessionIdInvalid')));
    await expect(refused).rejects.toThrow('BadSessionIdInvalid');
  });

  it('is told when it is slower than asked', async () => {
    await serve({ leastMs: 1_000 });
    addNumber('A', 's=A');
    start({ a: at('A', { fast: true }) });
    await connected();
    await problem().toBe(
      "publishes fast signals every 1000 ms instead of 20 ms; lower the server's least publishing interval, or give fastPublishingIntervalMs what it grants",
    );
  }, 30_000);
});

describe('values as controllers give them', () => {
  const isList = (value: unknown) => Array.isArray(value) || ArrayBuffer.isView(value);
  const add = (browseName: string, dataType: DataType, value: unknown) =>
    server.namespace.addVariable({
      browseName,
      nodeId: `s=${browseName}`,
      componentOf: server.folder,
      dataType,
      ...(isList(value) ? { valueRank: 1 } : {}),
      value: { dataType, value, arrayType: isList(value) ? VariantArrayType.Array : VariantArrayType.Scalar },
    });

  it('are codes also as numbers, padded or NUL-ended texts and lists of characters', async () => {
    await serve();
    add('Number', DataType.UInt32, 4_711);
    add('Padded', DataType.String, '  B-7   ');
    add('Ended', DataType.String, 'R-1\u0000rest of before');
    add('Bytes', DataType.Byte, new Uint8Array([74, 45, 49, 32, 0, 88, ...Array(20).fill(0)]));
    start({
      productCode: at('Number'),
      batchCode: at('Padded'),
      recipeCode: at('Ended'),
      jobCode: at('Bytes'),
    });
    await connected();
    expect(machine?.now()).toMatchObject({ productCode: '4711', batchCode: 'B-7', recipeCode: 'R-1', jobCode: 'J-1' });
    await problem().toBeUndefined();
  }, 30_000);

  it('are told when they are no use, not only called bad', async () => {
    await serve();
    add('Flag', DataType.Boolean, true);
    add('State', DataType.Int32, 99);
    add('Long', DataType.String, 'x'.repeat(500));
    start({ batchCode: at('Flag'), machineState: at('State'), speedPerMin: at('Long') });
    await connected();
    await problem().toBe(
      [
        'batchCode is no use: true is no text of at most 100 characters; map another node',
        'machineState is no use: 99 has no name; name it in values',
        'speedPerMin is no use: a structure, too long, not finite or no plain text; its type is String',
      ].join('; '),
    );
    expect(signal('batchCode')).toMatchObject({ value: true, quality: 'BAD' });
  }, 30_000);
});
