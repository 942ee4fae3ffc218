/** Reads one event of an edge node as far as that goes without the database. */
import { hash } from 'node:crypto';
import { canonicalJson } from '../../../kit/canonical-json.ts';
import { type CaptureTimeLimits, captureTimeMs, captureTimeRefusal } from '../../../kit/capture-time.ts';
import { checkJson, checkText, type Refusal, shown } from '../../../kit/check-values.ts';
import { keyOrRefusal } from '../../../kit/global-id.ts';
import { isUuid } from '../../../kit/ids.ts';
import { told } from '../signals/signals.ts';
import type { NodeEventKind } from './node-event-kinds.ts';

type Maybe<T> = T | null | undefined;

/** As the API has coerced it. */
export interface NodeEventInput {
  id: string;
  kind: NodeEventKind;
  lineId?: Maybe<string>;
  stationId?: Maybe<string>;
  cameraId?: Maybe<string>;
  partId?: Maybe<string>;
  inspectionId?: Maybe<string>;
  jobCode?: Maybe<string>;
  data?: unknown;
}

/** Its values can be kept; whether it is about something of the node is still to be asked. */
export interface ReadNodeEvent {
  id: string;
  occurredAtMs: number;
  kind: NodeEventKind;
  lineId: string | null;
  stationId: string | null;
  cameraId: string | null;
  partId: string | null;
  /** The UUID that the node gave it. */
  inspectionId: string | null;
  jobCode: string | null;
  data: Record<string, unknown>;
  contentHash: string;
}

export interface NodeEventLimits extends CaptureTimeLimits {
  /** Length of the JSON text of `data`. */
  eventDataLength: number;
}

export function readNodeEvent(input: NodeEventInput, nowMs: number, limits: NodeEventLimits): ReadNodeEvent | Refusal {
  const id = input.id.toLowerCase();
  const occurredAtMs = captureTimeMs(id);
  if (occurredAtMs === undefined) {
    const reason = 'is not a UUIDv7; make the id at the moment of the event (RFC 9562)';
    return { field: 'id', value: shown(input.id), reason };
  }
  const data = input.data ?? {};
  if (!isRecord(data))
    return { field: 'data', value: shown(JSON.stringify(data)), reason: 'is no object; send names with values' };
  const inspectionId = input.inspectionId?.toLowerCase() ?? null;
  const refusal =
    captureTimeRefusal(id, occurredAtMs, nowMs, limits) ??
    checkText('partId', input.partId) ??
    checkText('jobCode', input.jobCode) ??
    checkJson('data', JSON.stringify(data), limits.eventDataLength, 'fewer or shorter particulars');
  if (refusal) return refusal;
  if (inspectionId !== null && !isUuid(inspectionId)) {
    const reason = 'is not a UUID; send the id that the inspection was recorded with';
    return { field: 'inspectionId', value: shown(input.inspectionId), reason };
  }

  const keys: Record<'lineId' | 'stationId' | 'cameraId', string | null> = {
    lineId: null,
    stationId: null,
    cameraId: null,
  };
  for (const [field, typename] of [
    ['lineId', 'Line'],
    ['stationId', 'Station'],
    ['cameraId', 'Camera'],
  ] as const) {
    const globalId = input[field];
    if (globalId === null || globalId === undefined) continue;
    const found = keyOrRefusal(typename, globalId, field);
    if (!('key' in found)) return found;
    keys[field] = found.key;
  }
  const { kind } = input;
  const content = { kind, ...keys, partId: told(input.partId), inspectionId, jobCode: told(input.jobCode), data };
  return { id, occurredAtMs, ...content, contentHash: hash('sha256', canonicalJson(content), 'hex') };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
