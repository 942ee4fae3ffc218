/** Which image is on the screen, which come next, and which were answered before: a person's way through the queue, back and forth. Pure. */

export interface Queued {
  /** Of the item in the queue. */
  id: string;
}

export interface Answered<Item> {
  item: Item;
  /** As the sketch was when it was answered, for whoever comes back to it. */
  sketch: unknown;
  label: string | null;
}

export interface ReviewSession<Item> {
  present: Item | null;
  /** Claimed and waiting, the next one first. */
  ahead: readonly Item[];
  /** The latest last. */
  behind: readonly Answered<Item>[];
  /** Of this session, also those that `behind` has forgotten. */
  count: number;
}

/** So many answers can be gone back to. */
const MOST_BEHIND = 50;

export function emptySession<Item>(behind: readonly Answered<Item>[] = []): ReviewSession<Item> {
  return { present: null, ahead: [], behind, count: behind.length };
}

/** Takes what was claimed, without what is here already and what was just answered: the server may not have heard of it yet. */
export function arrive<Item extends Queued>(session: ReviewSession<Item>, items: readonly Item[]): ReviewSession<Item> {
  const known = new Set([
    ...(session.present ? [session.present.id] : []),
    ...session.ahead.map(({ id }) => id),
    ...session.behind.map(({ item }) => item.id),
  ]);
  const fresh = items.filter(({ id }) => !known.has(id));
  return filled({ ...session, ahead: [...session.ahead, ...fresh] });
}

/** On to the next image. */
export function answered<Item extends Queued>(
  session: ReviewSession<Item>,
  answer: Omit<Answered<Item>, 'item'>,
): ReviewSession<Item> {
  if (!session.present) return session;
  const behind = [...session.behind, { ...answer, item: session.present }].slice(-MOST_BEHIND);
  return filled({ ...session, present: null, behind, count: session.count + 1 });
}

/** To the image that was answered last; the present one waits. */
export function goBack<Item extends Queued>(session: ReviewSession<Item>): ReviewSession<Item> {
  const last = session.behind.at(-1);
  if (!last) return session;
  return {
    present: last.item,
    ahead: session.present ? [session.present, ...session.ahead] : session.ahead,
    behind: session.behind.slice(0, -1),
    count: Math.max(0, session.count - 1),
  };
}

/** Puts the present image away without an answer. */
export function skipped<Item extends Queued>(session: ReviewSession<Item>): ReviewSession<Item> {
  return filled({ ...session, present: null });
}

/** Gives up what somebody else holds now, but not what is on the screen. */
export function without<Item extends Queued>(
  session: ReviewSession<Item>,
  ids: ReadonlySet<string>,
): ReviewSession<Item> {
  return { ...session, ahead: session.ahead.filter(({ id }) => !ids.has(id)) };
}

/** An answer was refused: its image is the next one, or comes at once where nothing was done on the present one yet. */
export function brought<Item extends Queued>(
  session: ReviewSession<Item>,
  item: Item,
  isPresentTouched: boolean,
): ReviewSession<Item> {
  if (session.present?.id === item.id || session.ahead.some(({ id }) => id === item.id)) return session;
  const behind = session.behind.filter((each) => each.item.id !== item.id);
  const count = session.count - (session.behind.length - behind.length);
  const rest = { ...session, behind, count };
  if (session.present && isPresentTouched) return { ...rest, ahead: [item, ...session.ahead] };
  return { ...rest, present: item, ahead: session.present ? [session.present, ...session.ahead] : session.ahead };
}

function filled<Item>(session: ReviewSession<Item>): ReviewSession<Item> {
  if (session.present || session.ahead.length === 0) return session;
  const [present = null, ...ahead] = session.ahead;
  return { ...session, present, ahead };
}
