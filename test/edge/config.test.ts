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

  it.each([
    ['a setting given twice', `${GOOD}home: other\n`, /edge\.yaml:19: .*home.*Map keys must be unique/],
    [
      '1,200 levels',
      Array.from({ length: 1200 }, (_, at) => `${' '.repeat(at)}a:\n`).join(''),
      /:21: .*nest at most 20/,
    ],
    ['many brackets', `a: ${'['.repeat(100_000)}`, /:1: .*nest at most 20/],
    ['too many tokens', `${GOOD}${'#\n'.repeat(60_000)}`, /:\d+: .*more than 100000 tokens.*give at most 100000/],
    ['a large file', `${GOOD}#${'x'.repeat(1_048_576)}`, /:1: .*bytes.*give at most 1048576/],
    ['an alias in itself', `${GOOD}list: &a [*a]\n`, /:19: .*\*a.*write it out/],
    ['many aliases', `a: &a 1\nb: [${'*a,'.repeat(101)}]\n`, /:2: .*\*a.*at most 100/],
    [
      'a bomb',
      `a: &a [1]\n${[...'bcdefghi'].map((name, at) => `${name}: &${name} [${`*${'abcdefgh'[at]},`.repeat(9)}]\n`).join('')}`,
      /:1: .*too much/,
    ],
    ['two documents', `${GOOD}---\n${GOOD}`, /:19: .*second document/],
  ])('refuses by its line %s', async (_what, text, expected) => {
    await expect(read(text)).rejects.toThrow(expected);
  });

  it('takes anchors and brackets in texts, and a file of exactly the limit', async () => {
    const named = GOOD.replace('line: line-1', 'line: &line line-1').replace(
      'line: line-1\n    cameras',
      'line: *line\n    cameras',
    );
    expect((await read(named)).stations[0]?.line).toBe('line-1');
    expect((await read(GOOD.replace('home: state', `home: "${'['.repeat(60)}"`))).home).toContain('[[[');
    expect((await read(`${GOOD}#${'x'.repeat(1_048_576 - GOOD.length - 1)}`)).node).toBe('edge-1');
  });

  it('takes less than three times as long for twice as many keys', async () => {
    const keys = (count: number) => Array.from({ length: count }, (_, at) => `k${at}: 1\n`).join('');
    const msOf = async (text: string) => {
      const { user } = process.cpuUsage();
      await read(text).catch(() => undefined);
      return process.cpuUsage().user / 1000 - user / 1000;
    };
    await msOf(keys(1_000));
    const once = Math.min(await msOf(keys(9_000)), await msOf(keys(9_000)));
    expect(Math.min(await msOf(keys(18_000)), await msOf(keys(18_000)))).toBeLessThan(3 * once + 30);
  });

  it('names the token file when it is empty or missing', async () => {
    await expect(read(GOOD, ' ')).rejects.toThrow(/server\.tokenFile is "token"; the file is empty/);
    await expect(read(GOOD.replace('tokenFile: token', 'tokenFile: nowhere'))).rejects.toThrow(
      /nowhere"; no such file/,
    );
  });
});
