/** What is to be done with a part when it comes to the gate: pure rules, nothing of a model but the verdicts of the one in charge. */
import type { GateReactions } from '../config/gate-config.ts';
import type { Ending, Look } from './gate-types.ts';

/** What the station knows of a part when its command is due. LATE: an image was taken; NONE: no verdict will come. */
export type Finding =
  | { verdict: 'PASS' | 'UNCERTAIN' | 'REJECT'; inspectionId: string }
  | { verdict: 'LATE' | 'NONE'; reason: string };

export type Cause = 'verdict' | 'uncertain' | 'late-verdict' | 'no-verdict' | 'tracking-lost';
export type Obstacle =
  | 'gate-disabled'
  | 'dry-run'
  | 'off'
  | 'no-gate'
  | 'disconnected'
  | 'signal-conflict'
  | 'ejector-not-reset'
  | 'too-late';

export interface PartDecision {
  readonly cause: Cause;
  /** Whether the gate is to fire. */
  readonly isEjected: boolean;
  /** Where the part ends when it is not fired at. */
  readonly ending: Ending;
  /** Why a part that is to be rejected is let go. */
  readonly obstacle?: Obstacle;
  readonly asksForStop: boolean;
}

export interface GateConditions {
  readonly mode: 'active' | 'dry-run' | 'off' | 'no-gate';
  readonly isEnabled: boolean;
  readonly isConnected: boolean;
  /** Two roles of the gate are one node of the machine: what the gate hears may be its own command. */
  readonly isInConflict: boolean;
  readonly reactions: GateReactions;
}

/** A station that only counts lets every part pass. */
export const WITHOUT_GATE: GateReactions = {
  lateVerdict: 'pass',
  noVerdict: 'pass',
  trackingLost: 'pass',
  notConfirmed: 'pass',
  gateDisabled: 'pass',
  uncertain: 'pass',
};

/** The worst of the cameras: one that rejects decides alone, one that says nothing outweighs all that let the part pass. */
export function summarise(cameras: readonly string[], looks: ReadonlyMap<string, Look>): Finding {
  let worst: Finding | undefined;
  for (const camera of cameras) {
    const finding = findingOf(looks.get(camera));
    if (!worst || SEVERITY[finding.verdict] > SEVERITY[worst.verdict]) worst = finding;
  }
  return worst ?? { verdict: 'NONE', reason: 'no camera' };
}

const SEVERITY = { PASS: 0, UNCERTAIN: 1, NONE: 2, LATE: 3, REJECT: 4 };

function findingOf(look: Look | undefined): Finding {
  if (!look) return { verdict: 'NONE', reason: 'no image' };
  if (look.kind === 'verdict') return { verdict: look.verdict, inspectionId: look.inspectionId };
  return look.kind === 'none'
    ? { verdict: 'NONE', reason: look.reason }
    : { verdict: 'LATE', reason: 'no verdict yet' };
}

export function decidePart(finding: Finding, isLost: boolean, gate: GateConditions): PartDecision {
  const wanted = wish(finding, isLost, gate.reactions);
  if (!wanted.isEjected) return wanted;
  const obstacle = obstacleOf(gate);
  if (obstacle === undefined) return wanted;
  const asksForStop = obstacle === 'gate-disabled' && gate.reactions.gateDisabled === 'stop';
  return { ...wanted, isEjected: false, obstacle, asksForStop };
}

/** What would be done if nothing stood in the way. */
function wish({ verdict }: Finding, isLost: boolean, reactions: GateReactions): PartDecision {
  if (isLost) {
    // What to ask of the line was asked when tracking was lost.
    const ending = verdict === 'PASS' ? 'accepted' : 'bypassed';
    return reactions.trackingLost === 'reject' ? eject('tracking-lost') : letGo('tracking-lost', ending);
  }
  if (verdict === 'REJECT') return eject('verdict');
  if (verdict === 'PASS') return letGo('verdict', 'accepted');
  if (verdict === 'UNCERTAIN') {
    return reactions.uncertain === 'reject' ? eject('uncertain') : letGo('uncertain', 'accepted');
  }
  const reaction = verdict === 'LATE' ? reactions.lateVerdict : reactions.noVerdict;
  const cause = verdict === 'LATE' ? 'late-verdict' : 'no-verdict';
  const ending = verdict === 'LATE' ? 'bypassed' : 'unseen';
  return reaction === 'reject' ? eject(cause, ending) : letGo(cause, ending, reaction === 'stop');
}

function obstacleOf(gate: GateConditions): Obstacle | undefined {
  const { mode, isEnabled, isConnected, isInConflict, reactions } = gate;
  if (mode !== 'active') return mode;
  if (!isConnected) return 'disconnected';
  if (isInConflict) return 'signal-conflict';
  return isEnabled || reactions.gateDisabled === 'reject' ? undefined : 'gate-disabled';
}

function eject(cause: Cause, ending: Ending = 'bypassed'): PartDecision {
  return { cause, isEjected: true, ending, asksForStop: false };
}

function letGo(cause: Cause, ending: Ending, asksForStop = false): PartDecision {
  return { cause, isEjected: false, ending, asksForStop };
}
