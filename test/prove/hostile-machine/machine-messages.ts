/** What the proof and a machine of the test say to each other, one JSON object a line: plans and switches one way, the physical truth the other. */

export type IntegerType = 'Byte' | 'UInt16' | 'Int16' | 'UInt32';
export type EncoderType = 'UInt16' | 'UInt32' | 'Double';

/** One line: its belt, its controller and its camera. */
export interface MachinePlan {
  line: string;
  seed: number;
  /** For the server's certificates; a controller that starts again is the same one. */
  pki: string;
  trigger: 'counter' | 'id' | 'edge';
  counter: { type: IntegerType; start: number };
  confirm: { type: IntegerType; start: number };
  belt: { kind: 'encoder'; type: EncoderType; start: number; modulus?: number } | { kind: 'speed' };
  camera: { mode: 'snapshot' | 'mjpeg'; endsLinesWith: '\r\n' | '\n' };
  valve: 'edge' | 'level';
  /** How the controller writes its codes. */
  codes: 'text' | 'number' | 'padded';
  /** Of the OPC UA server: few items and paths in a call, one subscription in a session. */
  isLimited: boolean;
}

/** What is wrong at the moment. */
export interface Switches {
  imageLateMs: number;
  isStreamStalled: boolean;
  isImageFrozen: boolean;
  isImageDripping: boolean;
  isImageOtherSize: boolean;
  isCounterFrozen: boolean;
  isCounterBad: boolean;
  counterAs: 'number' | 'text' | 'fraction';
  isBouncing: boolean;
  isEncoderFrozen: boolean;
  isEncoderBad: boolean;
  isConfirmBad: boolean;
  /** The encoder's samples say that they are so much older than they are. */
  encoderStampedBackMs: number;
  /** The encoder's samples come so much later, with their true times. */
  encoderLateMs: number;
  speedFactor: number;
  writes: 'taken' | 'denied' | 'swallowed' | 'hung';
  isJammed: boolean;
  isValveOpen: boolean;
  contextStampedBackMs: number;
  /** The controller's clock against the computer's. */
  clockAheadMs: number;
  /** A signal of the context never gives its first value. */
  isMute: boolean;
  leastPublishingMs: number;
  /** Between node and controller: nothing passes, or nothing can be reached. */
  wire: 'open' | 'paused' | 'cut';
  isFeeding: boolean;
}

export const ALL_WELL: Switches = {
  imageLateMs: 0,
  isStreamStalled: false,
  isImageFrozen: false,
  isImageDripping: false,
  isImageOtherSize: false,
  isCounterFrozen: false,
  isCounterBad: false,
  counterAs: 'number',
  isBouncing: false,
  isEncoderFrozen: false,
  isEncoderBad: false,
  isConfirmBad: false,
  encoderStampedBackMs: 0,
  encoderLateMs: 0,
  speedFactor: 1,
  writes: 'taken',
  isJammed: false,
  isValveOpen: false,
  contextStampedBackMs: 0,
  clockAheadMs: 0,
  isMute: false,
  leastPublishingMs: 10,
  wire: 'open',
  isFeeding: true,
};

/** What happens once. */
export type Act =
  | 'counter-back'
  | 'counter-reset'
  | 'encoder-reset'
  | 'recreate-nodes'
  | 'drop-connections'
  | 'restart-server';

export type Command = { set: Partial<Switches> } | { act: Act };

/** A part as it was, told when nothing can happen to it any more. Times are of the computer's clock. */
export interface PartTruth {
  number: number;
  partId: string;
  /** What the counter shows for it. */
  counter: number;
  jobCode: string;
  batchCode: string;
  isDefective: boolean;
  triggeredAtMs: number;
  /** When it stood, or would have stood, before the gate. */
  atGateMs: number;
  ejectedAtMs: number | null;
  /** What pushed it: the rising edge of a command, or a valve that stood open. */
  pushedBy: 'command' | 'open-valve' | null;
}

export type MachineSaid =
  | { kind: 'listening'; endpoint: string; camera: string }
  | ({ kind: 'part' } & PartTruth)
  /** A picture that the camera has given, by the hash of its bytes. */
  | { kind: 'picture'; number: number; sha256: string }
  | { kind: 'triggered'; number: number; atMs: number }
  | { kind: 'command'; isOn: boolean; atMs: number }
  /** The computer let the machine wait: what it did then was late. */
  | { kind: 'waited'; fromMs: number; toMs: number }
  | { kind: 'done'; command: string };

/** Milliseconds since 1970 that neither step nor go back; the same in all processes of the proof. */
export function steadyMs(): number {
  return performance.timeOrigin + performance.now();
}
