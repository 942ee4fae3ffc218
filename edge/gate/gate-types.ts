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
  readonly cameraId: string | undefined;
  readonly capturedAtMs: number;
  /** The true capture may have been this much earlier. */
  readonly uncertaintyMs: number;
  /** The part for which it was asked, as the core told of it. */
  readonly trigger: TriggeredPart | null;
  readonly arrivedAtMs: number;
  /** From exposure to arrival, as it should be. */
  readonly latencyMs: number;
  /** As the camera named it; the machine's name once it is tied. */
  partId: string | null;
  look: Look;
}

/** What one camera has of a part. */
export type Look =
  | { kind: 'waiting' }
  | { kind: 'verdict'; verdict: Verdict; inspectionId: string }
  | { kind: 'none'; reason: string };

/** What a signal is to the gate. */
export type SignalRole =
  | 'trigger'
  | 'part-id'
  | 'belt'
  | 'confirm'
  | 'enabled'
  | 'line-stop'
  | 'exit'
  | 'state'
  | 'job'
  | 'command';

/** A sample of good quality; `atMs` is when it became true. */
export interface SignalInput {
  kind: Exclude<SignalRole, 'command'>;
  atMs: number;
  value: Json;
  /** Of the value's OPC UA type; undefined when it does not wrap. */
  modulus?: number | undefined;
}

export type GateInput =
  | SignalInput
  /** Why the machine gives no good value of the signal; undefined when it does. */
  | { kind: 'quality'; role: SignalRole; signal: string; status: string | undefined }
  | { kind: 'connection'; isUp: boolean }
  /** The machine's clock was set: times before and after do not belong together. */
  | { kind: 'clock-step'; stepMs: number }
  /** Signals that must not be one node are one: what to change; undefined when they are not. */
  | { kind: 'conflict'; text: string | undefined }
  | { kind: 'seen'; image: SeenImage }
  /** `image.look` has changed. */
  | { kind: 'looked'; image: SeenImage }
  | { kind: 'write-failed'; command: GateCommand; reason: string }
  | { kind: 'tick' };

export type GateAction =
  | { kind: 'command'; isOn: boolean; command: GateCommand }
  /** Asks for a stop of the line. */
  | { kind: 'stop-line' }
  | { kind: 'event'; event: GateEvent }
  /** A part's trigger has come. */
  | { kind: 'triggered'; part: TriggeredPart }
  /** The image is tied to its part, or the time for that is over. */
  | { kind: 'tied'; image: SeenImage; part: TriggeredPart | undefined }
  /** A part is past the gate. */
  | { kind: 'ended'; part: EndedPart };

/** What is known of a part at its end. */
export interface EndedPart extends TriggeredPart {
  readonly looks: ReadonlyMap<string, Look>;
  readonly finding: { readonly verdict: string } | undefined;
  /** When its command was due, by what was known then. */
  readonly dueAtMs: number | undefined;
  readonly commandAtMs: number | undefined;
  readonly ejectedAtMs: number | undefined;
}

/** One firing of the gate. */
export interface GateCommand {
  readonly triggeredAtMs: number;
  readonly atMs: number;
  /** What a controller that tracks parts itself knows the part by: what the trigger's counter showed with it, and its id. */
  readonly counter: number | undefined;
  readonly partId: string | null;
  /** When the part has left the gate, by the belt's speed now. */
  readonly validUntilMs: number;
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
  | 'PARTS_UNSEEN'
  | 'COUNTER_RESTARTED'
  | 'COUNTER_CORRECTED'
  | 'SIGNAL_UNUSABLE'
  | 'SIGNAL_USABLE'
  | 'REJECT_UNTIED'
  | 'TRIGGER_SILENT'
  | 'BELT_SLIPPED';

/** In the shape of the API's NodeEventInput, without line and station. */
export interface GateEvent {
  /** UUIDv7 of the moment. */
  id: string;
  kind: GateEventKind;
  partId?: string;
  inspectionId?: string;
  cameraId?: string;
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
  /** When the oldest part in transit was triggered, as people read it; undefined without one. */
  inTransitFrom?: string | undefined;
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
  /** What lasts and needs people, the most serious first. */
  problem: string | undefined;
}
