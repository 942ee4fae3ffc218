/** What was measured at one station, judged by the configuration as it stands in the file now. */
import { readFile } from 'node:fs/promises';
import { fieldName } from '../config/config-file.ts';
import type { EdgeConfig } from '../config.ts';
import { type GateStatistics, GateStatisticsSchema } from '../gate/gate-statistics.ts';
import { LEAST_PARTS, reportFile } from '../gate/report-keeper.ts';
import type { Finding } from './finding.ts';
import { judgeStation } from './judge-station.ts';

export interface StationReport {
  line: string;
  station: string;
  /** Undefined when nothing is measured yet. */
  statistics: GateStatistics | undefined;
  /** Enough parts for a proposal. */
  isEnough: boolean;
  findings: (Finding & { field: string; fileLine: number })[];
}

/** One of each station with a trigger. Rejects when a file holds something else. */
export async function readStationReports(
  { home, stations, machines }: Pick<EdgeConfig, 'home' | 'stations' | 'machines'>,
  lineOf: (path: Finding['path']) => number,
): Promise<StationReport[]> {
  const reports: StationReport[] = [];
  for (const [stationIndex, entry] of stations.entries()) {
    const { line, station, trigger } = entry;
    if (!trigger) continue;
    const statistics = await readStatistics(reportFile(home, line, station));
    const machineIndex = machines.findIndex((machine) => machine.line === line);
    const place = { station: entry, stationIndex, machine: machines[machineIndex], machineIndex };
    const findings = statistics ? judgeStation(statistics, place) : [];
    reports.push({
      line,
      station,
      statistics,
      isEnough: (statistics?.parts.ended ?? 0) >= LEAST_PARTS,
      findings: findings.map((finding) => ({
        ...finding,
        field: fieldName(finding.path),
        fileLine: lineOf(finding.path),
      })),
    });
  }
  return reports;
}

async function readStatistics(path: string): Promise<GateStatistics | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return GateStatisticsSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(`${path} is no report of this release; remove it, the node writes it again`, { cause });
  }
}
