import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeEvent } from '../../edge/uplink/node-events.ts';
import { type Outbox, openOutbox } from '../../edge/uplink/outbox.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { outboxEntry, outboxLimits } from './kit/outbox-entries.ts';

let folder: TemporaryFolder;
let outbox: Outbox;

beforeEach(async () => {
  folder = await makeTemporaryFolder('outbox');
  outbox = await openOutbox(folder.path, outboxLimits());
});

afterEach(async () => {
  await outbox.close();
  await folder.remove();
});

const refusal = { reason: 'wrong', field: 'name', value: 'x' };
const seqOf = (item: { seq: number } | undefined) => item?.seq ?? 0;

describe('keeping results until the server has them', () => {
  it('has them after a new start, oldest first, with the images that wait for them', async () => {
    const entries = [1, 2, 3].map((number) => outboxEntry(number));
    await Promise.all(entries.map(outbox.put));
    await outbox.close();
    outbox = await openOutbox(folder.path, outboxLimits());
    expect(outbox.counts).toMatchObject({ results: 3, images: 3, readyImages: 0, imageBytes: 300 });
    expect(await outbox.takeResults('live', 10)).toEqual([]);
    const backlog = await outbox.takeResults('backlog', 10);
    expect(backlog.map(({ id, body }) => ({ id, body }))).toEqual(entries.map(({ id, body }) => ({ id, body })));
    expect([...outbox.known('camera/')].sort()).toEqual(['camera/1', 'camera/2', 'camera/3']);
  });

  it('gives the newest of what just came in to the live lane, and not to the other', async () => {
    for (const number of [1, 2, 3]) await outbox.put(outboxEntry(number));
    const live = await outbox.takeResults('live', 2);
    expect(live.map(({ body }) => JSON.parse(body).partId)).toEqual(['part-2', 'part-3']);
    expect(await outbox.takeResults('backlog', 10)).toEqual([]);
  });

  it('lets an image go only after its result', async () => {
    await outbox.put(outboxEntry(1));
    await outbox.put(outboxEntry(2));
    expect(await outbox.takeImages('live', 10, [])).toEqual([]);
    const [newest] = await outbox.takeResults('live', 1);
    await outbox.settleResults([{ seq: seqOf(newest), refusal: null }]);
    const [image, ...others] = await outbox.takeImages('live', 10, []);
    expect(image).toMatchObject({ sha256: 'hash-2', sizeBytes: 100 });
    expect(others).toEqual([]);
    expect(await outbox.readImage(seqOf(image))).toEqual(outboxEntry(2).image?.bytes);
    await outbox.settleImage({ seq: seqOf(image), refusal: null });
    expect(outbox.counts).toMatchObject({ results: 1, images: 1, readyImages: 0, imageBytes: 100 });
  });

  it('takes nothing of a group that cannot be written', async () => {
    const [first, second, third] = [1, 2, 3].map((number) => outboxEntry(number));
    if (!first || !second || !third) throw new Error('three entries');
    await outbox.put(first);
    const outcomes = await Promise.allSettled([second, first, third].map(outbox.put));
    const kept = outcomes.filter(({ status }) => status === 'fulfilled').length;
    expect(outcomes[1]?.status).toBe('rejected');
    expect(outbox.counts.results).toBe(1 + kept);
    expect(await outbox.takeResults('live', 10)).toHaveLength(1 + kept);
  });
});

describe('keeping events, counts and revisions', () => {
  it('keeps an event once, however often it is put in', async () => {
    const event = nodeEvent('GATE_REJECTED', Date.now(), { partId: 'part-1' });
    await outbox.putEvents([event, event]);
    await outbox.putEvents([event]);
    const [taken, ...others] = await outbox.takeNotes('event', 10);
    expect(JSON.parse(taken?.body ?? '')).toEqual(event);
    expect(others).toEqual([]);
  });

  it('keeps the newest snapshot of a count, and that although an older one is just being sent', async () => {
    const id = nodeEvent('GATE_ENABLED', Date.now()).id;
    const numbers = { accepted: 0, rejected: 0, bypassed: 0, unseen: 0, unknown: 0, inTransit: 0 };
    const snapshot = (revision: number) => ({
      id,
      stationId: 'station',
      jobCode: null,
      revision,
      from: '2026-01-01T00:00:00.000Z',
      to: '2026-01-01T00:01:00.000Z',
      triggered: revision,
      ...numbers,
    });
    await outbox.putCounts(snapshot(1));
    const [sent] = await outbox.takeNotes('counts', 10);
    await outbox.putCounts(snapshot(3));
    await outbox.putCounts(snapshot(2));
    await outbox.settleNotes('counts', [{ seq: seqOf(sent), refusal: null }]);
    const waiting = await outbox.takeNotes('counts', 10);
    expect(waiting.map(({ body }) => JSON.parse(body).revision)).toEqual([3]);
  });

  it('tells what became of an image only when the server has its result', async () => {
    await outbox.put(outboxEntry(1));
    const [result] = await outbox.takeResults('live', 1);
    const inspectionId = result?.id ?? '';
    await outbox.putRevisions([{ inspectionId, keepProbability: 0.5 }]);
    await outbox.putRevisions([{ inspectionId, keepProbability: 0.25 }]);
    await outbox.putRevisions([{ inspectionId, isLost: true }]);
    expect(await outbox.takeNotes('revision', 10)).toEqual([]);
    await outbox.settleResults([{ seq: seqOf(result), refusal: null }]);
    const revisions = await outbox.takeNotes('revision', 10);
    // A draw and a loss by no draw are not the same, and said apart.
    expect(revisions.map(({ body }) => JSON.parse(body))).toEqual([
      { inspectionId, keepProbability: 0.25 },
      { inspectionId, isLost: true },
    ]);
    expect(revisions.map(({ id }) => id)).toEqual([inspectionId, inspectionId]);
  });
});

