/** What was, and what was told of it: all that the judge of a line gets to see. Times are milliseconds of the computer's clock. */
import type { PartTruth } from './machine-messages.ts';

export interface Interval {
  fromMs: number;
  toMs: number;
}

/** One disturbance, or several at once; ends when the line works again as far as machine and network are concerned. */
export interface Stretch extends Interval {
  behaviours: readonly string[];
  /** Nothing that the machine tells says how many parts came meanwhile. */
  hidesParts: boolean;
  /** The node did not run: what the server tells of that names the parts. */
  withoutNode?: Interval;
}

export interface LineTruth {
  line: string;
  parts: readonly PartTruth[];
  /** By the hash of a picture: the part that it shows. */
  pictures: ReadonlyMap<string, number>;
  stretches: readonly Stretch[];
  /** The computer let the machine or the node wait: what happened then is nobody's fault. */
  waits: readonly Interval[];
}

export interface ToldEvent {
  id: string;
  kind: string;
  atMs: number;
  partId?: string | undefined;
  inspectionId?: string | undefined;
  data: Record<string, unknown>;
}

export interface ToldInspection {
  id: string;
  imageSha256: string;
  batchCode: string | null;
  isBatchAmbiguous: boolean;
}

export interface ToldCounts {
  jobCode: string | null;
  triggered: number;
  accepted: number;
  rejected: number;
  bypassed: number;
  unseen: number;
  unknown: number;
  inTransit: number;
}

export interface LineTold {
  events: readonly ToldEvent[];
  inspections: readonly ToldInspection[];
  counts: readonly ToldCounts[];
  /** The node did not come back, or told nothing any more. */
  hangs: readonly string[];
}

export type ComplaintKind =
  | 'defective passed unnamed'
  | 'good ejected unnamed'
  | 'counts do not reconcile'
  | 'node hangs'
  | 'calm: defective passed'
  | 'calm: good ejected'
  | 'calm: fault told'
  | 'wrong context';

export interface Complaint {
  kind: ComplaintKind;
  line: string;
  /** What went on then. */
  behaviours: readonly string[];
  text: string;
}
