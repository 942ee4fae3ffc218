/** Counts of parts against the parts that were: every sum closes, nothing is counted that did not come, and what came is counted wherever the machine tells of it. */
import type { LineTold, LineTruth, ToldCounts } from './line-record.ts';
import type { Stretches } from './stretches.ts';

type Sums = Omit<ToldCounts, 'jobCode'>;

const NAMES = ['triggered', 'accepted', 'rejected', 'bypassed', 'unseen', 'unknown', 'inTransit'] as const;

export function judgeCounts(truth: LineTruth, told: LineTold, stretches: Stretches): string[] {
  const found: string[] = [];
  const sums = sumOf(told.counts);
  if (sums.unknown !== 0) found.push(`${sums.unknown} parts are unknown`);
  if (sums.inTransit !== 0) found.push(`${sums.inTransit} parts are in transit after the last has passed`);
  const ended = sums.accepted + sums.rejected + sums.bypassed + sums.unseen;
  if (ended !== sums.triggered) found.push(`${sums.triggered} parts triggered, ${ended} ended`);

  const hidden = truth.parts.filter((part) => stretches.ofPart(part).some(({ hidesParts }) => hidesParts)).length;
  const most = truth.parts.length;
  if (sums.triggered > most) found.push(`${sums.triggered} parts counted, ${most} came`);
  if (sums.triggered < most - hidden)
    found.push(`${sums.triggered} parts counted, ${most} came, of which ${hidden} may have been hidden`);

  const disturbed = truth.parts.filter((part) => stretches.ofPart(part).length > 0);
  const ejected = truth.parts.filter(({ ejectedAtMs }) => ejectedAtMs !== null).length;
  if (Math.abs(sums.rejected - ejected) > disturbed.length)
    found.push(`${sums.rejected} parts counted as rejected, ${ejected} ejected, ${disturbed.length} disturbed`);
  const unseenTold = told.events
    .filter(({ kind }) => kind === 'PARTS_UNSEEN')
    .reduce((sum, { data }) => sum + Number(data.count ?? 0), 0);
  if (unseenTold !== sums.unseen) found.push(`${sums.unseen} parts counted as unseen, ${unseenTold} told`);
  return [...found, ...judgeJobs(truth, told, stretches)];
}

/** Jobs that no disturbance touched have exactly their own parts. */
function judgeJobs({ parts, waits }: LineTruth, { counts }: LineTold, stretches: Stretches): string[] {
  const jobs = Map.groupBy(parts, ({ jobCode }) => jobCode);
  return [...jobs].flatMap(([jobCode, own]) => {
    const isCalm = own.every((part) => stretches.ofPart(part).length === 0);
    const fromMs = Math.min(...own.map(({ triggeredAtMs }) => triggeredAtMs));
    const toMs = Math.max(...own.map(({ atGateMs }) => atGateMs));
    if (!isCalm || waits.some((wait) => wait.fromMs <= toMs && wait.toMs >= fromMs)) return [];
    const sums = sumOf(counts.filter((entry) => entry.jobCode === jobCode));
    const ejected = own.filter(({ ejectedAtMs }) => ejectedAtMs !== null).length;
    const wrong: string[] = [];
    if (sums.triggered !== own.length)
      wrong.push(`job ${jobCode}: ${sums.triggered} parts counted, ${own.length} came`);
    if (sums.rejected !== ejected)
      wrong.push(`job ${jobCode}: ${sums.rejected} parts counted as rejected, ${ejected} were`);
    return wrong;
  });
}

function sumOf(counts: readonly ToldCounts[]): Sums {
  const sums: Sums = { triggered: 0, accepted: 0, rejected: 0, bypassed: 0, unseen: 0, unknown: 0, inTransit: 0 };
  for (const entry of counts) for (const name of NAMES) sums[name] += entry[name];
  return sums;
}
