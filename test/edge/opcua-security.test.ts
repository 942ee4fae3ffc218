import { copyFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataType } from 'node-opcua';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type MachineConfig, MachineSchema } from '../../edge/config/machine-config.ts';
import { createOpcuaMachine, type OpcuaMachine } from '../../edge/devices/opcua-machine.ts';
import { certificateExpiry, openPki } from '../../edge/devices/opcua-pki.ts';
import { shiftClock } from '../plant/clock.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { startOpcuaServer, TEST_URI, type TestServer, type TestServerOptions } from './kit/opcua-server.ts';

const SECURE = { mode: 'SignAndEncrypt', policy: 'Basic256Sha256' };

let folder: TemporaryFolder;
let pki: string;
let server: TestServer | undefined;
let machine: OpcuaMachine | undefined;
let lines: string[];

beforeEach(async () => {
  folder = await makeTemporaryFolder('opcua-security');
  pki = join(folder.path, 'home', 'opcua');
  lines = [];
});

afterEach(async () => {
  await machine?.stop();
  await server?.stop();
  machine = server = undefined;
  await folder.remove();
});

async function serve(options: Partial<TestServerOptions> = {}): Promise<void> {
  server = await startOpcuaServer({
    pki: join(folder.path, 'server'),
    addNodes: (namespace, parent) => {
      namespace.addVariable({
        browseName: 'State',
        componentOf: parent,
        dataType: DataType.String,
        value: { dataType: DataType.String, value: 'Execute' },
      });
    },
    ...options,
  });
}

function configure(security: object | undefined): MachineConfig {
  return MachineSchema.parse({
    line: 'line-1',
    endpoint: server?.endpoint,
    security,
    namespaces: { T: TEST_URI },
    signals: { machineState: { path: '/Objects/T:Machine/T:State' } },
  });
}

function connect(security: object | undefined): void {
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line).msg) });
  machine = createOpcuaMachine(configure(security), pki, log);
}

const problem = () => expect.poll(() => machine?.problem, { timeout: 15_000 });
const state = () => expect.poll(() => machine?.now().state, { timeout: 15_000 });

/** What a person does who has compared the thumbprint. */
async function trust(): Promise<void> {
  const [file] = await readdir(join(pki, 'rejected'));
  if (!file) throw new Error('nothing was rejected');
  await rename(join(pki, 'rejected', file), join(pki, 'trusted', 'certs', file));
}

describe('letting a machine in', () => {
  it('refuses one that nobody has trusted with one message, and takes it once its certificate is moved', async () => {
    await serve();
    connect(SECURE);
    await problem().toMatch(
      /"Test machine", SHA-1 [0-9a-f]{40}\) is not trusted \(BadCertificateUntrusted\): compare .* move .*\/rejected\/.*\.pem to .*\/trusted\/certs/,
    );
    expect(machine?.isConnected).toBe(false);
    // Tried again and again, said once.
    await expect.poll(() => readdir(join(pki, 'rejected'))).toHaveLength(1);
    await trust();
    await state().toBe('Execute');
    await problem().toBeUndefined();
    expect(machine?.security).toBe('Basic256Sha256 SignAndEncrypt');
    expect(lines.filter((line) => line.includes('not trusted'))).toHaveLength(1);
  }, 40_000);

  it('names a certificate that was copied instead of moved, or put where nobody looks', async () => {
    await serve();
    connect(SECURE);
    await problem().toContain('move ');
    const [file = ''] = await readdir(join(pki, 'rejected'));
    await copyFile(join(pki, 'rejected', file), join(pki, 'trusted', 'certs', 'machine.pem'));
    await problem().toMatch(/was copied instead of moved, remove .*\/rejected\/.*\.pem$/);
    await rename(join(pki, 'trusted', 'certs', 'machine.pem'), join(pki, 'trusted', 'machine.pem'));
    await rm(join(pki, 'rejected', file));
    await problem().toMatch(/it lies in .*\/trusted\/machine\.pem, move it to .*\/trusted\/certs$/);
    await rename(join(pki, 'trusted', 'machine.pem'), join(pki, 'trusted', 'certs', 'machine.pem'));
    // Tried before the move, it was rejected once more.
    await rm(join(pki, 'rejected'), { recursive: true });
    await state().toBe('Execute');
  }, 40_000);

  it('signs, or signs and encrypts, with each of the policies', async () => {
    await serve();
    connect(SECURE);
    await problem().toContain('not trusted');
    await trust();
    for (const policy of ['Basic256Sha256', 'Aes128_Sha256_RsaOaep', 'Aes256_Sha256_RsaPss']) {
      for (const mode of ['Sign', 'SignAndEncrypt']) {
        await machine?.stop();
        connect({ mode, policy });
        await state().toBe('Execute');
        expect(machine?.security).toBe(`${policy} ${mode}`);
      }
    }
  }, 40_000);

  it.each([
    ['an expired certificate', { fromDay: -30, days: 20 }, /has expired on \d{4}-\d\d-\d\d; have a new one made/],
    [
      'a key that is too short',
      { keyBits: 1_024 },
      /has a key of 1024 bits, where the policies take 2048 to 4096; have a new one made/,
    ],
    ['a certificate of the future', { fromDay: 2 }, /is only valid from .* set the clocks/],
    [
      'the certificate of another application',
      { uri: 'urn:other' },
      /is that of urn:other, but the machine calls itself urn:lehr:test:machine/,
    ],
    [
      'the certificate of another host',
      { ip: '127.0.0.9' },
      /is for DNS:test-machine, IP Address:127.0.0.9, not for 127.0.0.1; .*checkHost: false/,
    ],
  ])(
    'refuses %s',
    async (_what, certificate, message) => {
      await serve({ certificate });
      connect(SECURE);
      await problem().toMatch(message);
      expect(machine?.isConnected).toBe(false);
    },
    40_000,
  );

  it('names what a server offers that does not have the asked for', async () => {
    await serve({ offers: 'none' });
    connect(SECURE);
    await problem().toContain('offers None, but not SignAndEncrypt with Basic256Sha256; change mode and policy');
    await machine?.stop();
    await server?.stop();
    await serve();
    connect(undefined);
    await problem().toContain('offers Sign with Basic256Sha256, Sign with Aes128_Sha256_RsaOaep');
  }, 40_000);

  it('reaches a machine under another name where the configuration says so', async () => {
    await serve({ certificate: { ip: '127.0.0.9' } });
    connect({ ...SECURE, checkHost: false });
    await problem().toContain('not trusted');
    await trust();
    await state().toBe('Execute');
  }, 40_000);
});

