/** Global ids: base64url of `Type:key`. The key of a partitioned thing carries the plant, so that one id leads to one partition. */
import type { Refusal } from './check-values.ts';
import { InvalidInputError } from './errors.ts';
import { isUuid } from './ids.ts';

export function encodeGlobalId(typename: string, key: string | number | bigint): string {
  return Buffer.from(`${typename}:${key}`, 'utf8').toString('base64url');
}

const longestId = 200;
const shape = /^([A-Za-z][A-Za-z0-9]*):([0-9a-f-]{36})(?::([0-9a-f-]{36}|[0-9a-f]{64}|[0-9]{1,15}))?$/;
/** What follows the plant in the keys of partitioned things; all others have a uuid alone. */
const secondParts: Readonly<Record<string, (part: string) => boolean>> = {
  Event: (part) => /^[0-9]+$/.test(part),
  Inspection: isUuid,
  PoolImage: (part) => part.length === 64,
};

/** The type and the key inside a global id. Throws `InvalidInputError` naming the field when it is not one. */
export function decodeGlobalId(globalId: string, field = 'id'): { typename: string; id: string } {
  const text = globalId.length <= longestId ? Buffer.from(globalId, 'base64url').toString('utf8') : '';
  const [, typename, first, second] = shape.exec(text) ?? [];
  const isSecond = typename && Object.hasOwn(secondParts, typename) ? secondParts[typename] : undefined;
  const isWhole = isSecond ? second !== undefined && isSecond(second) : second === undefined;
  if (!typename || !first || !isUuid(first) || !isWhole) {
    throw new InvalidInputError(field, globalId, 'give an id as this server returned it');
  }
  return { typename, id: second === undefined ? first : `${first}:${second}` };
}

/**
 * The key of an argument that must name a thing of one type.
 * Throws `InvalidInputError` naming the field when the id is malformed or of another type.
 */
export function keyOf(typename: string, globalId: string, field: string): string {
  const decoded = decodeGlobalId(globalId, field);
  if (decoded.typename !== typename) {
    throw new InvalidInputError(field, globalId, `give the id of a ${typename}; this is one of a ${decoded.typename}`);
  }
  return decoded.id;
}

/** As `keyOf`, for arguments that may be left out. */
export function optionalKeyOf(typename: string, globalId: string | null | undefined, field: string): string | null {
  return globalId === null || globalId === undefined ? null : keyOf(typename, globalId, field);
}

/** As `keyOf` for an item that is refused by itself: the key, or why there is none. */
export function keyOrRefusal(typename: string, globalId: string, field: string): { key: string } | Refusal {
  try {
    return { key: keyOf(typename, globalId, field) };
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return { field, value: error.value, reason: `is not the id of a ${typename}; ${error.remedy}` };
  }
}
