/** What a node tells the server beside its results, in the shapes of the API's inputs. The outbox keeps all of it until the server has it. */
import type { Json } from '../pipeline/frame.ts';
import { inspectionId } from '../pipeline/inspection-id.ts';

export type NodeEventKind =
  | 'GATE_REJECTED'
  | 'GATE_NOT_CONFIRMED'
  | 'GATE_UNEXPECTED_EJECTION'
  | 'GATE_LATE_VERDICT'
  | 'GATE_TRACKING_LOST'
  | 'GATE_DISABLED'
  | 'GATE_ENABLED'
  | 'GATE_BYPASSED'
  | 'LINE_STOP_REQUESTED'
  | 'PARTS_UNSEEN'
  | 'COUNTER_RESTARTED'
  | 'COUNTER_CORRECTED'
  | 'SIGNAL_UNUSABLE'
  | 'SIGNAL_USABLE'
  | 'REJECT_UNTIED'
  | 'TRIGGER_SILENT'
  | 'BELT_SLIPPED'
  | 'MACHINE_CONNECTED'
  | 'MACHINE_DISCONNECTED'
  | 'CLOCK_STEPPED'
  | 'CONTEXT_UNSURE'
  | 'OUTBOX_SACRIFICED'
  | 'OUTBOX_RELIEVED'
  | 'IMAGES_REFUSED'
  | 'MODEL_RESTARTED';

/** In the shape of NodeEventInput. */
export interface NodeEvent {
  /** UUIDv7 whose millisecond is the moment of the event. */
  id: string;
  kind: NodeEventKind;
  lineId?: string;
  stationId?: string;
  cameraId?: string;
  partId?: string;
  inspectionId?: string;
  jobCode?: string;
  data?: Json;
}

/** In the shape of PartCountsInput: a count of one station and job run as it stands; a higher revision takes the place of a lower one. */
export interface PartCounts {
  /** UUIDv7 of the moment at which the count began. */
  id: string;
  stationId: string;
  jobCode: string | null;
  revision: number;
  /** ISO 8601. */
  from: string;
  to: string;
  triggered: number;
  accepted: number;
  rejected: number;
  bypassed: number;
  unseen: number;
  unknown: number;
  inTransit: number;
}

/** In the shape of CaptureRevisionInput: what became of an image after its result was written. */
export interface CaptureRevision {
  inspectionId: string;
  keepProbability?: number;
  isLost?: boolean;
}

/** The id is made here and kept with the event: however often it is sent, it is one event. */
export function nodeEvent(kind: NodeEventKind, atMs: number, rest: Omit<NodeEvent, 'id' | 'kind'> = {}): NodeEvent {
  return { id: inspectionId(atMs), kind, ...rest };
}
