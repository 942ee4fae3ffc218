import { describe, expect, it } from 'vitest';
import { MachineSchema, signalNames, withAbsolutePaths } from '../../edge/config/machine-config.ts';

const valid = {
  line: 'line-1',
  endpoint: 'opc.tcp://10.0.0.1:4840',
  signals: { machineState: { path: '/Objects/x' } },
};
const secure = { mode: 'Sign', policy: 'Basic256Sha256' };

/** Field and remedy of each mistake. */
function mistakes(change: object): string[] {
  const parsed = MachineSchema.safeParse({ ...valid, ...change });
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe("a machine's configuration", () => {
  it.each([
    [{ security: { mode: 'Sign' } }, 'security.policy: give mode and policy together: both None, or neither'],
    [
      { security: { policy: 'Basic256Sha256' } },
      'security.policy: give mode and policy together: both None, or neither',
    ],
    [{ security: { ...secure, policy: 'Basic128' } }, 'security.policy: give None, Basic256Sha256,'],
    [{ security: { ...secure, certificateFile: 'a.pem' } }, 'security.privateKeyFile: give certificateFile and'],
    [{ security: { user: { name: 'a', password: 'b' } } }, 'security.user: give mode Sign or SignAndEncrypt'],
    [
      { security: { ...secure, user: { name: 'a' } } },
      'security.user.passwordFile: give either password or passwordFile',
    ],
    [{ signals: { a: {} } }, 'signals.a.path: give either path or nodeId'],
    [{ signals: { a: { path: '/x', nodeId: 'i=1' } } }, 'signals.a.path: give either path or nodeId'],
    [{ signals: { a: { nodeId: 'Line1.Speed' } } }, 'signals.a.nodeId: give a node id, e.g. V:s=Line1.State'],
    [{ signals: {} }, 'signals: give at least machineState with its path, or packml: true'],
    [{ packml: false }, 'packml: give true, or unit with its path'],
    [{ fastPublishingIntervalMs: 4 }, 'fastPublishingIntervalMs: give a whole number from 5 to 1000'],
    [{ fastPublishingIntervalMs: 1_001 }, 'fastPublishingIntervalMs: give a whole number from 5 to 1000'],
    [{ retryPathsMs: 99 }, 'retryPathsMs: give a whole number from 100 to 3600000'],
    [{ retryPathsMs: 3_600_001 }, 'retryPathsMs: give a whole number from 100 to 3600000'],
    [{ reresolveMs: 99 }, 'reresolveMs: give a whole number from 100 to 3600000'],
    [{ badAfterMs: 99 }, 'badAfterMs: give a whole number from 100 to 3600000'],
    [{ firstValueMs: 60_001 }, 'firstValueMs: give a whole number from 100 to 60000'],
  ])('refuses %j', (change, message) => {
    expect(mistakes(change)).toEqual([expect.stringContaining(message)]);
  });

  it.each([
    { fastPublishingIntervalMs: 5, retryPathsMs: 100 },
    { fastPublishingIntervalMs: 1_000, retryPathsMs: 3_600_000 },
    { packml: true, signals: {} },
    { security: { ...secure, user: { name: 'a', passwordFile: 'b' } } },
    { signals: { a: { nodeId: 'ns=4;s=Line 1;x' }, b: { nodeId: 'V:i=4711' }, c: { nodeId: 'nsu=urn:x;g=1' } } },
  ])('takes %j', (change) => {
    expect(mistakes(change)).toEqual([]);
  });

  it('starts paths at the folder of the file', () => {
    const files = { certificateFile: 'a.pem', privateKeyFile: 'b.pem', user: { name: 'a', passwordFile: 'c' } };
    const machine = MachineSchema.parse({ ...valid, security: { ...secure, ...files } });
    expect(withAbsolutePaths(machine, (path) => `/etc/${path}`).security).toMatchObject({
      certificateFile: '/etc/a.pem',
      privateKeyFile: '/etc/b.pem',
      user: { name: 'a', passwordFile: '/etc/c' },
    });
  });

  it('adds what the types of PackML give to the signals of the file', () => {
    const signals = { batchCode: { path: '/x' }, machineMode: { path: '/y' } };
    expect(signalNames(MachineSchema.parse({ ...valid, signals, packml: true }))).toEqual([
      'batchCode',
      'machineMode',
      'machineState',
      'speedPerMin',
    ]);
  });
});
