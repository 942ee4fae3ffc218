import { join } from 'node:path';
import { DataType, type UAVariable } from 'node-opcua';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { MachineSchema } from '../../edge/config/machine-config.ts';
import { createOpcuaMachine, type MachineEvent } from '../../edge/devices/opcua-machine.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { openHeldLine } from './kit/held-line.ts';
import { startOpcuaServer, TEST_URI } from './kit/opcua-server.ts';

it('never carries out later a write that was given up, and fails the others that wait', async () => {
  await using folder = await makeTemporaryFolder('opcua-writes');
  const written: unknown[] = [];
  const nodes: UAVariable[] = [];
  await using server = await startOpcuaServer({
    pki: join(folder.path, 'server'),
    offers: 'none',
    addNodes(namespace, componentOf) {
      const value = { dataType: DataType.Boolean, value: false };
      for (const browseName of ['Gate', 'Stop'])
        nodes.push(
          namespace.addVariable({ browseName, componentOf, dataType: 'Boolean', minimumSamplingInterval: 0, value }),
        );
    },
  });
  for (const node of nodes) node.on('value_changed', ({ value }) => written.push(value.value));
  await using line = await openHeldLine(server.port);
  const config = MachineSchema.parse({
    line: 'line-1',
    endpoint: `opc.tcp://127.0.0.1:${line.port}`,
    namespaces: { T: TEST_URI },
    signals: {
      gate: { path: '/Objects/T:Machine/T:Gate', fast: true },
      stop: { path: '/Objects/T:Machine/T:Stop', fast: true },
    },
  });
  const events: MachineEvent[] = [];
  const log = pino({ level: 'silent' });
  const machine = createOpcuaMachine(config, join(folder.path, 'pki'), log, (event) => events.push(event));
  try {
    await expect.poll(() => machine.isConnected, { timeout: 15_000 }).toBe(true);
    await machine.write('gate', true, 2_000);
    expect(written).toEqual([true]);

    line.hold();
    const isCutOff = line.cutOff();
    const other = machine.write('stop', true, 60_000);
    other.catch(() => {});
    await expect(machine.write('gate', false, 200)).rejects.toThrow(
      'gate is not written: no answer to a write of gate within 200 ms; the connection is dropped, so that it is not done later',
    );
    await expect(other).rejects.toThrow('stop is not written: no answer to a write of gate within 200 ms');
    await expect.poll(() => machine.isConnected).toBe(false);
    expect(events.at(-1)).toMatchObject({
      kind: 'disconnected',
      reason: expect.stringContaining('no answer to a write'),
    });
    // What the network still holds of the connection is delivered only if it was not reset.
    await isCutOff;
    line.release();
    await expect.poll(() => machine.isConnected, { timeout: 15_000 }).toBe(true);
    expect(written).toEqual([true]);
    await machine.write('stop', true, 2_000);
    expect(written).toEqual([true, true]);
  } finally {
    await machine.stop();
  }
}, 60_000);
