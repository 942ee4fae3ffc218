/** Mistakes planted one at a time in a good configuration: each is found with file, line, field, value and remedy, and nothing else is said. */
import { cp, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkNode } from '../../edge/check.ts';
import { ConfigError } from '../../edge/config/mistake.ts';
import { readConfig } from '../../edge/config.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { addNodes, type CheckCameras, startCameras } from './kit/check-plant.ts';
import { startOpcuaServer, type TestServer, type TestServerOptions } from './kit/opcua-server.ts';
import { FOUND } from './kit/planted-at-the-line.ts';
import { GOOD, REFUSED, SECOND_SIGNALS, SECOND_STATION } from './kit/planted-mistakes.ts';
import { type ReceivingServer, startReceivingServer } from './kit/receiving-server.ts';

const LIMIT_MS = 120_000;

let folder: TemporaryFolder;
let machine: TestServer;
let cameras: CheckCameras;
let server: ReceivingServer;
const stops: (() => void)[] = [];

beforeAll(async () => {
  folder = await makeTemporaryFolder('check-mistakes');
  server = await startReceivingServer(['camera-1']);
  cameras = await startCameras();
  machine = await startMachine('machine', { offers: 'none' });
}, LIMIT_MS);

afterAll(async () => {
  for (const stop of stops) stop();
  await machine.stop();
  await cameras[Symbol.asyncDispose]();
  await server.down();
  await folder.remove();
}, LIMIT_MS);

function startMachine(name: string, options: Partial<TestServerOptions>): Promise<TestServer> {
  return startOpcuaServer({
    pki: join(folder.path, name),
    addNodes: (namespace, parent) => stops.push(addNodes(namespace, parent)),
    ...options,
  });
}

/** Everything that is said of the file's fields. */
async function complaints(text: string, endpoint = machine.endpoint): Promise<string[]> {
  const file = join(folder.path, 'edge.yaml');
  const known = text.replace('SERVER', server.url).replaceAll('CAMERA', cameras.url).replace('MACHINE', endpoint);
  await writeFile(file, known);
  const lines: string[] = [];
  try {
    await checkNode(readConfig(file), pino({ level: 'silent' }), (line) => lines.push(line));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.split('\n');
  }
  return lines.filter((line) => line.startsWith('wrong') || line.includes('edge.yaml:'));
}

function plant(changes: [string, string][]): string {
  return changes.reduce((text, [good, bad]) => {
    expect(text).toContain(good);
    return text.replace(good, () => bad);
  }, GOOD);
}

/** A camera that is not what the mistake is about need not be asked. */
const FOLDER: [string, string] = [
  "{ kind: http, mode: snapshot, url: 'CAMERA/live', latencyMs: 50 }",
  '{ kind: folder, path: spool }',
];

describe('checking a configuration', () => {
  it(
    'has nothing to say of a good one',
    async () => {
      expect(await complaints(GOOD)).toEqual([]);
    },
    LIMIT_MS,
  );

  it.each([...REFUSED, ...FOUND])(
    'finds %s',
    async (_what, changes, where, expected) => {
      const isOfCamera = changes.some(([good]) => /CAMERA|live|latencyMs|camera-1/.test(good));
      const text = plant(isOfCamera ? changes : [...changes, FOLDER]);
      const line = text.slice(0, text.indexOf(where)).split('\n').length;
      const said = await complaints(text);
      expect(said).toEqual([expect.stringMatching(expected)]);
      expect(said[0]).toContain(`edge.yaml:${line}: `);
    },
    LIMIT_MS,
  );

  it(
    'finds two stations on one command that is written in two ways',
    async () => {
      const sameNode = SECOND_SIGNALS.replace('path: /Objects/T:Machine/T:Locked', 'nodeId: T:s=Command');
      const said = await complaints(plant([FOLDER, ['stations:\n', sameNode + SECOND_STATION]]));
      const message = /commandSignal is "command"; give each station a node of its own: station line-1\/station-2 has/;
      expect(said).toContainEqual(expect.stringMatching(message));
    },
    LIMIT_MS,
  );

  it(
    'finds a server that tells its signals more rarely than the gate needs',
    async () => {
      const slow = await startMachine('slow', { offers: 'none', leastMs: 1_000 });
      const said = await complaints(plant([FOLDER]), slow.endpoint);
      await slow.stop();
      expect(said).toEqual([
        expect.stringMatching(
          /^wrong .*edge\.yaml:\d+: .*trigger\.settleMs is missing; the server publishes every 1000 ms/,
        ),
      ]);
    },
    LIMIT_MS,
  );

  it(
    'finds a certificate that was copied where it should have been moved',
    async () => {
      const secured = await startMachine('secured', {});
      const text = plant([
        FOLDER,
        ['    namespaces', '    security: { mode: Sign, policy: Basic256Sha256 }\n    namespaces'],
      ]);
      const unknown = await complaints(text, secured.endpoint);
      expect(unknown).toEqual([expect.stringMatching(/^wrong .*edge\.yaml:7: .*endpoint is .* move .+ to \S+trusted/)]);
      const pki = join(folder.path, 'home', 'opcua');
      const [name = ''] = await readdir(join(pki, 'rejected'));
      await cp(join(pki, 'rejected', name), join(pki, 'trusted', 'certs', name));
      const copied = await complaints(text, secured.endpoint);
      await secured.stop();
      expect(copied).toEqual([
        expect.stringMatching(
          /^wrong .*edge\.yaml:7: .*endpoint is .*it was copied instead of moved, remove .+rejected/,
        ),
      ]);
    },
    LIMIT_MS,
  );
});
