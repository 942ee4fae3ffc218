/** What the edge asks of its devices; one file per kind implements one of these. */
import type { MachineValues } from '#schema/production-context.ts';
import type { CapturedImage, Json, MachineContext, Quality, SignalAtInstant } from '../pipeline/frame.ts';

export interface ImageSource {
  /** Waits for the next image; undefined when `signal` aborts first. Asked for one at a time, images may be held while the next is asked for. */
  next(signal: AbortSignal): Promise<CapturedImage | undefined>;
  /** Images put aside because no inspection could be made of them, since the start. */
  readonly rejected: number;
  /** What keeps it from giving images that can be judged, or their times from being known; undefined when nothing does. */
  readonly problem: string | undefined;
  /** Ends watching and remembers what it has to. */
  stop(): Promise<void>;
}

/** The machine now, in the shape of the API's MachineStatusInput without the line. */
export interface MachineNow extends Omit<MachineValues, 'machineState' | 'machineMode'> {
  quality: Quality;
  sourceTime: string | null;
  state: string | null;
  mode: string | null;
  signals: SignalAtInstant[];
}

/** One value as it arrived. */
export interface SignalSample {
  value: Json;
  quality: Quality;
  /** By the machine's clock. */
  sourceMs: number;
  receivedMs: number;
  /** OPC UA built-in type of the value, e.g. "UInt16"; undefined when there is no value. */
  type: string | undefined;
  /** Name of the status code, e.g. "BadNodeIdUnknown", or why the value is no use; undefined when the quality is GOOD. */
  status: string | undefined;
}

/** What the server granted, however often it was asked for. */
export interface GrantedIntervals {
  publishingMs: number;
  samplingMs: number;
}

export interface ClockOffset {
  offsetMs: number;
  /** Half the width of the interval in which the offset lies. */
  uncertaintyMs: number;
}

export interface Machine {
  readonly isConnected: boolean;
  /** The machine at the instant of a capture. Waits until a change before that instant would have been heard, a bounded time. */
  contextAt(instantMs: number): Promise<MachineContext>;
  now(): MachineNow;
  /** Calls back soon after the machine's state changed or its connection came or went. */
  onChange(listener: () => void): void;
  /** Calls back with each new sample of a signal, in the order of arrival; answers what ends it. Throws when no such signal is mapped. */
  onSample(signal: string, listener: (sample: SignalSample) => void): () => void;
  /** Writes the value of a mapped signal. Rejects when the machine is not connected or does not take it within `limitMs`. */
  write(signal: string, value: Json, limitMs: number): Promise<void>;
  /** The machine's clock minus the node's; undefined until it was heard. */
  clockOffset(): ClockOffset | undefined;
  /** The node that the signal leads to on this connection, as text: two signals with equal texts are one node. Undefined while it is not resolved. */
  nodeOf(signal: string): string | undefined;
  /** What the server granted for the signal's subscription; undefined while not connected. */
  granted(signal: string): GrantedIntervals | undefined;
  /** Calls back when the machine's clock was set, by how much; answers what ends it. */
  onClockStep(listener: (stepMs: number) => void): () => void;
  stop(): Promise<void>;
}
