/** Reads one count of parts as far as that goes without the database. */
import { hash } from 'node:crypto';
import { canonicalJson } from '../../../kit/canonical-json.ts';
import { type CaptureTimeLimits, captureTimeMs, captureTimeRefusal } from '../../../kit/capture-time.ts';
import { checkRange, checkText, type Refusal, shown } from '../../../kit/check-values.ts';
import { keyOrRefusal } from '../../../kit/global-id.ts';
import { told } from '../signals/signals.ts';
import { missingParts, type PartSums } from './part-sums.ts';

/** As the API has coerced it. */
export interface PartCountsInput extends PartSums {
  id: string;
  stationId: string;
  jobCode?: string | null | undefined;
  revision: number;
  from: Date;
  to: Date;
}

export interface ReadPartCounts extends PartSums {
  id: string;
  stationId: string;
  jobCode: string | null;
  revision: number;
  from: Date;
  to: Date;
  contentHash: string;
}

const COUNT_LIMIT = 2 ** 31 - 1;

const sumsOf = ({ triggered, accepted, rejected, bypassed, unseen, unknown, inTransit }: PartSums): PartSums => ({
  triggered,
  accepted,
  rejected,
  bypassed,
  unseen,
  unknown,
  inTransit,
});

export function readPartCounts(
  input: PartCountsInput,
  nowMs: number,
  limits: CaptureTimeLimits,
): ReadPartCounts | Refusal {
  const id = input.id.toLowerCase();
  const beganAtMs = captureTimeMs(id);
  if (beganAtMs === undefined) {
    const reason = 'is not a UUIDv7; make the id when the count begins (RFC 9562)';
    return { field: 'id', value: shown(input.id), reason };
  }
  const sums = sumsOf(input);
  let refusal =
    captureTimeRefusal(id, beganAtMs, nowMs, limits) ??
    checkText('jobCode', input.jobCode) ??
    checkRange('revision', input.revision, 0, COUNT_LIMIT);
  for (const [field, count] of Object.entries(sums)) refusal ??= checkRange(field, count, 0, COUNT_LIMIT);
  if (refusal) return refusal;
  if (input.to < input.from)
    return { field: 'to', value: input.to.toISOString(), reason: 'lies before from; send the later time' };
  if (input.to.getTime() > nowMs + limits.skewMs)
    return { field: 'to', value: input.to.toISOString(), reason: 'lies ahead of the server’s clock; set the node’s' };
  if (input.from.getTime() < nowMs - limits.lateMs)
    return {
      field: 'from',
      value: input.from.toISOString(),
      reason: 'is older than a count can be; set the node’s clock',
    };
  const missing = missingParts(sums);
  if (missing !== 0) {
    const told = `is ${missing > 0 ? `${missing} more` : `${-missing} fewer`} than accepted, rejected, bypassed, unseen, unknown and inTransit together`;
    return { field: 'triggered', value: String(sums.triggered), reason: `${told}; count every part once` };
  }
  const station = keyOrRefusal('Station', input.stationId, 'stationId');
  if (!('key' in station)) return station;

  const { revision, from, to } = input;
  const content = { stationId: station.key, jobCode: told(input.jobCode), revision, from, to, ...sums };
  return { id, ...content, contentHash: hash('sha256', canonicalJson(content), 'hex') };
}
