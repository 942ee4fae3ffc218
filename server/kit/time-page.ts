/** Keyset pages of what is listed by time: the key is (time, id), newest first. */
import { InvalidInputError } from './errors.ts';
import { isUuid } from './ids.ts';
import { type CursorPart, type Page, type PageArgs, parsePage } from './page.ts';

export interface TimeKey {
  at: Date;
  id: string;
}

/** Take `page.limit + 1` rows strictly after (older than) and before (newer than) these keys, oldest first when backward. */
export interface TimePage {
  page: Page;
  after: TimeKey | null;
  before: TimeKey | null;
}

/** Throws `InvalidInputError` for a cursor that is not one of such a list. */
export function parseTimePage(args: PageArgs, limits: { pageSize: number; maxPageSize: number }): TimePage {
  const page = parsePage(args, limits, 2);
  return {
    page,
    after: timeKey(page.after, 'after', args.after),
    before: timeKey(page.before, 'before', args.before),
  };
}

/** The cursor of a row; times have milliseconds. */
export function timeCursor({ at, id }: TimeKey): readonly CursorPart[] {
  return [at.getTime(), id];
}

function timeKey(parts: readonly CursorPart[] | null, field: string, given: unknown): TimeKey | null {
  if (!parts) return null;
  const [time, id] = parts;
  const at = new Date(typeof time === 'number' ? time : Number.NaN);
  if (Number.isNaN(at.getTime()) || typeof id !== 'string' || !isUuid(id))
    throw new InvalidInputError(field, given, 'give a cursor as this field returned it');
  return { at, id };
}
