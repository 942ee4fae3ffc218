/** What goes into the gate's core and what comes out of it. All times are of the node's steady clock, in milliseconds. */
import type { GateConfig, TriggerConfig } from '../config/gate-config.ts';
import type { Json, TriggeredPart, Verdict } from '../pipeline/frame.ts';

export interface GateSettings {
  /** The station's cameras; a part needs a verdict of each. */
  readonly cameras: readonly string[];
  readonly trigger: TriggerConfig;
  /** Undefined where the station only counts its parts and ties images to them. */
  readonly gate: GateConfig | undefined;
}

/** An image that a camera took, before and after it is known of which part. */
export interface SeenImage {
  readonly camera: string;
  readonly capturedAtMs: number;
  /** As the camera named it; the machine's name once it is tied. */
  partId: string | null;
  look: Look;
}

/** What one camera has of a part. */
export type Look =
  | { kind: 'waiting' }
  | { kind: 'verdict'; verdict: Verdict; inspectionId: string }
  | { kind: 'none'; reason: string };

export type GateInput =
  /** A new sample of the trigger signal; `atMs` is when it became true. */
  | { kind: 'trigger'; atMs: number; value: Json }
  | { kind: 'part-id'; atMs: number; value: Json }
  | { kind: 'belt'; atMs: number; value: Json }
  | { kind: 'confirm'; atMs: number; value: Json }
  | { kind: 'enabled'; atMs: number; value: Json }
  | { kind: 'line-stop'; value: Json }
  | { kind: 'job'; value: Json }
  | { kind: 'connection'; isUp: boolean }
  | { kind: 'seen'; image: SeenImage }
  /** `image.look` has changed. */
  | { kind: 'looked'; image: SeenImage }
  | { kind: 'write-failed'; command: GateCommand; reason: string }
  | { kind: 'tick' };

export type GateAction =
  | { kind: 'write'; target: 'command' | 'line-stop'; value: boolean; command: GateCommand | undefined }
  | { kind: 'event'; event: GateEvent }
  /** A part's trigger has come. */
  | { kind: 'triggered'; part: TriggeredPart }
  /** The image is tied to its part, or the time for that is over. */
  | { kind: 'tied'; image: SeenImage };

/** One firing of the gate. */
export interface GateCommand {
  readonly triggeredAtMs: number;
  readonly atMs: number;
}

export type GateEventKind =
  | 'GATE_REJECTED'
  | 'GATE_NOT_CONFIRMED'
  | 'GATE_UNEXPECTED_EJECTION'
  | 'GATE_LATE_VERDICT'
  | 'GATE_TRACKING_LOST'
  | 'GATE_DISABLED'
  | 'GATE_ENABLED'
  | 'GATE_BYPASSED'
  | 'LINE_STOP_REQUESTED'
  | 'PARTS_UNSEEN';

/** In the shape of the API's NodeEventInput, without line and station. */
export interface GateEvent {
  /** UUIDv7 of the moment. */
  id: string;
  kind: GateEventKind;
  partId?: string;
  inspectionId?: string;
  jobCode?: string;
  data?: Json;
}

/** Names moments for the world outside: the core itself has neither calendar nor chance. */
export interface Stamps {
  id(atMs: number): string;
  /** ISO 8601. */
  time(atMs: number): string;
}

/** Where a part ended. */
export type Ending = 'accepted' | 'rejected' | 'bypassed' | 'unseen';

/** A job run's count as it stands, in the shape of the API's PartCountsInput without the station. */
export interface RunCounts {
  id: string;
  jobCode: string | null;
  revision: number;
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

/** What the core has to know again after a restart. */
export interface GateSnapshot {
  /** Last value of the trigger signal: a counter tells by it what was missed. */
  trigger: Json;
  /** Newest last. */
  runs: RunCounts[];
}

export interface GateCoreState {
  isEnabled: boolean;
  isTracking: boolean;
  inTransit: number;
  confirmed: number;
  notConfirmed: number;
  unexpected: number;
  late: number;
  lastCommandAtMs: number | undefined;
  /** How much later than planned the last parts came to the gate, in milliseconds; dry runs count too. */
  leadErrorsMs: readonly number[];
  /** How long after the moment at which they were due the last commands were given, in milliseconds. */
  latenessMs: readonly number[];
}
