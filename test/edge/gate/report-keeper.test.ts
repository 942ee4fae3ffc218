import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGateMeter, type GateMeter } from '../../../edge/gate/gate-meter.ts';
import { GateStatisticsSchema } from '../../../edge/gate/gate-statistics.ts';
import { createReportKeeper, LEAST_PARTS, type ReportKeeper, reportFile } from '../../../edge/gate/report-keeper.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../../support/temporary-folder.ts';
import { GateBench } from './gate-bench.ts';
import { handMachine } from './hand-machine.ts';

let folder: TemporaryFolder;
let meter: GateMeter;
let bench: GateBench;
let told: string[];
let warnings: string[];
beforeEach(async () => {
  folder = await makeTemporaryFolder('report-keeper');
  told = [];
  warnings = [];
  bench = new GateBench({ gate: { mode: 'dry-run', reactions: { noVerdict: 'pass' } } });
  meter = createGateMeter(bench.settings, 0);
  const { core } = bench;
  bench.core = {
    ...core,
    handle(input, nowMs) {
      const actions = core.handle(input, nowMs);
      meter.take(input, actions, nowMs);
      return actions;
    },
  };
});
afterEach(() => folder.remove());

function keeper(home = folder.path): { file: string; keeper: ReportKeeper } {
  const file = reportFile(home, 'line', 'station');
  const machine = handMachine();
  machine.connect(true);
  return {
    file,
    keeper: createReportKeeper({
      file,
      meter,
      machine,
      signals: ['counter'],
      timeOf: String,
      startMs: 0,
      now: () => bench.nowMs,
      tell: (message) => told.push(message),
      warn: (message) => warnings.push(message),
    }),
  };
}

function runParts(count: number): void {
  for (let part = 0; part < count; part++) {
    bench.judgedPart('PASS');
    bench.run(bench.nowMs + 200);
  }
}

const read = async (file: string) => GateStatisticsSchema.parse(JSON.parse(await readFile(file, 'utf8')));

describe('the report that a running gate writes down', () => {
  it('comes every ten seconds in which parts have come, and is told once when there are enough', async () => {
    const { file, keeper: kept } = keeper();
    runParts(60);
    await kept.work(9_999);
    await expect(read(file)).rejects.toThrow('ENOENT');
    await kept.work(bench.nowMs);
    const first = await read(file);
    expect(first.parts.ended).toBeGreaterThanOrEqual(50);
    expect(told).toEqual([]);
    runParts(LEAST_PARTS);
    await kept.work(bench.nowMs);
    await kept.work(bench.nowMs + 20_000);
    expect((await read(file)).parts.ended).toBeGreaterThanOrEqual(LEAST_PARTS);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/parts are measured: --report shows what was found and the values to enter$/);
  });

  it('tells pitch, speed, samples and the margin of verdicts as they were', async () => {
    const { file, keeper: kept } = keeper();
    runParts(50);
    await kept.stop();
    const { pitchMm, speedMmPerS, updateMs, marginMs, granted, betweenPartsMs } = await read(file);
    expect(pitchMm).toMatchObject({ least: 200, most: 200 });
    expect(speedMmPerS).toMatchObject({ least: 1_000, most: 1_000 });
    expect(updateMs).toMatchObject({ least: 20, most: 20 });
    expect(betweenPartsMs).toMatchObject({ least: 200, most: 200 });
    // 1,000 mm at 1 mm a millisecond, less the lead.
    expect(marginMs).toMatchObject({ least: 990, most: 990 });
    expect(granted).toEqual({ counter: { publishingMs: 20, samplingMs: 10 } });
  });

  it('counts parts without image, images without part and late verdicts', async () => {
    const { file, keeper: kept } = keeper();
    runParts(10);
    bench.part();
    bench.run(bench.nowMs + 200);
    bench.part();
    bench.look(bench.image(bench.nowMs + 100), 'PASS');
    bench.run(bench.nowMs + 200);
    bench.part();
    bench.image();
    bench.run(bench.nowMs + 2_000);
    await kept.stop();
    const { parts, cameras } = await read(file);
    expect(parts).toMatchObject({ triggered: 13, ended: 13, late: 1 });
    expect(cameras.a).toMatchObject({ images: 12, untied: 1, partsWithout: 2 });
  });

  it('leaves out parts whose times were lost with the connection or the clock', async () => {
    const { file, keeper: kept } = keeper();
    runParts(10);
    bench.feed({ kind: 'clock-step', stepMs: -500 });
    bench.run(bench.nowMs + 2_000);
    runParts(10);
    bench.run(bench.nowMs + 2_000);
    await kept.stop();
    const { parts, betweenPartsMs } = await read(file);
    expect(parts).toMatchObject({ triggered: 20 });
    expect(parts.ended).toBeLessThan(20);
    expect(betweenPartsMs).toMatchObject({ count: 18, most: 200 });
  });

  it('says once when it cannot be written', async () => {
    await writeFile(join(folder.path, 'home'), '');
    const { keeper: kept } = keeper(join(folder.path, 'home'));
    runParts(10);
    bench.run(bench.nowMs + 2_000);
    await kept.work(10_000);
    await kept.work(20_000);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^the report of the gate cannot be written: ENOTDIR/);
  });
});
