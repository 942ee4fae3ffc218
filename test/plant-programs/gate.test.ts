/** Trigger, gate and faults of the simulated machine as a client meets them over OPC UA, against the machine's own truth. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AttributeIds,
  ClientMonitoredItem,
  type ClientSession,
  type ClientSubscription,
  DataType,
  type DataValue,
  makeBrowsePath,
  type NodeId,
  OPCUACertificateManager,
  OPCUAClient,
  StatusCodes,
  TimestampsToReturn,
} from 'node-opcua';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Program, startMachine, until } from './program.ts';

const folder = mkdtempSync(join(tmpdir(), 'lehr-gate-test-'));
const SPEED_MM_PER_S = (300 / 60) * 150;
const GATE_MM = 1_200;

let machine: Program;
let client: OPCUAClient;
let session: ClientSession;
let subscription: ClientSubscription;
const samples: Record<string, { value: unknown; atMs: number }[]> = {};

beforeAll(async () => {
  const files = ['--pki', join(folder, 'pki'), '--truth', folder, '--state', join(folder, 'machine.json')];
  const started = await startMachine(['--speed', '300', '--acting-ms', '30', '--security', 'none', ...files]);
  machine = started.program;
  const clientCertificateManager = new OPCUACertificateManager({ rootFolder: join(folder, 'client-pki') });
  client = OPCUAClient.create({ endpointMustExist: false, clientCertificateManager });
  await client.connect(started.endpoint);
  session = await client.createSession();
  subscription = await session.createSubscription2({ requestedPublishingInterval: 10, publishingEnabled: true });
  for (const name of ['PartId', 'PartCounter', 'EncoderPosition', 'GateConfirmCount', 'GateConfirmPartId']) {
    const heard: (typeof samples)[string] = [];
    samples[name] = heard;
    const item = ClientMonitoredItem.create(
      subscription,
      { nodeId: await find(`V:Process/V:${name}`), attributeId: AttributeIds.Value },
      { samplingInterval: 0, queueSize: 1_000 },
      TimestampsToReturn.Source,
    );
    item.on('changed', ({ value, sourceTimestamp }: DataValue) =>
      heard.push({ value: value.value, atMs: sourceTimestamp?.getTime() ?? Number.NaN }),
    );
  }
}, 60_000);

afterAll(async () => {
  await session?.close();
  await client?.disconnect();
  await machine?.end();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

async function find(path: string): Promise<NodeId> {
  const uris = await session.readNamespaceArray();
  const p = uris.indexOf('http://opcfoundation.org/UA/PackML/');
  const v = uris.indexOf('urn:lehr:plant:bottle-line');
  const whole = `/Objects/${p}:PackMLObjects/${v}:line-1/${path.replaceAll('V:', `${v}:`).replaceAll('P:', `${p}:`)}`;
  const result = await session.translateBrowsePath(makeBrowsePath('RootFolder', whole));
  const target = result.targets?.[0]?.targetId;
  if (!target) throw new Error(`no ${whole}: ${result.statusCode.name}`);
  return target;
}

async function write(path: string, value: boolean): Promise<void> {
  const nodeId = await find(path);
  const written = { value: { dataType: DataType.Boolean, value } };
  expect(await session.write({ nodeId, attributeId: AttributeIds.Value, value: written })).toBe(StatusCodes.Good);
}

async function read(path: string): Promise<unknown> {
  return (await session.read({ nodeId: await find(path), attributeId: AttributeIds.Value })).value.value;
}

/** Waits for the next part and fires when it stands before the gate; gives its id. */
async function rejectNext(): Promise<string> {
  const command = await find('V:Process/V:GateCommand');
  const known = samples.PartId?.length ?? 0;
  const { value, atMs } = await until(() => samples.PartId?.[known]);
  // The ejector takes some 12 ms: the command goes out that much earlier.
  const dueMs = atMs + (GATE_MM / SPEED_MM_PER_S) * 1_000 - 12;
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - Date.now())));
  const send = (isOn: boolean) =>
    session.write({
      nodeId: command,
      attributeId: AttributeIds.Value,
      value: { value: { dataType: DataType.Boolean, value: isOn } },
    });
  await send(true);
  await send(false);
  return String(value);
}

interface Truth {
  partId: string;
  triggeredAtMs: number;
  isReported: boolean;
  isEjected: boolean;
}

