/** One signal of a machine as rows keep it. */

export type SignalQuality = 'good' | 'stale' | 'bad';

/** One signal with the unit, quality and time (ISO text) of its source; `isAmbiguous` stands only where it is so. */
export interface StoredSignal {
  value: unknown;
  unit: string | null;
  quality: SignalQuality;
  sourceTime: string | null;
  isAmbiguous?: true;
}

/** Every mapped signal by its name. */
export type StoredSignals = Record<string, StoredSignal>;
