import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { AccessLevelFlag, DataType } from 'node-opcua';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkMachine } from '../../edge/check/check-machine.ts';
import { createNodeOwners } from '../../edge/check/node-owners.ts';
import { MachineSchema } from '../../edge/config/machine-config.ts';
import { StationSchema } from '../../edge/config/station-config.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { startOpcuaServer, TEST_URI, type TestServer } from './kit/opcua-server.ts';

let folder: TemporaryFolder;
let server: TestServer;

beforeAll(async () => {
  folder = await makeTemporaryFolder('check-machine');
  server = await startOpcuaServer({
    pki: join(folder.path, 'server'),
    addNodes(namespace, parent) {
      const text = { dataType: DataType.String, value: 'Execute' };
      namespace.addVariable({ browseName: 'State', componentOf: parent, dataType: 'String', value: text });
      for (const [browseName, accessLevel] of [
        ['Open', AccessLevelFlag.CurrentRead | AccessLevelFlag.CurrentWrite],
        ['Locked', AccessLevelFlag.CurrentRead],
      ] as const) {
        const value = { dataType: DataType.Boolean, value: false };
        const access = { accessLevel, userAccessLevel: accessLevel };
        namespace.addVariable({ browseName, componentOf: parent, dataType: 'Boolean', value, ...access });
      }
    },
  });
}, 60_000);

afterAll(async () => {
  await server.stop();
  await folder.remove();
});

function check(command: string, state = 'State') {
  const machine = MachineSchema.parse({
    line: 'line-1',
    endpoint: server.endpoint,
    security: { mode: 'Sign', policy: 'Basic256Sha256' },
    namespaces: { T: TEST_URI },
    signals: {
      machineState: { path: `/Objects/T:Machine/T:${state}` },
      gateCommand: { path: `/Objects/T:Machine/T:${command}`, fast: true },
    },
  });
  const station = StationSchema.parse({
    line: 'line-1',
    station: 'cell-1',
    cameras: [{ camera: 'top', source: { kind: 'folder', path: '/nowhere' } }],
    trigger: { signal: 'machineState', kind: 'id' },
    gate: {
      mode: 'active',
      distanceMm: 1_000,
      toleranceMm: 20,
      partPitchMm: 100,
      maxSpeedMmPerS: 1_000,
      speedSignal: 'machineState',
      leadMs: 10,
      commandSignal: 'gateCommand',
      confirm: { signal: 'machineState', kind: 'edge', windowMs: 100 },
    },
  });
  const home = join(folder.path, 'home');
  const config = { home, stations: [station], machines: [machine] };
  return checkMachine(0, config, createNodeOwners(), join(folder.path, 'temporary'));
}

describe('checking a machine without touching the line', () => {
  it('names what a person has to trust, and then tells signals, certificates, clock and what can be written', async () => {
    await expect(check('Open')).rejects.toThrow(/^its certificate .* is not trusted .* move /);
    const rejected = join(folder.path, 'home', 'opcua', 'rejected');
    const [file = ''] = await readdir(rejected);
    await rename(join(rejected, file), join(folder.path, 'home', 'opcua', 'trusted', 'certs', file));

    const { told, notes = [] } = await check('Open');
    expect(told).toMatch(/gives 2 signals, Basic256Sha256 Sign, clock -?\d+ ± \d+ ms ahead of the node's/);
    expect(notes.slice(0, 2)).toEqual([
      'signal machineState: String, GOOD, "Execute", can be written',
      'signal gateCommand: Boolean, GOOD, false, can be written',
    ]);
    expect(notes[2]).toMatch(/^certificate of the node \(.*lehr-edge-node\.pem\): valid until \d{4}-\d\d-\d\d$/);
    expect(notes[3]).toMatch(/^certificate of the machine: valid until .*, have a new one made soon$/);

    const { mistakes = [] } = await check('Locked', 'Nothing');
    expect(mistakes).toEqual([
      {
        path: ['machines', 0, 'signals', 'machineState'],
        message: expect.stringMatching(/^no node at its path: correct its path or node id/),
      },
      {
        path: ['stations', 0, 'gate', 'commandSignal'],
        message: 'this user may not write it: give it the right at the machine',
      },
    ]);
  }, 60_000);
});
