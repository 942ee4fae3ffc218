/**
 * The node's OPC UA client against a server of another stack (open62541), where one can be had. `LEHR_OPEN62541` names the folder below
 * which its headers and libraries lie (usr/include, usr/lib/…): unpacked Debian packages, or / where they are installed. Needs a C compiler.
 */
import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { OPCUACertificateManager } from 'node-opcua';
import { pino } from 'pino';
import { MachineSchema } from '../../edge/config/machine-config.ts';
import { createOpcuaMachine, type OpcuaMachine } from '../../edge/devices/opcua-machine.ts';
import { openPki } from '../../edge/devices/opcua-pki.ts';
import { type LineProcess, spawnLines } from '../support/spawn-lines.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import type { ProofOptions, ProofResult } from './kit/run-proofs.ts';

export const name = 'another-stack';
export const about =
  'the OPC UA client works with a server made with open62541, in every mode and policy, and refuses it untrusted';

const source = fileURLToPath(new URL('./another-stack/server.c', import.meta.url));
const uri = 'urn:lehr:test:open62541';
const user = { name: 'lehr', password: 'right' };
const patienceMs = 20_000;
const dayMs = 86_400_000;
const policies = ['Basic256Sha256', 'Aes128_Sha256_RsaOaep', 'Aes256_Sha256_RsaPss'];
const modes = ['Sign', 'SignAndEncrypt'];
const execute = promisify(execFile);

export async function run({ report }: ProofOptions): Promise<ProofResult> {
  const root = process.env.LEHR_OPEN62541 ?? '/';
  if (!existsSync(join(root, 'usr/include/open62541/server.h'))) {
    report('open62541 is not here: LEHR_OPEN62541 can name the folder in which its packages are unpacked');
    return { n: 1, counted: { skipped: 1 }, holds: true };
  }
  await using folder = await makeTemporaryFolder('stack');
  await using plant = await preparePlant(root, folder.path);
  const seen: Record<string, boolean> = {};
  const expect = async (what: string, isSo: Condition) => {
    seen[what] = await eventually(isSo);
    report(`${seen[what] ? 'yes' : 'NO '} ${what}`);
  };

  await plant.start();
  await using first = connect(plant, { mode: 'SignAndEncrypt', policy: 'Basic256Sha256' });
  await expect('refuses it while nobody trusts it', () => isAbout(first.machine, 'not trusted'));
  await plant.trust();
  await expect(
    'hears it once its certificate is moved',
    () => first.machine.now().state?.startsWith('State ') ?? false,
  );
  await first.stop();
  for (const policy of policies) {
    for (const mode of modes) {
      await using next = connect(plant, { mode, policy });
      await expect(`${policy} ${mode}`, () => next.machine.now().state?.startsWith('State ') ?? false);
    }
  }
  await using stranger = connect(plant, { ...secure, user: { ...user, password: 'wrong' } });
  await expect('says that the password is wrong', () => isAbout(stranger.machine, 'refuses user lehr'));
  await stranger.stop();

  await using last = connect(plant, { ...secure, user });
  const { machine } = last;
  await expect('comes as a user', () => machine.isConnected);
  await expect('knows its clock', () => Math.abs(machine.clockOffset()?.offsetMs ?? patienceMs) < 50);
  await expect('joins a value of its past', async () => {
    const { signals } = await machine.contextAt(Date.now() - 300);
    const count = signals.find(({ name }) => name === 'count');
    return count?.quality === 'GOOD' && typeof count.value === 'number';
  });
  const commands: unknown[] = [];
  machine.onSample('gateCommand', ({ value }) => commands.push(value));
  await machine.write('gateCommand', true, 2_000);
  await expect('writes and hears what it wrote', () => commands.includes(true));
  await plant.kill();
  await expect('notices that it was killed', () => !machine.isConnected);
  await plant.start();
  await expect('hears it again after its restart', () => machine.isConnected && machine.now().quality === 'GOOD');
  await last.stop();

  await plant.makeCertificate(-60, 30);
  await plant.kill();
  await plant.start();
  await using late = connect(plant, secure);
  await expect('refuses an expired certificate', () => isAbout(late.machine, 'has expired'));
  const counted = { tried: Object.keys(seen).length, seen: Object.values(seen).filter(Boolean).length };
  return { n: counted.tried, counted, seen, holds: counted.seen === counted.tried };
}

