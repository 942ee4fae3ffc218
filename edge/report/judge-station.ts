/** What a station's measurements say of its configuration: pure, from one to the other. */
import type { MachineConfig } from '../config/machine-config.ts';
import type { EdgeConfig } from '../config.ts';
import type { GateStatistics } from '../gate/gate-statistics.ts';
import { LEAST_PARTS } from '../gate/report-keeper.ts';
import type { Finding } from './finding.ts';
import { judgeAge, judgeBelt } from './judge-belt.ts';
import { judgeGranted, judgeLead, judgeMargin } from './judge-gate.ts';
import { judgeImages } from './judge-images.ts';

export interface StationPlace {
  station: EdgeConfig['stations'][number];
  stationIndex: number;
  machine: MachineConfig | undefined;
  machineIndex: number;
}

/** Nothing where there are too few parts to say anything. Paths begin at the top of the file. */
export function judgeStation(statistics: GateStatistics, place: StationPlace): Finding[] {
  const { station, stationIndex, machine, machineIndex } = place;
  const { trigger, gate, cameras } = station;
  if (!trigger || statistics.parts.ended < LEAST_PARTS) return [];
  const belt = gate && judgeBelt(statistics, gate);
  const seenMs = statistics.betweenPartsMs?.least ?? 0;
  const leastMs = belt ? (1_000 * belt.partPitchMm) / belt.maxSpeedMmPerS : seenMs;
  const ofStation = [
    ...judgeImages(statistics, trigger, cameras, leastMs),
    ...judgeAge(statistics, trigger),
    ...(belt?.findings ?? []),
    ...(gate && belt ? judgeMargin(statistics, gate, belt.maxSpeedMmPerS) : []),
    ...(gate ? [judgeLead(statistics, gate)] : []),
  ].map((finding) => ({ ...finding, path: ['stations', stationIndex, ...finding.path] }));
  return [...ofStation, ...(machine ? judgeGranted(statistics, machine, machineIndex) : [])];
}
