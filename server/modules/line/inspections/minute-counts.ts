/** The minute rollup of a set of inspections. */
import type { VerdictName } from './inspections.table.ts';

const MINUTE_MS = 60_000;

export interface MinuteCount {
  lineId: string;
  minuteMs: number;
  cameraId: string;
  stationId: string;
  jobId: string | null;
  productId: string | null;
  batchId: string | null;
  modelVersionId: string;
  defectClass: string | null;
  pass: number;
  reject: number;
  uncertain: number;
}

export interface CountedInspection {
  capturedAtMs: number;
  place: { cameraId: string; stationId: string; lineId: string };
  jobId: string | null;
  productId: string | null;
  batchId: string | null;
  modelVersionId: string;
  defectClass: string | null;
  verdict: VerdictName;
}

/** Counts per key of the rollup, in key order. */
export function minuteCounts(items: readonly CountedInspection[]): MinuteCount[] {
  const byKey = new Map<string, MinuteCount>();
  for (const { capturedAtMs, place, jobId, productId, batchId, modelVersionId, defectClass, verdict } of items) {
    const minuteMs = Math.floor(capturedAtMs / MINUTE_MS) * MINUTE_MS;
    const { lineId, cameraId, stationId } = place;
    const named = { lineId, minuteMs, cameraId, stationId, jobId, productId, batchId, modelVersionId, defectClass };
    const key = minuteKey(named);
    let count = byKey.get(key);
    if (!count) {
      count = { ...named, pass: 0, reject: 0, uncertain: 0 };
      byKey.set(key, count);
    }
    count[verdict] += 1;
  }
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, count]) => count);
}

/** Names a row of the rollup; whoever changes several does it in the order of these texts. */
export function minuteKey(count: Omit<MinuteCount, 'pass' | 'reject' | 'uncertain'>): string {
  const { lineId, minuteMs, cameraId, jobId, productId, batchId, modelVersionId, defectClass } = count;
  // Milliseconds have 13 digits from 2001 to 2286, so text order is time order.
  return `${lineId} ${minuteMs} ${cameraId} ${jobId} ${productId} ${batchId} ${modelVersionId} ${JSON.stringify(defectClass)}`;
}
