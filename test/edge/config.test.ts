import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../edge/config.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await makeTemporaryFolder('config');
});
afterEach(() => folder.remove());

const GOOD = `node: edge-1
home: state
server:
  url: http://localhost:4000
  tokenFile: token
trust:
  modelSigningKeys: [MCowBQYDK2VwAyEA]
machines:
  - line: line-1
    endpoint: opc.tcp://127.0.0.1:4840
    signals:
      machineState: { path: /Objects/V:line-1/V:State }
stations:
  - station: station-1
    line: line-1
    cameras:
      - camera: camera-1
        source: { kind: folder, path: spool }
`;

async function read(text: string, token = 'lehr_secret\n') {
  const file = join(folder.path, 'edge.yaml');
  await writeFile(file, text);
  await writeFile(join(folder.path, 'token'), token);
  return readConfig(file).config;
}

describe('reading a configuration', () => {
  it('fills in what is not said and resolves paths from the folder of the file', async () => {
    const config = await read(GOOD);
    expect(config.home).toBe(join(folder.path, 'state'));
    expect(config.server).toMatchObject({ token: 'lehr_secret', pollMs: 3_000 });
    expect(config.stations[0]?.cameras[0]?.source).toMatchObject({
      path: join(folder.path, 'spool'),
      capture: 'mtime',
    });
    expect(config.machines[0]).toMatchObject({ publishingIntervalMs: 100, staleAfterMs: 3_000 });
  });

  it.each([
    [
      'a wrong value',
      GOOD.replace('opc.tcp://127.0.0.1:4840', 'http://x'),
      /edge\.yaml:10: machines\[0\]\.endpoint is "http:\/\/x"; give an OPC UA address/,
    ],
    [
      'a missing field',
      GOOD.replace('        source: { kind: folder, path: spool }\n', ''),
      /edge\.yaml:17: stations\[0\]\.cameras\[0\]\.source is missing/,
    ],
    [
      'a misspelt setting',
      GOOD.replace('home: state', 'home: state\nhouse: 1'),
      /edge\.yaml:3: house is 1; there is no such setting/,
    ],
    [
      'one folder for two cameras',
      GOOD.replace(
        'path: spool }',
        'path: spool }\n      - camera: camera-2\n        source: { kind: folder, path: spool }',
      ),
      /stations\[0\]\.cameras\[1\]\.source\.path is "spool"; give each camera a folder/,
    ],
    [
      'a token given twice',
      GOOD.replace('tokenFile: token', 'tokenFile: token\n  token: abc'),
      /server\.tokenFile is "token"; give either token or tokenFile/,
    ],
    [
      'a number out of range',
      GOOD.replace('    signals:', '    publishingIntervalMs: 1\n    signals:'),
      /edge\.yaml:11: machines\[0\]\.publishingIntervalMs is 1; give a whole number from 20 to 60000/,
    ],
    [
      'snapshots that nothing asks for',
      GOOD.replace('{ kind: folder, path: spool }', '{ kind: http, mode: snapshot, url: http://10.0.0.2/snap }'),
      /edge\.yaml:18: stations\[0\]\.cameras\[0\]\.source\.ratePerS is missing; give the rate .* or give the station a trigger/,
    ],
    [
      'a password in an address',
      GOOD.replace('{ kind: folder, path: spool }', '{ kind: http, mode: mjpeg, url: http://me:secret@10.0.0.2/ }'),
      /source\.url is .*leave name and password out of it/,
    ],
    [
      'a stream that comes at triggers without the time of the camera',
      GOOD.replace(
        '{ kind: folder, path: spool }',
        '{ kind: http, mode: mjpeg, rhythm: triggered, url: http://10.0.0.2/ }',
      ),
      /source\.capture is missing; give "x-timestamp": without the camera's time/,
    ],
    [
      'a rhythm of snapshots',
      GOOD.replace(
        '{ kind: folder, path: spool }',
        '{ kind: http, mode: snapshot, rhythm: triggered, url: http://10.0.0.2/, ratePerS: 1 }',
      ),
      /source\.rhythm is "triggered"; leave it out/,
    ],
    [
      'a source of an unknown kind',
      GOOD.replace('kind: folder', 'kind: usb'),
      /source\.kind is "usb"; give a source with its kind, "folder" or "http"/,
    ],
    ['broken YAML', GOOD.replace('home: state', 'home: ['), /edge\.yaml:\d+: not YAML/],
  ])('names file, line, field, value and remedy: %s', async (_what, text, expected) => {
    await expect(read(text)).rejects.toThrow(expected);
  });

  it('finds the files of a network camera from the folder of the file', async () => {
    const source =
      '{ kind: http, mode: mjpeg, url: https://10.0.0.2/, caFile: ca.pem, auth: { user: me, passwordFile: word } }';
    const config = await read(GOOD.replace('{ kind: folder, path: spool }', source));
    expect(config.stations[0]?.cameras[0]?.source).toMatchObject({
      caFile: join(folder.path, 'ca.pem'),
      auth: { user: 'me', passwordFile: join(folder.path, 'word') },
    });
  });

  it('names the token file when it is empty or missing', async () => {
    await expect(read(GOOD, ' ')).rejects.toThrow(/server\.tokenFile is "token"; the file is empty/);
    await expect(read(GOOD.replace('tokenFile: token', 'tokenFile: nowhere'))).rejects.toThrow(
      /nowhere"; no such file/,
    );
  });
});