describe('being let in', () => {
  it('shows a certificate that is made once and kept', async () => {
    const first = await openPki(pki, undefined);
    const again = await openPki(pki, undefined);
    await Promise.all([first.close(), again.close()]);
    expect(again.certificateFile).toBe(first.certificateFile);
    expect(again.expiresAt).toEqual(first.expiresAt);
    expect(await certificateExpiry(pki, [securityOf(SECURE)])).toEqual(first.expiresAt);
    expect(await certificateExpiry(pki, [undefined])).toBeUndefined();
  });

  it('shows no certificate whose key is too short for the policies', async () => {
    await serve({ certificate: { keyBits: 1_024 } });
    const files = {
      certificateFile: join(folder.path, 'server', 'server.pem'),
      privateKeyFile: join(folder.path, 'server', 'own', 'private', 'private_key.pem'),
    };
    await expect(openPki(pki, securityOf({ ...SECURE, ...files }))).rejects.toThrow(
      /server\.pem has a key of 1024 bits, where the policies take 2048 to 4096; give a pair/,
    );
  });

  it('lives through a setting of the clock by an hour, by which the keys of the connection are too old', async () => {
    await serve();
    connect(SECURE);
    await problem().toContain('not trusted');
    await trust();
    await state().toBe('Execute');
    await problem().toBeUndefined();
    try {
      shiftClock(3_600_000);
      const context = async () => (await machine?.contextAt(Date.now()))?.machineState;
      // Known from before, lost with the connection or not, and known again.
      await context();
      await expect.poll(() => machine?.now().quality, { timeout: 20_000 }).toBe('GOOD');
      await expect.poll(context, { timeout: 20_000 }).toBe('Execute');
    } finally {
      shiftClock(0);
    }
  }, 60_000);

  it('says which file the machine has to trust', async () => {
    await serve({ acceptsAll: false });
    connect(SECURE);
    await problem().toContain('not trusted');
    await trust();
    await problem().toMatch(/does not trust this node \(Bad\w+\); put .*\/own\/certs\/lehr-edge-node\.pem into/);
  }, 40_000);

  it('comes as the configured user, whose password may lie in a file', async () => {
    await serve({ user: 'lehr:right' });
    connect(SECURE);
    await problem().toContain('lets nobody in without a name; give user');
    await machine?.stop();
    connect({ ...SECURE, user: { name: 'lehr', password: 'wrong' } });
    await problem().toContain('not trusted');
    await trust();
    await problem().toMatch(/refuses user lehr \(Bad\w+\); correct name or password/);
    await machine?.stop();
    const passwordFile = join(folder.path, 'password');
    await writeFile(passwordFile, 'right\n');
    connect({ ...SECURE, user: { name: 'lehr', passwordFile } });
    await state().toBe('Execute');
  }, 40_000);
});

function securityOf(security: object) {
  return MachineSchema.parse({ line: 'a', endpoint: 'opc.tcp://x', packml: true, security }).security;
}
