/** What was seen of the belt against what the gate is told of it. The line has to run at its highest speed meanwhile. */
import type { GateConfig, TriggerConfig } from '../config/gate-config.ts';
import type { GateStatistics } from '../gate/gate-statistics.ts';
import { LEAST_PARTS } from '../gate/report-keeper.ts';
import type { SpreadSummary } from '../gate/spread.ts';
import { type Finding, findingOf, MARGIN, roundUp, show } from './finding.ts';

/** Of the highest speed seen and of the smallest pitch. */
const SPEED_MARGIN = 0.1;
const PITCH_MARGIN = 0.02;
/** Speed or pitch that are so much more or less than what was seen make windows needlessly narrow. */
const FAR_OFF = 2;
/** An interval that is so much longer than the longest seen lets a belt that stops seem to go on. */
const FAR_TOO_LONG = 5;
/** A gap beside the longest interval seen. */
const GAP = 2;
/** That the configuration takes. */
const LONGEST_UPDATE_MS = 10_000;
const LONGEST_GAP_MS = 60_000;

export interface BeltJudgement {
  findings: Finding[];
  /** With what is to be entered. */
  partPitchMm: number;
  maxSpeedMmPerS: number;
}

export function judgeBelt(statistics: GateStatistics, gate: GateConfig): BeltJudgement {
  const { speedMmPerS, pitchMm, updateMs } = statistics;
  const findings: Finding[] = [];
  let { maxSpeedMmPerS, partPitchMm } = gate;

  if (speedMmPerS) {
    // One jump of the encoder is no speed.
    const highest = speedMmPerS.most > 2 * speedMmPerS.p99 ? speedMmPerS.p99 : speedMmPerS.most;
    if (highest > maxSpeedMmPerS * 0.98 || highest * FAR_OFF < maxSpeedMmPerS)
      maxSpeedMmPerS = roundUp(highest * (1 + SPEED_MARGIN), 10);
    findings.push(
      findingOf(
        ['gate', 'maxSpeedMmPerS'],
        `${show(highest)} mm/s at most`,
        gate.maxSpeedMmPerS,
        maxSpeedMmPerS,
        'as fast as the line ran meanwhile: let it run at its highest speed',
      ),
    );
  }
  if (pitchMm && pitchMm.count >= LEAST_PARTS) {
    if (pitchMm.least < partPitchMm - gate.toleranceMm / 2 || pitchMm.least > FAR_OFF * partPitchMm)
      partPitchMm = Math.max(1, Math.floor(pitchMm.least * (1 - PITCH_MARGIN)));
    const measured = `${show(pitchMm.least)} mm at least, usually ${show(pitchMm.p50)}`;
    findings.push(findingOf(['gate', 'partPitchMm'], measured, gate.partPitchMm, partPitchMm));
  }
  if (updateMs && updateMs.count >= LEAST_PARTS) findings.push(...judgeUpdates(updateMs, gate));
  findings.push(...judgeBounds(gate, partPitchMm, maxSpeedMmPerS));
  return { findings, partPitchMm, maxSpeedMmPerS };
}

function judgeUpdates(updateMs: SpreadSummary, gate: GateConfig): Finding[] {
  const { p999, most } = updateMs;
  const isRight = p999 <= gate.encoderUpdateMs && gate.encoderUpdateMs <= Math.max(FAR_TOO_LONG * p999, 50);
  const update = isRight ? gate.encoderUpdateMs : Math.min(LONGEST_UPDATE_MS, roundUp(p999 * (1 + MARGIN), 5));
  const gap = most * 1.1 <= gate.encoderGapMs ? gate.encoderGapMs : Math.min(LONGEST_GAP_MS, roundUp(most * GAP, 10));
  const measured = `every ${show(updateMs.p50)} ms`;
  return [
    findingOf(['gate', 'encoderUpdateMs'], `${measured}, 99.9 % within ${show(p999)} ms`, gate.encoderUpdateMs, update),
    findingOf(['gate', 'encoderGapMs'], `${measured}, all within ${show(most)} ms`, gate.encoderGapMs, gap),
  ];
}

/** What the configuration would refuse beside the new pitch and speed. */
function judgeBounds(gate: GateConfig, partPitchMm: number, maxSpeedMmPerS: number): Finding[] {
  const leastMs = (1_000 * partPitchMm) / maxSpeedMmPerS;
  const apart = `parts ${show(leastMs)} ms and ${show(partPitchMm)} mm apart`;
  const found: Finding[] = [];
  const bound = (path: string[], value: number, isRight: boolean, enter: number) => {
    if (!isRight) found.push(findingOf(path, apart, value, enter));
  };
  const { toleranceMm, confirm, pulseMs, exit } = gate;
  bound(['gate', 'toleranceMm'], toleranceMm, toleranceMm < partPitchMm / 2, Math.floor(partPitchMm * 4) / 10);
  bound(['gate', 'pulseMs'], pulseMs, pulseMs < leastMs, Math.max(1, Math.floor(leastMs / 2)));
  const isWindowRight = confirm.kind === 'part-id' || confirm.windowMs <= leastMs;
  bound(['gate', 'confirm', 'windowMs'], confirm.windowMs, isWindowRight, Math.max(1, Math.floor(leastMs)));
  const exitMm = exit?.windowMm ?? 0;
  bound(['gate', 'exit', 'windowMm'], exitMm, exitMm < partPitchMm / 2, Math.floor(partPitchMm * 4) / 10);
  return found;
}

const ROLES: Record<string, string> = {
  trigger: 'trigger',
  'part-id': 'part id',
  belt: 'encoder',
  confirm: 'confirmation',
  exit: 'exit',
};

/** How long samples are under way: the slowest of the gate's signals counts. */
export function judgeAge({ ageMs }: GateStatistics, { settleMs }: TriggerConfig): Finding[] {
  const ages = Object.entries(ageMs).filter(([role]) => Object.hasOwn(ROLES, role));
  const [slowest] = ages.toSorted(([, a], [, b]) => b.most - a.most);
  if (!slowest || (ageMs.trigger?.count ?? 0) < LEAST_PARTS) return [];
  const [, { most }] = slowest;
  const measured = ages.map(([role, age]) => `${ROLES[role]} ${show(age.p50)} to ${show(age.most)} ms`).join(', ');
  const enter = most <= settleMs ? settleMs : roundUp(most * (1 + MARGIN), 10);
  return [findingOf(['trigger', 'settleMs'], `under way: ${measured}`, settleMs, enter)];
}
