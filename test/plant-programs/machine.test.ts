/** The simulated machine through its only door, OPC UA. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AttributeIds,
  type ClientSession,
  DataType,
  type DataValue,
  makeBrowsePath,
  type NodeId,
  OPCUACertificateManager,
  OPCUAClient,
  StatusCodes,
  VariantArrayType,
} from 'node-opcua';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Program, startMachine, startProgram, until } from './program.ts';

const folder = mkdtempSync(join(tmpdir(), 'lehr-machine-test-'));
const state = join(folder, 'machine.json');
const ARGS = ['--lines', 'line-1,line-2', '--speed', '600,120', '--acting-ms', '30', '--pki', join(folder, 'pki')];

let machine: Program;
let endpoint: string;
let client: OPCUAClient;
let session: ClientSession;

beforeAll(async () => {
  ({ program: machine, endpoint } = await startMachine([...ARGS, '--state', state, '--batch-minutes', '0.02']));
  const clientCertificateManager = new OPCUACertificateManager({ rootFolder: join(folder, 'client-pki') });
  await clientCertificateManager.initialize();
  client = OPCUAClient.create({ endpointMustExist: false, clientCertificateManager });
  await client.connect(endpoint);
  session = await client.createSession();
}, 60_000);

afterAll(async () => {
  await session?.close();
  await client?.disconnect();
  await machine?.end();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

async function find(path: string, line = 'line-1'): Promise<NodeId> {
  const uris = await session.readNamespaceArray();
  const p = uris.indexOf('http://opcfoundation.org/UA/PackML/');
  const v = uris.indexOf('urn:lehr:plant:bottle-line');
  const relative = path.replaceAll('P:', `${p}:`).replaceAll('V:', `${v}:`);
  const whole = `/Objects/${p}:PackMLObjects/${v}:${line}${relative && `/${relative}`}`;
  const result = await session.translateBrowsePath(makeBrowsePath('RootFolder', whole));
  const target = result.targets?.[0]?.targetId;
  if (!target) throw new Error(`no ${whole}: ${result.statusCode.name}`);
  return target;
}

async function read(path: string, line?: string): Promise<DataValue> {
  return session.read({ nodeId: await find(path, line), attributeId: AttributeIds.Value });
}

async function call(owner: string, method: string, dataType?: DataType, value?: unknown): Promise<string> {
  const inputArguments =
    dataType === undefined
      ? []
      : [{ dataType, value, ...(Array.isArray(value) && { arrayType: VariantArrayType.Array }) }];
  const methodId = await find(owner ? `${owner}/${method}` : method);
  return (await session.call({ objectId: await find(owner), methodId, inputArguments })).statusCode.name;
}

const MACHINE = 'P:BaseStateMachine/P:MachineState';
const EXECUTE = `${MACHINE}/P:ExecuteState`;
const reach = (state: string): Promise<DataValue> =>
  until(async () => {
    const value = await read('V:Process/V:StateName');
    return value.value.value === state ? value : undefined;
  });

describe('reading the machine', () => {
  it.each([
    ['V:Process/V:StateName', DataType.String, 'Execute'],
    ['V:Process/V:StateCurrent', DataType.Int32, 6],
    ['P:BaseStateMachine/CurrentState', DataType.LocalizedText, expect.objectContaining({ text: 'Cleared' })],
    [`${MACHINE}/CurrentState`, DataType.LocalizedText, expect.objectContaining({ text: 'Running' })],
    [`${EXECUTE}/CurrentState`, DataType.LocalizedText, expect.objectContaining({ text: 'Execute' })],
    ['P:Status/P:UnitModeCurrent', DataType.Int32, 1],
    ['P:Status/P:MachSpeed', DataType.Float, 600],
    ['P:Status/P:CurMachSpeed', DataType.Float, 600],
    ['V:Process/V:PartsProcessed', DataType.UInt32, expect.any(Number)],
    ['V:Process/V:PartsDefective', DataType.UInt32, expect.any(Number)],
    ['V:Process/V:Product', DataType.String, 'BTL-500'],
    ['V:Process/V:Recipe', DataType.String, expect.stringMatching(/^R-BTL-500-(CLEAR|AMBER|GREEN)$/)],
    ['V:Process/V:Batch', DataType.String, expect.stringMatching(/^B-\d{4}-(CLEAR|AMBER|GREEN)$/)],
    ['V:Process/V:Job', DataType.String, expect.stringMatching(/^JO-\d{6}$/)],
    ['V:Process/V:AmbientTemperature', DataType.Double, expect.any(Number)],
    ['V:Process/V:AmbientHumidity', DataType.Double, expect.any(Number)],
    ['V:Process/V:LightingLevel', DataType.Double, expect.any(Number)],
    ['V:Process/V:LightingSetpoint', DataType.Double, 100],
    ['V:Process/V:EncoderPosition', DataType.Double, expect.any(Number)],
    ['V:Process/V:PartPitch', DataType.Double, 150],
  ])('gives %s with its type and source time', async (path, dataType, expected) => {
    await reach('Execute');
    const before = Date.now();
    const value = await read(path);
    expect({ status: value.statusCode, type: value.value.dataType, value: value.value.value }).toEqual({
      status: StatusCodes.Good,
      type: dataType,
      value: expected,
    });
    expect(value.sourceTimestamp?.getTime()).toBeGreaterThan(before - 60_000);
    expect(value.sourceTimestamp?.getTime()).toBeLessThanOrEqual(Date.now());
  });

  it('counts bottles in the structure of the standard as in the plain number, and they pass the encoder', async () => {
    const { count, encoder } = await until(async () => {
      const [entry] = (await read('P:Admin/P:ProdProcessedCount')).value.value as { count: number; name: string }[];
      const plain = (await read('V:Process/V:PartsProcessed')).value.value as number;
      const position = (await read('V:Process/V:EncoderPosition')).value.value as number;
      return entry && entry.count === plain && plain >= 3 ? { count: plain, encoder: position } : undefined;
    });
    expect(encoder / 150).toBeGreaterThan(count - 1);
    expect(encoder / 150).toBeLessThan(count + 10);
  });

  it('begins a new job and recipe with a new batch, at one source time', async () => {
    const first = (await read('V:Process/V:Batch')).value.value as string;
    const [batch, job, recipe] = await until(async () => {
      const ids = await Promise.all(['Batch', 'Job', 'Recipe'].map((name) => find(`V:Process/V:${name}`)));
      const values = await session.read(ids.map((nodeId) => ({ nodeId, attributeId: AttributeIds.Value })));
      return values[0]?.value.value === first ? undefined : values;
    });
    expect(job?.value.value).toBe(`JO-10${String(batch?.value.value).slice(2, 6)}`);
    expect(recipe?.value.value).toBe(`R-BTL-500-${String(batch?.value.value).slice(7)}`);
    expect(job?.sourceTimestamp).toEqual(batch?.sourceTimestamp);
  });
});

describe('commanding the machine', () => {
  it('holds and goes on, with the time of the transition and no speed meanwhile', async () => {
    const before = Date.now();
    expect(await call(EXECUTE, 'P:Hold')).toBe('Good');
    const held = await reach('Held');
    expect(held.sourceTimestamp?.getTime()).toBeGreaterThanOrEqual(before);
    expect((await read('P:Status/P:CurMachSpeed')).value.value).toBe(0);
    const encoder = (await read('V:Process/V:EncoderPosition')).value.value;
    expect(await call(EXECUTE, 'P:Start', DataType.ExtensionObject, [])).toBe('BadInvalidState');
    expect(await call(EXECUTE, 'P:Unhold')).toBe('Good');
    await reach('Execute');
    await until(async () => ((await read('V:Process/V:EncoderPosition')).value.value > encoder ? true : undefined));
  });

  it('aborts, clears, resets and starts again; inner machines are not active meanwhile', async () => {
    expect(await call('P:BaseStateMachine', 'P:Abort')).toBe('Good');
    await reach('Aborted');
    expect((await read(`${MACHINE}/CurrentState`)).statusCode).toBe(StatusCodes.BadStateNotActive);
    expect((await read(`${EXECUTE}/CurrentState`)).statusCode).toBe(StatusCodes.BadStateNotActive);
    expect(await call('P:BaseStateMachine', 'P:Clear')).toBe('Good');
    await reach('Stopped');
    expect(await call(MACHINE, 'P:Reset')).toBe('Good');
    await reach('Idle');
    expect(await call(EXECUTE, 'P:Start', DataType.ExtensionObject, [])).toBe('Good');
    await reach('Execute');
  });

  it('takes a speed within its range and refuses another', async () => {
    expect(await call('', 'P:SetMachSpeed', DataType.Float, 90)).toBe('Good');
    expect((await read('P:Status/P:MachSpeed')).value.value).toBe(90);
    expect((await read('P:Status/P:MachSpeed', 'line-2')).value.value).toBe(120);
    expect(await call('', 'P:SetMachSpeed', DataType.Float, 9_000)).toBe('BadOutOfRange');
    await call('', 'P:SetMachSpeed', DataType.Float, 600);
  });

  it('follows the light set point', async () => {
    const nodeId = await find('V:Process/V:LightingSetpoint');
    const write = (value: number) =>
      session.write({
        nodeId,
        attributeId: AttributeIds.Value,
        value: { value: { dataType: DataType.Double, value } },
      });
    expect(await write(500)).toBe(StatusCodes.BadOutOfRange);
    expect(await write(40)).toBe(StatusCodes.Good);
    await until(async () => ((await read('V:Process/V:LightingLevel')).value.value < 95 ? true : undefined));
  }, 60_000);
});

describe('stopping the machine', () => {
  it('ignores SIGINT, leaves on SIGTERM and goes on where it stopped', async () => {
    const other = join(folder, 'other.json');
    const first = await startMachine([...ARGS, '--state', other]);
    await until(() => (stored(other)['line-1']?.parts ?? 0) > 5 || undefined);
    first.program.process.kill('SIGINT');
    expect(await first.program.end()).toBe(0);
    const kept = stored(other);

    const second = await startMachine([...ARGS, '--state', other]);
    const now = stored(other);
    expect(await second.program.end()).toBe(0);
    expect(now['line-1']?.parts).toBeGreaterThanOrEqual(kept['line-1']?.parts ?? Number.NaN);
    expect(now['line-1']?.parts).toBeLessThan((kept['line-1']?.parts ?? 0) + 50);
    expect(now['line-1']?.batchNumber).toBe(kept['line-1']?.batchNumber);
  }, 60_000);

  it('leaves when its parent is gone', async () => {
    const { program } = await startMachine(ARGS);
    program.process.disconnect();
    expect(await program.left()).toBe(0);
  }, 60_000);

  it.each([
    [['--lines', 'a b'], /--lines a b is refused: give codes/],
    [['--lines', 'a,b,c', '--speed', '60,70'], /--speed 60,70 is refused/],
    [['--state', import.meta.filename], /--state .*machine\.test\.ts does not hold the state/],
  ])('refuses %j in one line', async (args, message) => {
    const program = startProgram('machine.ts', args);
    expect(await program.left()).toBe(1);
    expect(program.lines).toEqual([expect.stringMatching(message)]);
  });
});

function stored(file: string): Record<string, { parts: number; batchNumber: number } | undefined> {
  return JSON.parse(readFileSync(file, 'utf8'));
}
