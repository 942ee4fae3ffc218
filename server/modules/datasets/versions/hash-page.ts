/** Keyset pages of what is listed by the hash of an image. */
import { InvalidInputError } from '../../../kit/errors.ts';
import { type CursorPart, type Page, type PageArgs, parsePage } from '../../../kit/page.ts';

const sha256Pattern = /^[0-9a-f]{64}$/;

export interface HashKeys {
  after: Buffer | null;
  before: Buffer | null;
}

/** Throws InvalidInputError for a cursor that is not one of such a list. */
export function parseHashPage(
  args: PageArgs,
  limits: { pageSize: number; maxPageSize: number },
): { page: Page; keys: HashKeys } {
  const page = parsePage(args, limits, 1);
  return { page, keys: { after: hashOf(page.after, 'after'), before: hashOf(page.before, 'before') } };
}

function hashOf(parts: readonly CursorPart[] | null, field: string): Buffer | null {
  if (parts === null) return null;
  const text = String(parts[0]);
  if (!sha256Pattern.test(text)) throw new InvalidInputError(field, text, 'give a cursor as this field returned it');
  return Buffer.from(text, 'hex');
}
