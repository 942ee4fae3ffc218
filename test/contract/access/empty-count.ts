/** What a node says of a count of parts when it begins. */
import { newId } from '../../../server/kit/ids.ts';

/** A count of parts that has just begun. */
export function emptyCount(stationId: string, over: Record<string, unknown> = {}): Record<string, unknown> {
  const at = new Date().toISOString();
  const none = { accepted: 0, rejected: 0, bypassed: 0, unseen: 0, unknown: 0, inTransit: 0 };
  return { id: newId(), stationId, revision: 0, from: at, to: at, triggered: 0, ...none, ...over };
}