function truths(): Truth[] {
  return readFileSync(join(folder, 'parts-line-1.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}
const truthOf = (partId: string) => until(() => truths().find((truth) => truth.partId === partId));
const confirmed = (partId: string) =>
  until(() => samples.GateConfirmPartId?.find(({ value }) => value === partId) || undefined);

describe('the trigger', () => {
  it('counts every part at the instant it passes the sensor, with its number', async () => {
    await until(() => (samples.PartId?.length ?? 0) > 12 || undefined);
    const ids = samples.PartId?.slice(2, 12) ?? [];
    const counts = samples.PartCounter ?? [];
    for (const [index, { value, atMs }] of ids.entries()) {
      const number = Number(String(value).slice(3));
      expect(counts.find((count) => count.value === number)?.atMs).toBe(atMs);
      const former = ids[index - 1];
      // 200 ms apart, as far as the bottles stand in their places (24 mm are 32 ms).
      if (former) expect(Math.abs(atMs - former.atMs - 200)).toBeLessThan(40);
    }
  });

  it('agrees with the encoder on the place of each part', () => {
    const encoder = samples.EncoderPosition ?? [];
    const moments = samples.PartId?.slice(4, 12) ?? [];
    for (const { value, atMs } of moments) {
      const after = encoder.findIndex((sample) => sample.atMs >= atMs);
      const [a, b] = [encoder[after - 1], encoder[after]];
      if (!a || !b) throw new Error('the encoder is silent');
      const mm = Number(a.value) + ((Number(b.value) - Number(a.value)) * (atMs - a.atMs)) / (b.atMs - a.atMs);
      expect(Math.abs(mm - Number(String(value).slice(3)) * 150)).toBeLessThan(15);
    }
  });
});

describe('the gate', () => {
  it('ejects the part that stands before it, and its drop sensor says so', async () => {
    // A busy computer may fire too late for the part; then it is the next one's turn.
    const partId = await until(async () => {
      const tried = await rejectNext();
      return (await truthOf(tried)).isEjected ? tried : undefined;
    });
    await confirmed(partId);
    const ejected = truths().filter(({ isEjected }) => isEjected);
    expect(ejected).toContainEqual(expect.objectContaining({ partId, isReported: true }));
    expect(await read('V:Process/V:GateConfirmCount')).toBe(ejected.length);
  }, 60_000);

  it('does nothing while it is jammed or switched off', async () => {
    const before = await read('V:Process/V:GateConfirmCount');
    for (const [path, broken] of [
      ['V:Faults/V:GateJammed', true],
      ['V:Process/V:GateEnabled', false],
    ] as const) {
      await write(path, broken);
      expect(await truthOf(await rejectNext())).toMatchObject({ isEjected: false });
      await write(path, !broken);
    }
    expect(await read('V:Process/V:GateConfirmCount')).toBe(before);
  }, 20_000);

  it('ejects a part that nobody asked for when told to err, once', async () => {
    const before = Number(await read('V:Process/V:GateConfirmCount'));
    await write('V:Faults/V:GateSpurious', true);
    await until(async () => (await read('V:Process/V:GateConfirmCount')) === before + 1 || undefined);
    expect(await read('V:Faults/V:GateSpurious')).toBe(false);
    const unasked = String(await read('V:Process/V:GateConfirmPartId'));
    expect(await truthOf(unasked)).toMatchObject({ isEjected: true });
  }, 20_000);
});

describe('the line', () => {
  it('lets a part pass unreported when the sensor loses it, and the counter tells with the next', async () => {
    await write('V:Faults/V:TriggerLost', true);
    const before = Number(await read('V:Process/V:PartCounter'));
    const lost = await until(() => truths().find(({ isReported }) => !isReported));
    expect(await read('V:Process/V:PartCounter')).toBe(before);
    await write('V:Faults/V:TriggerLost', false);
    const next = await until(() => samples.PartCounter?.find(({ value }) => Number(value) > before));
    expect(Number(next.value)).toBeGreaterThan(before + 1);
    expect(Number(lost.partId.slice(3))).toBe(before + 1);
  }, 20_000);

  it('suspends on request and goes on when its operator says so', async () => {
    await write('V:Process/V:LineStopRequest', true);
    await until(async () => (await read('V:Process/V:StateName')) === 'Suspended' || undefined);
    const standing = await until(async () => {
      const [a, b] = [await read('V:Process/V:EncoderPosition'), await read('V:Process/V:EncoderPosition')];
      return a === b ? a : undefined;
    });
    const owner = 'P:BaseStateMachine/P:MachineState/P:ExecuteState';
    const [objectId, methodId] = [await find(owner), await find(`${owner}/P:Unsuspend`)];
    expect((await session.call({ objectId, methodId, inputArguments: [] })).statusCode).toBe(StatusCodes.Good);
    expect(await read('V:Process/V:LineStopRequest')).toBe(false);
    await until(async () => Number(await read('V:Process/V:EncoderPosition')) > Number(standing) || undefined);
  }, 20_000);

  it('slips when told to: the encoder falls behind the parts', async () => {
    const drift = async () =>
      Number(await read('V:Process/V:EncoderPosition')) - 150 * Number(await read('V:Process/V:PartCounter'));
    const before = await drift();
    await write('V:Faults/V:EncoderSlip', true);
    await until(async () => (await drift()) < before - 300 || undefined);
    await write('V:Faults/V:EncoderSlip', false);
  }, 20_000);
});
