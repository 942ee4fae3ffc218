/** What a check has seen of a machine's signal. */
import type { Json, Quality } from '../pipeline/frame.ts';

export interface SeenSignal {
  name: string;
  /** The node it leads to; undefined when it leads nowhere. */
  node: string | undefined;
  /** Of OPC UA's built-in types; undefined when neither node nor value tell it. */
  type: string | undefined;
  isWritable: boolean;
  /** As the configuration's unit, else the machine's. */
  unit: string | undefined;
  value: Json;
  quality: Quality;
  status: string | undefined;
  /** The first value and those that came since. */
  samples: SeenSample[];
}

export interface SeenSample {
  value: Json;
  /** By the machine's clock; undefined when it gives no time. */
  sourceMs: number | undefined;
  /** Of its arrival, by `performance.now()`. */
  atMs: number;
}
