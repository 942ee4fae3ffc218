/** Sets a line up as a person would: a rough file, a dry run, the report, its values entered as they stand, and the line at work. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseDocument } from 'yaml';
import { readConfig } from '../../../edge/config.ts';
import { reportFile } from '../../../edge/gate/report-keeper.ts';
import { showReport } from '../../../edge/report/show-report.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';
import { type Run, runLine, type UnknownLine } from './unknown-line.ts';

const SOURCES = {
  asked: `{ kind: http, mode: snapshot, url: 'http://127.0.0.1:1/snapshot' }`,
  sensor: `{ kind: http, mode: mjpeg, rhythm: triggered, capture: x-timestamp, url: 'http://127.0.0.1:1/stream' }`,
};

/** As somebody guesses who has not measured: the window is the standard, pitch and speed are roughly right. */
const roughFile = (camera: UnknownLine['camera']) => `
node: node-1
home: state
server: { url: 'http://127.0.0.1:1', token: secret }
trust: { modelSigningKeys: [key] }
machines:
  - line: line-1
    endpoint: opc.tcp://127.0.0.1:1
    signals:
      encoder: { path: /Objects/Encoder, fast: true }
      counter: { path: /Objects/Counter, fast: true }
      confirm: { path: /Objects/Confirm, fast: true }
      command: { path: /Objects/Command }
stations:
  - station: inspection
    line: line-1
    cameras: [{ camera: cam-1, source: ${SOURCES[camera]} }]
    trigger: { signal: counter, kind: counter }
    gate:
      mode: dry-run
      distanceMm: 1200
      toleranceMm: 30
      partPitchMm: 100
      maxSpeedMmPerS: 450
      encoderSignal: encoder
      leadMs: 20
      commandSignal: command
      confirm: { signal: confirm, kind: counter, windowMs: 100 }
`;

export interface Commissioning {
  dry: Run;
  /** With the values of the report. */
  after: Run;
  entered: Record<string, number>;
  lines: string[];
  /** Of the report before the values were entered, and of the one after the second run. */
  exitCodes: number[];
}

export async function commission(
  line: UnknownLine,
  dryParts: number,
  parts: number,
  seed: number,
): Promise<Commissioning> {
  await using folder = await makeTemporaryFolder('dry-run-report');
  const random = createSeededRandom(seed);
  const file = join(folder.path, 'edge.yaml');
  const text = roughFile(line.camera);
  await writeFile(file, text);
  const dry = await runOnce(dryParts);
  const [told = ''] = dry.json;

  const document = parseDocument(text);
  const entered: Record<string, number> = {};
  for (const { path, field, enter } of JSON.parse(told).stations[0].findings) {
    if (enter === undefined) continue;
    document.setIn(path, enter);
    entered[field] = enter;
  }
  document.setIn(['stations', 0, 'gate', 'mode'], 'active');
  await writeFile(file, document.toString());
  const after = await runOnce(parts);
  return { dry: dry.run, after: after.run, entered, lines: dry.lines, exitCodes: [dry.exitCode, after.exitCode] };

  async function runOnce(count: number) {
    const read = readConfig(file);
    const { config } = read;
    const [station] = config.stations;
    if (!station) throw new Error('the file has no station');
    const run = runLine(line, station, count, random);
    const path = reportFile(config.home, station.line, station.station);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, JSON.stringify(run.statistics));
    const [lines, json]: string[][] = [[], []];
    const exitCode = await showReport(read, file, (line) => lines?.push(line), false);
    await showReport(read, file, (line) => json?.push(line), true);
    return { run, lines: lines ?? [], json: json ?? [], exitCode };
  }
}
