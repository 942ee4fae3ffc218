/** What the edge asks of its devices; one file per kind implements one of these. */
import type { CapturedImage, MachineContext, Quality, SignalAtInstant } from '../pipeline/frame.ts';

export interface ImageSource {
  /** Waits for the next image; undefined when `signal` aborts first. Asked for one at a time, images may be held while the next is asked for. */
  next(signal: AbortSignal): Promise<CapturedImage | undefined>;
  /** Images put aside because no inspection could be made of them, since the start. */
  readonly rejected: number;
  /** Ends watching and remembers what it has to. */
  stop(): Promise<void>;
}

/** The machine now, in the shape of the API's MachineStatusInput without the line. */
export interface MachineNow {
  quality: Quality;
  sourceTime: string | null;
  state: string | null;
  mode: string | null;
  speedPerMin: number | null;
  productCode: string | null;
  recipeCode: string | null;
  batchCode: string | null;
  jobCode: string | null;
  temperatureC: number | null;
  humidityPercent: number | null;
  signals: SignalAtInstant[];
}

export interface Machine {
  readonly isConnected: boolean;
  /** The machine at the instant of a capture. Waits until a change before that instant would have been heard, a bounded time. */
  contextAt(instantMs: number): Promise<MachineContext>;
  now(): MachineNow;
  /** Calls back soon after the machine's state changed or its connection came or went. */
  onChange(listener: () => void): void;
  stop(): Promise<void>;
}
