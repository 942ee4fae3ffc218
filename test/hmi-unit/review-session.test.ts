import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AnswerOutbox, makeAnswerOutbox, type Sent } from '../../hmi/lib/answer-outbox.ts';
import { makeImagesAhead, type Picture } from '../../hmi/lib/images-ahead.ts';
import { makeKeptList, type TextStore } from '../../hmi/lib/kept-list.ts';
import {
  answered,
  arrive,
  brought,
  emptySession,
  goBack,
  type ReviewSession,
  skipped,
} from '../../hmi/lib/review-session.ts';

interface Item {
  id: string;
}
const items = (...ids: string[]): Item[] => ids.map((id) => ({ id }));
const answer = (session: ReviewSession<Item>) => answered(session, { sketch: null, label: 'good' });

describe('the way through the queue', () => {
  it('shows the first that arrives, and no image twice', () => {
    const session = arrive(arrive(emptySession<Item>(), items('a', 'b')), items('b', 'c', 'a'));
    expect(session.present?.id).toBe('a');
    expect(session.ahead.map(({ id }) => id)).toEqual(['b', 'c']);
  });

  it('does not take again what was answered and has not reached the server', () => {
    const session = arrive(answer(arrive(emptySession<Item>(), items('a'))), items('a', 'b'));
    expect(session.present?.id).toBe('b');
    expect(session.ahead).toEqual([]);
  });

  it('comes back to the answer before, as often as there was one, and goes on as it was', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 }), (count, back) => {
        const ids = Array.from({ length: count + 1 }, (_, at) => `item-${at}`);
        let session = arrive(emptySession<Item>(), items(...ids));
        for (let times = 0; times < count; times++) session = answer(session);
        expect(session.present?.id).toBe(`item-${count}`);
        const steps = Math.min(back, count);
        for (let times = 0; times < steps; times++) session = goBack(session);
        expect(session.present?.id).toBe(`item-${count - steps}`);
        expect(session.count).toBe(count - steps);
        for (let times = 0; times < steps; times++) session = answer(session);
        expect(session.present?.id).toBe(`item-${count}`);
      }),
      { seed: 3, endOnFailure: true },
    );
  });

  it('brings a refused image at once when nothing was done yet, otherwise as the next one', () => {
    const session = answer(arrive(emptySession<Item>(), items('a', 'b', 'c')));
    const [a] = items('a');
    if (!a) throw new Error('there is no item');
    expect(brought(session, a, false)).toMatchObject({
      present: { id: 'a' },
      ahead: [{ id: 'b' }, { id: 'c' }],
      behind: [],
    });
    expect(brought(session, a, true)).toMatchObject({
      present: { id: 'b' },
      ahead: [{ id: 'a' }, { id: 'c' }],
      behind: [],
    });
    expect(brought(brought(session, a, true), a, false)).toEqual(brought(session, a, true));
  });

  it('leaves out what is put away', () => {
    const session = skipped(arrive(emptySession<Item>(), items('a', 'b')));
    expect(session).toMatchObject({ present: { id: 'b' }, behind: [], count: 0 });
  });
});

/** Storage of a browser, which a reload leaves as it is. */
function memoryStore(): TextStore & { isFull: boolean } {
  const texts = new Map<string, string>();
  const store = {
    isFull: false,
    getItem: (name: string) => texts.get(name) ?? null,
    setItem: (name: string, value: string) => {
      if (store.isFull) throw new Error('full');
      texts.set(name, value);
    },
    removeItem: (name: string) => void texts.delete(name),
  };
  return store;
}

function openOutbox(store: TextStore, send: (answer: Item) => Promise<Sent>) {
  const done: string[] = [];
  const refused: [string, string][] = [];
  const wakers: (() => void)[] = [];
  const outbox: AnswerOutbox<Item> = makeAnswerOutbox<Item>({
    kept: makeKeptList('answers', store),
    send,
    changed: () => {},
    done: ({ id }) => done.push(id),
    refused: ({ id }, reason) => refused.push([id, reason]),
    rest: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      wakers.push(resolve);
      return { done: promise, wake: resolve };
    },
  });
  return { outbox, done, refused, wakers };
}