const secure = { mode: 'SignAndEncrypt', policy: 'Aes256_Sha256_RsaPss' };

type Condition = () => boolean | Promise<boolean>;
type Plant = Awaited<ReturnType<typeof preparePlant>>;

async function preparePlant(root: string, folder: string) {
  const libraries = join(root, 'usr/lib', `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`);
  const program = join(folder, 'server');
  const flags = ['-O1', '-isystem', join(root, 'usr/include'), source, '-o', program];
  await execute('cc', [...flags, `-L${libraries}`, '-lopen62541', `-Wl,-rpath-link,${libraries}`]);
  const port = await freePort();
  const pki = join(folder, 'home', 'opcua');
  const own = await openPki(pki, undefined);
  await own.close();
  const trusted = join(folder, 'trusted.der');
  await writeFile(trusted, new X509Certificate(await readFile(own.certificateFile)).raw);
  const certificate = join(folder, 'server.der');
  const key = join(folder, 'key.der');
  await makeCertificate(-1, 30);
  let child: LineProcess | undefined;
  return {
    endpoint: `opc.tcp://127.0.0.1:${port}`,
    pki,
    start,
    kill,
    trust,
    makeCertificate,
    [Symbol.asyncDispose]: kill,
  };

  async function makeCertificate(fromDay: number, days: number): Promise<void> {
    const rootFolder = join(folder, 'server-pki');
    await mkdir(rootFolder, { recursive: true });
    const manager = new OPCUACertificateManager({ rootFolder, disableFileWatchers: true });
    await manager.initialize();
    const pem = join(folder, 'server.pem');
    await manager.createSelfSignedCertificate({
      applicationUri: uri,
      dns: ['localhost'],
      ip: ['127.0.0.1'],
      outputFile: pem,
      startDate: new Date(Date.now() + fromDay * dayMs),
      subject: '/CN=open62541/O=Lehr',
      validity: days,
    });
    await writeFile(certificate, new X509Certificate(await readFile(pem)).raw);
    await execute('openssl', ['rsa', '-in', manager.privateKey, '-outform', 'DER', '-out', key, '-traditional']);
    await manager.dispose();
  }

  async function start(): Promise<void> {
    const args = [String(port), certificate, key, trusted, user.name, user.password];
    child = await spawnLines(program, args, { env: { LD_LIBRARY_PATH: libraries } });
    await child.waitForLine(/^listening$/);
  }

  async function kill(): Promise<void> {
    child?.child.kill('SIGKILL');
    await child?.exit;
  }

  async function trust(): Promise<void> {
    for (const file of await readdir(join(pki, 'rejected')))
      await rename(join(pki, 'rejected', file), join(pki, 'trusted', 'certs', file));
  }
}

function connect({ endpoint, pki }: Plant, security: object) {
  const config = MachineSchema.parse({
    line: 'line-1',
    endpoint,
    security,
    publishingIntervalMs: 50,
    staleAfterMs: 1_000,
    namespaces: { T: uri },
    signals: {
      machineState: { path: '/Objects/T:Machine/T:State' },
      count: { nodeId: 'T:s=Count' },
      gateCommand: { path: '/Objects/T:Machine/T:GateCommand', fast: true },
    },
  });
  const machine = createOpcuaMachine(config, pki, pino({ level: 'silent' }));
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= machine.stop());
  return { machine, stop, [Symbol.asyncDispose]: stop };
}

function isAbout(machine: OpcuaMachine, problem: string): boolean {
  return machine.problem?.includes(problem) ?? false;
}

async function eventually(isSo: Condition): Promise<boolean> {
  const untilMs = performance.now() + patienceMs;
  while (!(await isSo()) && performance.now() < untilMs) await new Promise((resolve) => setTimeout(resolve, 20));
  return await isSo();
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
