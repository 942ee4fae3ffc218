/** What became of each item of a call in which an edge node sends many. */
import { type Refusal, shown } from './check-values.ts';
import { InvalidInputError } from './errors.ts';

export type RecordOutcome = 'recorded' | 'duplicate' | 'conflict' | 'refused';

export interface RecordedItem extends Partial<Refusal> {
  /** As it was sent. */
  id: string;
  outcome: RecordOutcome;
}

/** An item that can be kept, with the fingerprint of its content. */
export interface KeepableItem {
  id: string;
  /** Hexadecimal digits. */
  contentHash: string;
}

/** The first of several items with one id is the one that is written; the others are compared with what then is recorded. */
export function leadersOf<Item extends KeepableItem>(items: readonly (Item | Refusal)[]): Map<string, Item> {
  const leaders = new Map<string, Item>();
  for (const item of items) if ('contentHash' in item && !leaders.has(item.id)) leaders.set(item.id, item);
  return leaders;
}

/**
 * The outcome of every item, in the order of the input. `stored` has the hashes of what was recorded before this call;
 * `remedy` ends the refusal of an id that was used for something else.
 */
export function outcomesOf<Item extends KeepableItem>(
  input: readonly { id: string }[],
  items: readonly (Item | Refusal)[],
  leaders: ReadonlyMap<string, Item>,
  stored: ReadonlyMap<string, string>,
  remedy: string,
): RecordedItem[] {
  return items.map((item, index) => {
    const id = input[index]?.id ?? '';
    if (!('contentHash' in item)) return { id, outcome: 'refused', ...item };
    const before = stored.get(item.id);
    if (before === undefined && leaders.get(item.id) === item) return { id, outcome: 'recorded' };
    if ((before ?? leaders.get(item.id)?.contentHash) === item.contentHash) return { id, outcome: 'duplicate' };
    const reason = `is recorded with other content; ${remedy}`;
    return { id, outcome: 'conflict', field: 'id', value: shown(id), reason };
  });
}

/** Throws `InvalidInputError` when a call has more items than the configuration allows. */
export function requireItemCount(input: readonly unknown[], limit: number): void {
  if (input.length <= limit) return;
  const remedy = `send at most ${limit} in one call (LEHR_LIMIT_RECORD_ITEMS)`;
  throw new InvalidInputError('input', `${input.length} items`, remedy);
}