describe('answers on their way', () => {
  it('go one after the other, and are forgotten when the server has spoken', async () => {
    const sent: string[] = [];
    const { outbox, done } = openOutbox(memoryStore(), async ({ id }) => {
      sent.push(id);
      return { kind: 'done' };
    });
    for (const item of items('a', 'b', 'c')) outbox.add(item);
    await expect.poll(() => done).toEqual(['a', 'b', 'c']);
    expect(sent).toEqual(['a', 'b', 'c']);
    expect(outbox.waiting()).toEqual([]);
  });

  it('survive a reload while the server is silent', async () => {
    const store = memoryStore();
    const silent = openOutbox(store, async () => ({ kind: 'silent' }));
    for (const item of items('a', 'b')) expect(silent.outbox.add(item)).toBe(true);
    const { outbox, done } = openOutbox(store, async () => ({ kind: 'done' }));
    expect(outbox.waiting().map(({ id }) => id)).toEqual(['a', 'b']);
    outbox.wake();
    await expect.poll(() => done).toEqual(['a', 'b']);
    expect(store.getItem('answers')).toBeNull();
  });

  it('are tried again after silence, in their order', async () => {
    let isUp = false;
    const { outbox, done, wakers } = openOutbox(memoryStore(), async () => ({ kind: isUp ? 'done' : 'silent' }));
    for (const item of items('a', 'b')) outbox.add(item);
    await expect.poll(() => wakers.length).toBe(1);
    expect(done).toEqual([]);
    isUp = true;
    outbox.wake();
    await expect.poll(() => done).toEqual(['a', 'b']);
  });

  it('come back with the reason when they are refused, and hold up no other', async () => {
    const { outbox, done, refused } = openOutbox(memoryStore(), async ({ id }) =>
      id === 'a' ? { kind: 'refused', reason: 'somebody else has it' } : { kind: 'done' },
    );
    for (const item of items('a', 'b')) outbox.add(item);
    await expect.poll(() => done).toEqual(['b']);
    expect(refused).toEqual([['a', 'somebody else has it']]);
  });

  it('say when they could not be stored', () => {
    const store = memoryStore();
    store.isFull = true;
    const { outbox } = openOutbox(store, async () => ({ kind: 'silent' }));
    const [a] = items('a');
    expect(a && outbox.add(a)).toBe(false);
    expect(outbox.waiting()).toEqual([{ id: 'a' }]);
  });
});

describe('images ahead', () => {
  const bitmap = (url: string, closed: string[]) => ({
    full: { close: () => closed.push(url) } as unknown as ImageBitmap,
    fitted: undefined,
  });

  it('are decoded in the order they are wanted in, and let go when they are not', async () => {
    const [arrived, closed]: [string[], string[]] = [[], []];
    const ahead = makeImagesAhead(
      (url) => arrived.push(url),
      () => {},
      async (url) => bitmap(url, closed),
    );
    ahead.want(['a', 'b', 'c']);
    await expect.poll(() => arrived).toEqual(['a', 'b', 'c']);
    ahead.want(['b', 'c', 'd']);
    await expect.poll(() => arrived).toEqual(['a', 'b', 'c', 'd']);
    expect(closed).toEqual(['a']);
    expect(ahead.get('a')).toBeUndefined();
    expect(ahead.get('b')).toBeDefined();
    ahead.close();
    expect(closed.toSorted()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('lets go of one that comes too late', async () => {
    const closed: string[] = [];
    const slow = Promise.withResolvers<Picture>();
    const ahead = makeImagesAhead(
      () => {},
      () => {},
      () => slow.promise,
    );
    ahead.want(['a']);
    ahead.want([]);
    slow.resolve(bitmap('a', closed));
    await expect.poll(() => closed).toEqual(['a']);
    ahead.close();
  });
});
