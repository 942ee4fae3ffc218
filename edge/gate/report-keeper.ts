/** Writes down now and then what the gate has measured, for `--report`, which reads it while the node runs. */
import { join } from 'node:path';
import type { Machine } from '../devices/device.ts';
import type { GateMeter } from './gate-meter.ts';
import type { GateStatistics } from './gate-statistics.ts';
import { replaceFile } from './replace-file.ts';

/** Fewer parts are no measure of a line. */
export const LEAST_PARTS = 300;
const WRITE_EVERY_MS = 10_000;

export interface ReportKeeper {
  /** Called every now and then. */
  work(nowMs: number): Promise<void>;
  /** Writes down what is still to be written. */
  stop(): Promise<void>;
}

export interface ReportKeeperOptions {
  file: string;
  meter: GateMeter;
  machine: Pick<Machine, 'granted' | 'clockOffset'>;
  /** That the gate listens to. */
  signals: readonly string[];
  /** As people read it. */
  timeOf(atMs: number): string;
  startMs: number;
  now(): number;
  /** Tells people once that there is enough to report. */
  tell(message: string): void;
  warn(message: string): void;
}

export function reportFile(home: string, line: string, station: string): string {
  return join(home, 'gate', line, `${station}.report.json`);
}

export function createReportKeeper(options: ReportKeeperOptions): ReportKeeper {
  const { file, meter, machine, signals, timeOf, startMs, now, tell, warn } = options;
  let writtenMs = startMs;
  let writtenParts = 0;
  let isTold = false;
  let problem: string | undefined;

  return {
    async work(nowMs) {
      if (nowMs - writtenMs >= WRITE_EVERY_MS) await write(nowMs);
    },
    stop: () => write(now()),
  };

  async function write(nowMs: number): Promise<void> {
    writtenMs = nowMs;
    const measured = meter.statistics();
    const { ended } = measured.parts;
    if (ended === writtenParts) return;
    const uncertaintyMs = machine.clockOffset()?.uncertaintyMs;
    const statistics: GateStatistics = {
      ...measured,
      from: timeOf(startMs),
      to: timeOf(nowMs),
      readMs: uncertaintyMs ?? null,
      granted: Object.fromEntries(
        signals.flatMap((signal) => {
          const granted = machine.granted(signal);
          return granted ? [[signal, granted]] : [];
        }),
      ),
    };
    try {
      await replaceFile(file, JSON.stringify(statistics));
      [writtenParts, problem] = [ended, undefined];
    } catch (error) {
      const message = `the report of the gate cannot be written: ${error instanceof Error ? error.message : String(error)}`;
      if (message !== problem) warn(message);
      problem = message;
      return;
    }
    if (isTold || ended < LEAST_PARTS || measured.mode === 'active') return;
    isTold = true;
    tell(`${ended} parts are measured: --report shows what was found and the values to enter`);
  }
}
