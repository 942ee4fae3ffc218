/** Keyset pages for Relay connections: the same cost for the first page and the thousandth, and no row twice or skipped. */
import { InvalidInputError } from './errors.ts';

export interface PageArgs {
  first?: number | null | undefined;
  last?: number | null | undefined;
  after?: string | null | undefined;
  before?: string | null | undefined;
}

/** What a query needs: rows strictly after and before these keys; take `limit + 1` rows, from the far end when `backward`. */
export interface Page {
  limit: number;
  backward: boolean;
  after: readonly CursorPart[] | null;
  before: readonly CursorPart[] | null;
}

export type CursorPart = string | number;

export interface Connection<Row> {
  edges: { cursor: string; node: Row }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
}

const longestCursor = 1000;

/** Opaque, but decodable: the sort key of a row. */
export function encodeCursor(parts: readonly CursorPart[]): string {
  return Buffer.from(JSON.stringify(parts), 'utf8').toString('base64url');
}

/** Reads `first`, `last`, `after` and `before`. `parts` is how many columns the sort key has. */
export function parsePage(args: PageArgs, limits: { pageSize: number; maxPageSize: number }, parts: number): Page {
  const { first, last } = args;
  if (typeof first === 'number' && typeof last === 'number') {
    throw new InvalidInputError('last', last, 'give either first or last, not both');
  }
  const backward = typeof last === 'number';
  const limit = (backward ? last : first) ?? limits.pageSize;
  if (limit < 0 || limit > limits.maxPageSize) {
    throw new InvalidInputError(backward ? 'last' : 'first', limit, `give a number from 0 to ${limits.maxPageSize}`);
  }
  return {
    limit,
    backward,
    after: decodeCursor(args.after, 'after', parts),
    before: decodeCursor(args.before, 'before', parts),
  };
}

/**
 * The connection from rows as the query read them: up to `limit + 1`, in display order, or reversed when the page is backward.
 */
export function toConnection<Row>(
  rows: readonly Row[],
  page: Page,
  keyOf: (row: Row) => readonly CursorPart[],
): Connection<Row> {
  const hasMore = rows.length > page.limit;
  const kept = rows.slice(0, page.limit);
  if (page.backward) kept.reverse();
  const edges = kept.map((node) => ({ cursor: encodeCursor(keyOf(node)), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage: page.backward ? page.before !== null : hasMore,
      hasPreviousPage: page.backward ? hasMore : page.after !== null,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

function decodeCursor(text: string | null | undefined, field: string, parts: number): readonly CursorPart[] | null {
  if (text === null || text === undefined) return null;
  const value = text.length <= longestCursor ? parseJson(Buffer.from(text, 'base64url').toString('utf8')) : undefined;
  if (!Array.isArray(value) || value.length !== parts || !value.every(isCursorPart)) {
    throw new InvalidInputError(field, text, 'give a cursor as this field returned it');
  }
  return value;
}

function isCursorPart(value: unknown): value is CursorPart {
  return typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
