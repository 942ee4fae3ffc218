import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Outbox, openOutbox } from '../../edge/uplink/outbox.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

const LIMITS = {
  maxResults: 10,
  maxImageBytes: 1_000_000,
  maxDeadLetters: 3,
  maxDeadImageBytes: 25,
  batchSize: 100,
  flushMs: 0,
  imageUploads: 1,
};

let folder: TemporaryFolder;
let outbox: Outbox;

beforeEach(async () => {
  folder = await makeTemporaryFolder('outbox');
  outbox = await openOutbox(folder.path, LIMITS);
});

afterEach(async () => {
  await outbox.close();
  await folder.remove();
});

const entry = (name: string) => ({
  id: `id-${name}`,
  body: JSON.stringify({ name }),
  image: { sha256: `hash-${name}`, bytes: Uint8Array.from(Buffer.from(`image-${name}`)) },
  sourceKey: `camera/${name}`,
});
const refusal = { reason: 'wrong', field: 'name', value: 'x' };

describe('keeping results until the server has them', () => {
  it('has them after a new start, in their order, with the images that wait for them', async () => {
    await Promise.all(['a', 'b', 'c'].map((name) => outbox.put(entry(name))));
    await outbox.close();
    outbox = await openOutbox(folder.path, LIMITS);
    expect(outbox.counts).toMatchObject({ results: 3, images: 3, readyImages: 0 });
    expect((await outbox.takeResults(10)).map(({ id }) => id)).toEqual(['id-a', 'id-b', 'id-c']);
    expect([...outbox.known('camera/')].sort()).toEqual(['camera/a', 'camera/b', 'camera/c']);
  });

  it('lets an image go only after its result', async () => {
    await outbox.put(entry('a'));
    await outbox.put(entry('b'));
    expect(await outbox.takeImages(10, [])).toEqual([]);
    const [first] = await outbox.takeResults(1);
    await outbox.settleResults([{ seq: first?.seq ?? 0, refusal: null }]);
    const images = await outbox.takeImages(10, []);
    expect(images.map(({ sha256 }) => sha256)).toEqual(['hash-a']);
    expect(Buffer.from((await outbox.readImage(images[0]?.seq ?? 0)) ?? []).toString()).toBe('image-a');
    await outbox.settleImage(images[0]?.seq ?? 0, null);
    expect(outbox.counts).toMatchObject({ results: 1, images: 1, readyImages: 0, imageBytes: 7 });
  });

  it('takes nothing of a group that cannot be written', async () => {
    await outbox.put(entry('a'));
    const outcomes = await Promise.allSettled([outbox.put(entry('b')), outbox.put(entry('a')), outbox.put(entry('c'))]);
    const kept = outcomes.filter(({ status }) => status === 'fulfilled').length;
    expect(outcomes[1]?.status).toBe('rejected');
    expect(outbox.counts.results).toBe(1 + kept);
    expect(await outbox.takeResults(10)).toHaveLength(1 + kept);
  });

  it('says when it is full and when there is room again', async () => {
    for (let index = 0; index < 10; index++) await outbox.put(entry(String(index)));
    expect(outbox.fullness()).toContain('outbox.maxResults');
    const room = outbox.room(new AbortController().signal);
    const results = await outbox.takeResults(10);
    await outbox.settleResults(results.map(({ seq }) => ({ seq, refusal: null })));
    await room;
    expect(outbox.fullness()).toBeUndefined();
  });
});

describe('keeping what the server refused', () => {
  it('shows it with the reason and keeps to its limits, oldest first, counted', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await outbox.put(entry(name));
    const results = await outbox.takeResults(10);
    await outbox.settleResults(results.map(({ seq }) => ({ seq, refusal })));
    const letters = await outbox.deadLetters(10);
    expect(letters.map(({ key }) => key)).toEqual(['id-e', 'id-d', 'id-c']);
    expect(letters[0]).toMatchObject({ kind: 'result', ...refusal });
    // Two letters too many, and of five images of 7 bytes no more than 25 bytes.
    expect(outbox.counts).toMatchObject({ results: 0, images: 0, imageBytes: 0, deadLetters: 3 });
    expect(outbox.counts.sacrificed).toBeGreaterThanOrEqual(4);
    await outbox.close();
    outbox = await openOutbox(folder.path, LIMITS);
    expect(outbox.counts.deadLetters).toBe(3);
  });
});
