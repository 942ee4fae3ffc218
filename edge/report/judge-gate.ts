/** Whether verdicts come before their command is due, how early the command is given, and how often the machine tells. */
import type { GateConfig } from '../config/gate-config.ts';
import type { MachineConfig } from '../config/machine-config.ts';
import type { GateStatistics } from '../gate/gate-statistics.ts';
import { LEAST_PARTS } from '../gate/report-keeper.ts';
import { type Finding, findingOf, MARGIN, roundUp, show } from './finding.ts';

export function judgeMargin(statistics: GateStatistics, gate: GateConfig, maxSpeedMmPerS: number): Finding[] {
  const { marginMs, parts } = statistics;
  if (!marginMs || marginMs.count < LEAST_PARTS) return [];
  const measured = `verdict stands ${show(marginMs.least)} ms before the command at least, usually ${show(marginMs.p50)} ms`;
  const place = { path: ['gate', 'distanceMm'], measured, configured: gate.distanceMm };
  if (marginMs.least >= 0 && parts.late === 0) return [{ ...place, fit: 'fits' }];
  const shortMs = Math.max(0, -marginMs.least);
  const byMm = roundUp((shortMs * (1 + MARGIN) * maxSpeedMmPerS) / 1_000, 10);
  const remark = `${parts.late} of ${parts.ended} verdicts came too late, by ${show(shortMs)} ms at most: quicker camera or model, or the gate ${byMm} mm farther`;
  return [{ ...place, fit: 'cannot fit', remark }];
}

/** What was written tells it, so in a dry run nothing does. */
export function judgeLead({ writeMs, readMs, confirmedAfterMs }: GateStatistics, { leadMs }: GateConfig): Finding {
  const path = ['gate', 'leadMs'];
  if (!writeMs) {
    const read = readMs === null ? '' : `; a read takes about ${show(2 * readMs)} ms there and back`;
    return {
      path,
      measured: `nothing is written before the gate is active${read}`,
      configured: leadMs,
      fit: 'not known',
    };
  }
  const way = `a write takes ${show(writeMs.p50)} to ${show(writeMs.most)} ms`;
  if (!confirmedAfterMs || confirmedAfterMs.count < LEAST_CONFIRMED) {
    return { path, measured: way, configured: leadMs, fit: 'not known', remark: 'too few rejections are confirmed' };
  }
  const least = Math.ceil(writeMs.p50 / 2);
  const most = Math.max(least, Math.floor(confirmedAfterMs.least));
  const measured = `${way}, parts are confirmed ${show(confirmedAfterMs.least)} to ${show(confirmedAfterMs.most)} ms after the command`;
  return findingOf(path, measured, leadMs, Math.min(most, Math.max(least, leadMs)));
}

/** Of rejections: there are fewer of them than of parts. */
const LEAST_CONFIRMED = 20;

/** A server that rounds a little up is no trouble. */
const MOST_TIMES = 2;
const MOST_PUBLISHING_MS = 1_000;

/** The slowest of the gate's signals, which are all fast ones. `machineIndex` is where the machine stands in the configuration. */
export function judgeGranted({ granted }: GateStatistics, machine: MachineConfig, machineIndex: number): Finding[] {
  const [slowest] = Object.entries(granted).toSorted(([, a], [, b]) => b.publishingMs - a.publishingMs);
  if (!slowest) return [];
  const [signal, { publishingMs, samplingMs }] = slowest;
  const configured = machine.fastPublishingIntervalMs;
  const measured = `granted: ${signal} published every ${show(publishingMs)} ms, sampled every ${show(samplingMs)} ms`;
  const path = ['machines', machineIndex, 'fastPublishingIntervalMs'];
  if (publishingMs <= MOST_TIMES * configured) return [{ path, measured, configured, fit: 'fits' }];
  const remark = "lower the server's least publishing interval: parts are seen so late";
  if (publishingMs > MOST_PUBLISHING_MS) return [{ path, measured, configured, fit: 'cannot fit', remark }];
  return [findingOf(path, measured, configured, Math.ceil(publishingMs), remark)];
}