describe('keeping what the server refused', () => {
  async function refuseAll(): Promise<void> {
    const results = await outbox.takeResults('live', 10);
    await outbox.settleResults(results.map(({ seq }) => ({ seq, refusal })));
  }

  it('shows it with the reason and keeps to its limits, oldest first, counted', async () => {
    await outbox.close();
    const limits = outboxLimits({ maxDeadLetters: 3, maxDeadImageBytes: 250 });
    outbox = await openOutbox(folder.path, limits);
    const entries = [1, 2, 3, 4, 5].map((number) => outboxEntry(number));
    for (const entry of entries) await outbox.put(entry);
    await refuseAll();
    const letters = await outbox.deadLetters(10);
    expect(letters).toHaveLength(3);
    expect(letters[0]).toMatchObject({ kind: 'result', ...refusal });
    // Two letters too many, and of five images of 100 bytes no more than 250 bytes.
    expect(outbox.counts).toMatchObject({ results: 0, images: 0, imageBytes: 0, deadLetters: 3 });
    expect(outbox.counts.sacrificedDeadLetters).toBeGreaterThanOrEqual(4);
    await outbox.close();
    outbox = await openOutbox(folder.path, limits);
    expect(outbox.counts.deadLetters).toBe(3);
  });

  it('puts all of it back once for each wish, byte for byte, and loses nothing when it is refused again', async () => {
    const event = nodeEvent('GATE_REJECTED', Date.now());
    const entries = [1, 2].map((number) => outboxEntry(number));
    for (const entry of entries) await outbox.put(entry);
    await outbox.putEvents([event]);
    await refuseAll();
    const [note] = await outbox.takeNotes('event', 1);
    await outbox.settleNotes('event', [{ seq: seqOf(note), refusal }]);
    expect(outbox.counts).toMatchObject({ deadLetters: 3, results: 0, events: 0, images: 0 });

    const changed = new AbortController();
    expect(await outbox.retryDeadLetters('2026-01-01')).toBe(3);
    while (outbox.counts.deadLetters > 0) await outbox.changed(changed.signal, 1_000);
    expect(outbox.counts).toMatchObject({ results: 2, events: 1, images: 2, imageBytes: 200 });
    const again = await outbox.takeResults('backlog', 10);
    expect(again.map(({ body }) => body)).toEqual(entries.map(({ body }) => body));
    await outbox.settleResults(again.map(({ seq }) => ({ seq, refusal })));
    expect(outbox.counts).toMatchObject({ results: 0, deadLetters: 2, images: 0 });

    expect(await outbox.retryDeadLetters('2026-01-01')).toBe(0);
    expect(await outbox.retryDeadLetters(null)).toBe(2);
    while (outbox.counts.deadLetters > 0) await outbox.changed(changed.signal, 1_000);
    expect(outbox.counts).toMatchObject({ results: 2, images: 2 });
  });

  it('puts a refused image back where it may be sent', async () => {
    await outbox.put(outboxEntry(1));
    const [result] = await outbox.takeResults('live', 1);
    await outbox.settleResults([{ seq: seqOf(result), refusal: null }]);
    const [image] = await outbox.takeImages('live', 1, []);
    await outbox.settleImage({ seq: seqOf(image), refusal });
    expect(outbox.counts).toMatchObject({ images: 0, deadLetters: 1 });
    await outbox.retryDeadLetters(null);
    while (outbox.counts.deadLetters > 0) await outbox.changed(new AbortController().signal, 1_000);
    expect(outbox.counts).toMatchObject({ images: 1, readyImages: 1, imageBytes: 100 });
  });
});
