/** Reads one item of a call as far as that goes without the database. */

import { type CaptureTimeLimits, captureTimeMs, captureTimeRefusal } from '../../../kit/capture-time.ts';
import { type Refusal, shown } from '../../../kit/check-values.ts';
import { InvalidInputError } from '../../../kit/errors.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { signalsJson } from '../signals/signals.ts';
import { checkInspection, type InspectionLimits } from './check-inspection.ts';
import { contentHash } from './content-hash.ts';
import type { InspectionInput } from './inspection-input.ts';

/** An item whose values can be kept; whether its camera and model may say so is still to be asked. */
export interface ReadItem {
  id: string;
  capturedAtMs: number;
  cameraId: string;
  modelVersionId: string;
  contentHash: string;
  /** JSON text of the context's signals as they are stored; empty without a context. */
  signals: string;
  input: InspectionInput;
}

export function readItem(
  input: InspectionInput,
  nowMs: number,
  limits: CaptureTimeLimits & InspectionLimits,
  keys: (typename: string, globalId: string) => string = (typename, globalId) => keyOf(typename, globalId, typename),
): ReadItem | Refusal {
  const id = input.id.toLowerCase();
  const capturedAtMs = captureTimeMs(id);
  if (capturedAtMs === undefined)
    return {
      field: 'id',
      value: shown(input.id),
      reason: 'is not a UUIDv7; make the id at the moment of capture (RFC 9562)',
    };
  const signals = input.context ? signalsJson(input.context.signals) : '';
  const refusal = captureTimeRefusal(id, capturedAtMs, nowMs, limits) ?? checkInspection(input, limits, signals);
  if (refusal) return refusal;

  const cameraId = key(keys, 'Camera', 'cameraId', input.cameraId);
  if (typeof cameraId !== 'string') return cameraId;
  const modelVersionId = key(keys, 'ModelVersion', 'modelVersionId', input.modelVersionId);
  if (typeof modelVersionId !== 'string') return modelVersionId;
  return { id, capturedAtMs, cameraId, modelVersionId, contentHash: contentHash(input, signals), signals, input };
}

/** Remembers decoded ids: the items of a call name few cameras and models. */
export function rememberedKeys(): (typename: string, globalId: string) => string {
  const known = new Map<string, string>();
  return (typename, globalId) => {
    const name = `${typename} ${globalId}`;
    const found = known.get(name);
    if (found !== undefined) return found;
    const decoded = keyOf(typename, globalId, typename);
    known.set(name, decoded);
    return decoded;
  };
}

function key(
  keys: (typename: string, globalId: string) => string,
  typename: string,
  field: string,
  globalId: string,
): string | Refusal {
  try {
    return keys(typename, globalId);
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return { field, value: error.value, reason: `is not the id of a ${typename}; ${error.remedy}` };
  }
}
