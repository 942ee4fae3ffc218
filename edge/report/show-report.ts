/** `--report`: what the gates have measured against what the file says, with the values to enter. Also while the node runs. */
import type { ReadConfig } from '../config.ts';
import type { GateStatistics } from '../gate/gate-statistics.ts';
import { LEAST_PARTS } from '../gate/report-keeper.ts';
import { readStationReports, type StationReport } from './station-report.ts';

const ALL_FITS = 0;
const VALUES_TO_CHANGE = 1;
const NOT_MEASURED = 2;

/** Answers the exit code. */
export async function showReport(
  { config, lineOf }: Pick<ReadConfig, 'config' | 'lineOf'>,
  file: string,
  say: (line: string) => void,
  isJson: boolean,
): Promise<number> {
  const reports = await readStationReports(config, lineOf);
  if (isJson) say(JSON.stringify({ file, stations: reports.map(plain) }));
  else for (const line of linesOf(reports, file)) say(line);
  const isWrong = reports.some(({ findings }) => findings.some(({ fit }) => fit !== 'fits' && fit !== 'not known'));
  if (isWrong) return VALUES_TO_CHANGE;
  return reports.length > 0 && reports.every(({ isEnough }) => isEnough) ? ALL_FITS : NOT_MEASURED;
}

/** Without the times of single images. */
function plain({ line, station, statistics, isEnough, findings }: StationReport) {
  if (!statistics) return { line, station, isEnough, findings };
  const { triggersMs: _, cameras, ...rest } = statistics;
  const shown = Object.entries(cameras).map(([camera, { takenMs: __, ...more }]) => [camera, more]);
  return { line, station, isEnough, measured: { ...rest, cameras: Object.fromEntries(shown) }, findings };
}

function linesOf(reports: readonly StationReport[], file: string): string[] {
  if (reports.length === 0) return ['no station has a trigger: there is nothing to measure'];
  return reports.flatMap(({ line, station, statistics, isEnough, findings }) => {
    const name = `${line}/${station}`;
    if (!statistics) return [`${name}: nothing is measured yet; let the node run with gate.mode: dry-run`];
    const lines = findings.map(({ fileLine, field, measured, configured, fit, enter, remark }) => {
      const verdict = enter === undefined ? fit : `${fit}, enter ${enter}`;
      const more = remark === undefined ? '' : ` (${remark})`;
      return `${file}:${fileLine}: ${field}: measured: ${measured}; configured: ${configured ?? 'nothing'}; ${verdict}${more}`;
    });
    return [...lines, `${name}: ${summary(statistics, isEnough)}`];
  });
}

function summary({ from, to, parts, cameras, confirmations }: GateStatistics, isEnough: boolean): string {
  const share = (count: number, of: number) => `${count} (${of === 0 ? 0 : Math.round((1_000 * count) / of) / 10} %)`;
  const ofCameras = Object.entries(cameras).map(
    ([camera, { images, untied, partsWithout }]) =>
      `${camera}: ${share(partsWithout, parts.ended)} without image, ${share(untied, images)} of its images untied`,
  );
  const rests = isEnough
    ? `of other parts at most ${beyond(parts.ended)} % may lie beyond what was seen, values to enter leave 20 % more`
    : `too few for a proposal: at least ${LEAST_PARTS} are needed`;
  const late = `${share(parts.late, parts.ended)} late`;
  const confirmed = `${confirmations} confirmations`;
  return [`${parts.ended} parts from ${from} to ${to}`, late, ...ofCameras, confirmed, rests].join('; ');
}

/** With 95 % certainty, in percent: the rule of three. */
function beyond(parts: number): number {
  return Math.ceil(3_000 / parts) / 10;
}
