import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TriggerSchema } from '../../../edge/config/gate-config.ts';
import { HttpSourceSchema } from '../../../edge/config/source-config.ts';
import { readConfig } from '../../../edge/config.ts';
import type { GateStatistics } from '../../../edge/gate/gate-statistics.ts';
import { judgeImages } from '../../../edge/report/judge-images.ts';
import { showReport } from '../../../edge/report/show-report.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../../support/temporary-folder.ts';
import { measured, spreadOf } from './measured.ts';

const FILE = `node: node-1
home: state
server: { url: 'http://127.0.0.1:1', token: secret }
trust: { modelSigningKeys: [key] }
machines:
  - line: line-1
    endpoint: opc.tcp://127.0.0.1:1
    signals: { counter: { path: /Objects/Counter, fast: true } }
stations:
  - station: inspection
    line: line-1
    cameras:
      - camera: a
        source:
          kind: http
          mode: snapshot
          url: 'http://127.0.0.1:1/'
          latencyMs: 50
    trigger:
      signal: counter
      kind: counter
      windowMs: 40
`;
const evenly = (count: number, from: number, to: number) =>
  Array.from({ length: count }, (_, at) => from + ((to - from) * at) / (count - 1));

let folder: TemporaryFolder;
let file: string;
beforeEach(async () => {
  folder = await makeTemporaryFolder('show-report');
  file = join(folder.path, 'edge.yaml');
  await writeFile(file, FILE);
});
afterEach(() => folder.remove());

async function keep(statistics: GateStatistics): Promise<void> {
  const path = join(folder.path, 'state', 'gate', 'line-1', 'inspection.report.json');
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, JSON.stringify(statistics));
}

async function show(isJson = false): Promise<{ lines: string[]; exitCode: number }> {
  const lines: string[] = [];
  const exitCode = await showReport(readConfig(file), file, (line) => lines.push(line), isJson);
  return { lines, exitCode };
}

/** A camera that answers within so many milliseconds; parts come each second. */
function answers(count: number, from: number, to: number): GateStatistics {
  const triggersMs = Array.from({ length: count }, (_, at) => at * 1_000);
  return measured({ askedMs: evenly(count, from, to), triggersMs });
}

describe('the report of a dry run', () => {
  it('names file, line, field, what was measured and what to enter, and says on how many parts it rests', async () => {
    await keep(answers(1_000, 170, 210));
    const { lines, exitCode } = await show();
    expect(exitCode).toBe(1);
    expect(lines).toEqual([
      `${file}:18: stations[0].cameras[0].source.latencyMs: measured: trigger to image usually 189 ms, 99.9 % within 209 ms, all within 210 ms; configured: 50; too small, enter 187`,
      `${file}:22: stations[0].trigger.windowMs: measured: images ± 21 ms; configured: 40; too small, enter 65`,
      expect.stringMatching(
        /^line-1\/inspection: 1000 parts from .* to .*; 0 \(0 %\) late; a: 0 \(0 %\) without image, 0 \(0 %\) of its images untied; 0 confirmations; of other parts at most 0\.3 % may lie beyond what was seen, values to enter leave 20 % more$/,
      ),
    ]);
  });

  it('fits when its values are entered', async () => {
    await keep(answers(1_000, 170, 210));
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('latencyMs: 50', 'latencyMs: 187').replace('windowMs: 40', 'windowMs: 65'));
    const { lines, exitCode } = await show();
    expect(exitCode).toBe(0);
    expect(lines.filter((line) => line.includes('; fits'))).toHaveLength(2);
  });

  it('proposes nothing while too few parts have come', async () => {
    await keep(answers(299, 170, 210));
    const { lines, exitCode } = await show();
    expect({ exitCode, count: lines.length }).toEqual({ exitCode: 2, count: 1 });
    expect(lines[0]).toMatch(/; too few for a proposal: at least 300 are needed$/);
  });

  it('says what has to change where no value helps', async () => {
    await keep(
      measured({ askedMs: evenly(400, 300, 480), triggersMs: Array.from({ length: 400 }, (_, at) => at * 400) }),
    );
    const { lines, exitCode } = await show();
    expect(exitCode).toBe(1);
    expect(lines[0]).toMatch(
      /cannot fit \(parts come every 400 ms, and snapshots are taken one after another: a quicker/,
    );
  });

  it('tells the same as JSON, without the times of single parts', async () => {
    await keep(answers(1_000, 170, 210));
    const { lines, exitCode } = await show(true);
    const [report] = JSON.parse(lines[0] ?? '').stations;
    expect({ exitCode, count: lines.length }).toEqual({ exitCode: 1, count: 1 });
    expect(report.findings[0]).toMatchObject({ fileLine: 18, configured: 50, fit: 'too small', enter: 187 });
    expect(report.measured.cameras.a).toMatchObject({ images: 1_000, untied: 0, askedMs: { most: 210 } });
    expect(report.measured.cameras.a).not.toHaveProperty('takenMs');
  });

  it('does not take the distance to a trigger for the way of a camera that goes by its own rhythm', () => {
    const triggersMs = evenly(400, 0, 400_000);
    const statistics = measured({ triggersMs, takenMs: evenly(4_000, 0, 400_000).slice(0, 2_000), images: 4_000 });
    const source = HttpSourceSchema.parse({ kind: 'http', mode: 'mjpeg', url: 'http://127.0.0.1/' });
    const trigger = TriggerSchema.parse({ signal: 'counter', kind: 'counter' });
    const findings = judgeImages(statistics, trigger, [{ camera: 'a', source }], 1_000);
    expect(findings).toMatchObject([{ path: ['trigger', 'offsetMs'], fit: 'not known' }]);
    expect(findings[0]?.measured).toMatch(/^a: it takes an image every 100 ms by itself/);
  });

  it('is shown by the program, which exits with 2 when nothing is measured yet', async () => {
    const main = new URL('../../../edge/main.ts', import.meta.url).pathname;
    const { code, out } = await new Promise<{ code: unknown; out: string }>((resolve) => {
      execFile(process.execPath, [main, '--config', file, '--report'], (error, stdout) =>
        resolve({ code: error?.code, out: stdout }),
      );
    });
    expect({ code, out }).toEqual({
      code: 2,
      out: 'line-1/inspection: nothing is measured yet; let the node run with gate.mode: dry-run\n',
    });
  });

  it('names the file when it is of another release', async () => {
    await keep({ ...answers(300, 1, 2), betweenPartsMs: spreadOf([1]) });
    const path = join(folder.path, 'state', 'gate', 'line-1', 'inspection.report.json');
    await writeFile(path, '{}');
    await expect(show()).rejects.toThrow(`${path} is no report of this release; remove it, the node writes it again`);
  });
});
