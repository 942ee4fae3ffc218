import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../../edge/config.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../../support/temporary-folder.ts';

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await makeTemporaryFolder('gate-config');
});
afterEach(() => folder.remove());

/** 120 mm apart at 600 mm/s: 200 ms between two parts. */
const GOOD = `node: edge-1
home: state
server: { url: 'http://localhost:4000', token: secret }
trust: { modelSigningKeys: [MCowBQYDK2VwAyEA] }
machines:
  - line: line-1
    endpoint: opc.tcp://127.0.0.1:4840
    signals:
      counter: { path: /Objects/V:Counter, fast: true }
      encoder: { path: /Objects/V:Encoder, fast: true }
      confirm: { path: /Objects/V:Confirm, fast: true }
      enabled: { path: /Objects/V:Enabled }
      command: { path: /Objects/V:Command }
stations:
  - station: station-1
    line: line-1
    cameras: [{ camera: camera-1, source: { kind: folder, path: spool } }]
    trigger: { signal: counter, kind: counter, windowMs: 100 }
    gate:
      mode: active
      distanceMm: 1000
      toleranceMm: 59
      partPitchMm: 120
      maxSpeedMmPerS: 600
      encoderSignal: encoder
      leadMs: 20
      pulseMs: 199
      commandSignal: command
      confirm: { signal: confirm, kind: counter, windowMs: 200 }
`;

async function read(text: string) {
  const file = join(folder.path, 'edge.yaml');
  await writeFile(file, text);
  return readConfig(file).config;
}

describe('a gate in the configuration', () => {
  it('takes every limit at its edge and fills in what is not said', async () => {
    const [station] = (await read(GOOD)).stations;
    expect(station?.trigger).toMatchObject({ maxInTransit: 200, settleMs: 100, offsetMs: 0 });
    expect(station?.gate).toMatchObject({
      mode: 'active',
      mmPerUnit: 1,
      reactions: { lateVerdict: 'reject', trackingLost: 'reject', gateDisabled: 'pass', uncertain: 'pass' },
    });
  });

  it('takes a gate without a mode as a dry run, and says that nobody has written it', async () => {
    const [station] = (await read(GOOD.replace('      mode: active\n', ''))).stations;
    expect(station?.gate).toMatchObject({ mode: 'dry-run', isModeWritten: false });
  });

  it('needs a number of the part where one is written or confirmed', async () => {
    const text = GOOD.replace('kind: counter, windowMs: 100', 'kind: edge, windowMs: 100');
    await expect(read(text.replace('confirm, kind: counter', 'confirm, kind: part-id'))).rejects.toThrow(
      /gate\.confirm\.kind is "part-id"; give trigger\.partIdSignal/,
    );
  });

  it.each([
    [
      'toleranceMm: 59',
      'toleranceMm: 60',
      /edge\.yaml:22: stations\[0\]\.gate\.toleranceMm is 60; give less than half/,
    ],
    [
      'windowMs: 200',
      'windowMs: 201',
      /edge\.yaml:29: .*gate\.confirm\.windowMs is 201; give at most the time between/,
    ],
    ['pulseMs: 199', 'pulseMs: 200', /edge\.yaml:27: .*gate\.pulseMs is 200; give less than the time between/],
    ['windowMs: 100', 'windowMs: 101', /edge\.yaml:18: .*trigger\.windowMs is 101; give at most half the time/],
    ['encoderSignal: encoder', 'resetMs: 0', /gate\.encoderSignal is missing; give either encoderSignal or speed/],
    ['encoderSignal: encoder', 'encoderSignal: encoders', /"encoders"; machine line-1 has no such signal: add it/],
    ['commandSignal: command', 'commandSignal: fire', /gate\.commandSignal is "fire"; machine line-1 has no such/],
    ['leadMs: 20', 'leadMs: 20\n      enabledSignal: enabled', /enabledSignal is "enabled"; give this signal .* fast/],
    ['leadMs: 20', 'leadMs: 10001', /gate\.leadMs is 10001; give a whole number from 0 to 10000/],
    ['leadMs: 20', 'leadMs: 20\n      reactions: { lateVerdict: stop }', /lineStopSignal is missing; give the signal/],
    ['    trigger: { signal: counter, kind: counter, windowMs: 100 }\n', '', /stations\[0\]\.trigger is missing; give/],
    ['kind: counter, windowMs: 100 }', 'kind: count }', /trigger\.kind is "count"; give "counter", "id" or "edge"/],
    [
      'leadMs: 20',
      'leadMs: 20\n      lineStopSignal: command',
      /lineStopSignal is "command"; give each role a signal of its own/,
    ],
    [
      'signal: confirm, kind: counter',
      'signal: command, kind: counter',
      /confirm\.signal is "command"; give each role a/,
    ],
    [
      'leadMs: 20',
      'leadMs: 20\n      exit: { signal: enabled, kind: edge, distanceMm: 1059 }',
      /exit\.distanceMm is 1059; give the distance from the trigger sensor, more than/,
    ],
    ['line: line-1\n    endpoint', 'line: line-2\n    endpoint', /"counter"; line line-1 has no machine: add it/],
  ])('names line, field and remedy: %s → %s', async (good, bad, expected) => {
    await expect(read(GOOD.replace(good, bad))).rejects.toThrow(expected);
  });
});
