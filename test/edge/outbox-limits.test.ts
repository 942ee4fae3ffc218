import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OutboxConfig } from '../../edge/config/outbox-config.ts';
import type { Verdict } from '../../edge/pipeline/frame.ts';
import { type CaptureRevision, type NodeEvent, nodeEvent } from '../../edge/uplink/node-events.ts';
import type { QueuedItem } from '../../edge/uplink/outbox-messages.ts';
import { type OutboxStore, openOutboxStore, type StoreSurroundings } from '../../edge/uplink/outbox-store.ts';
import { shareOfLimits } from '../../edge/uplink/share-of-limits.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { firstPartMs, outboxEntry, outboxLimits } from './kit/outbox-entries.ts';

let folder: TemporaryFolder;
let store: OutboxStore | undefined;
let homes = 0;
let clock: { ms: number; freeBytes: number };

beforeEach(async () => {
  folder = await makeTemporaryFolder('outbox');
  clock = { ms: 0, freeBytes: 1e12 };
});

afterEach(async () => {
  store?.close();
  store = undefined;
  await folder.remove();
});

function open(limits: Partial<OutboxConfig>, seed = 1, home = `${folder.path}/home-${homes++}`): OutboxStore {
  store?.close();
  const surroundings: StoreSurroundings = {
    random: createSeededRandom(seed).next,
    monotonic: () => clock.ms,
    clock: () => firstPartMs,
    disk: () => ({ freeBytes: clock.freeBytes, totalBytes: 1e12 }),
  };
  store = openOutboxStore(home, outboxLimits(limits), surroundings);
  return store;
}

const put = (to: OutboxStore, ...entries: Parameters<typeof outboxEntry>[]) =>
  to.transaction(() => entries.forEach((entry) => void to.call('put', outboxEntry(...entry))));
const read = <T>(items: QueuedItem[]): T[] => items.map(({ body }) => JSON.parse(body));
const events = (of: OutboxStore) => read<NodeEvent>(of.call('takeNotes', { kind: 'event', limit: 500 }));
const told = (of: OutboxStore) => {
  of.transaction(of.sweep);
  return events(of).map(({ kind, data }) => ({ kind, ...(data as object) })) as {
    kind: string;
    what: string;
    count: number;
  }[];
};
/** Everything that waits, as if the server had taken all results. */
function revisions(of: OutboxStore): CaptureRevision[] {
  const results = of.call('takeResults', { lane: 'live', limit: 100_000 });
  of.transaction(() =>
    of.call(
      'settleResults',
      results.map(({ seq }) => ({ seq, refusal: null })),
    ),
  );
  return read<CaptureRevision>(of.call('takeNotes', { kind: 'revision', limit: 100_000 }));
}

describe('a full outbox', () => {
  it('holds as many bytes of images as it may, and thins with the next one', () => {
    const outbox = open({ maxImageBytes: 1_000 });
    put(outbox, ...Array.from({ length: 10 }, (_, number): [number] => [number]));
    expect(outbox.counts()).toMatchObject({ images: 10, imageBytes: 1_000, sacrificedImages: 0, revisions: 0 });
    put(outbox, [10]);
    expect(outbox.counts()).toMatchObject({ results: 11, images: 10, imageBytes: 1_000, sacrificedImages: 1 });
  });

  it('gives up images of passes first, then of uncertain parts, then of rejects, and no result', () => {
    const verdicts: Verdict[] = ['REJECT', 'UNCERTAIN', 'PASS'];
    const outbox = open({ maxImageBytes: 100 });
    const order: string[] = [];
    for (let number = 0; number < 30; number++) {
      put(outbox, [number, { verdict: verdicts[number % 3] ?? 'PASS', imageBytes: 10 }]);
    }
    for (const { what, count } of told(outbox)) order.push(`${count} ${what}`);
    // 30 images of 10 bytes, of which 10 may stay: all of passes and of uncertain parts have gone, no reject had to.
    expect(order.sort()).toEqual(['10 images of passes', '10 images of uncertain parts']);
    for (let number = 30; number < 35; number++) put(outbox, [number, { verdict: 'REJECT', imageBytes: 10 }]);
    expect(told(outbox).at(-1)).toMatchObject({ what: 'images of rejects', count: 5 });
    expect(outbox.counts()).toMatchObject({ results: 35, images: 10, sacrificedImages: 25, sacrificedResults: 0 });
  });

  it('gives up the oldest results only at its limit of results or their bytes, with a time range', () => {
    const outbox = open({ maxResults: 3 });
    put(outbox, [0], [1], [2]);
    expect(outbox.counts()).toMatchObject({ results: 3, sacrificedResults: 0 });
    put(outbox, [3], [4]);
    expect(outbox.counts()).toMatchObject({ results: 3, images: 3, sacrificedResults: 2, sacrificedImages: 2 });
    const results = told(outbox).find(({ what }) => what === 'results');
    expect(results).toMatchObject({
      count: 2,
      from: new Date(firstPartMs).toISOString(),
      to: new Date(firstPartMs + 1).toISOString(),
    });
    const size = Buffer.byteLength(outboxEntry(1).body);
    const bySize = open({ maxResultBytes: 3 * size });
    put(bySize, [1], [2], [3]);
    expect(bySize.counts()).toMatchObject({ results: 3, resultBytes: 3 * size });
    put(bySize, [4]);
    expect(bySize.counts()).toMatchObject({ results: 3, sacrificedResults: 1 });
  });

  it('keeps as many events, counts and revisions as it may, and gives up the oldest', () => {
    const outbox = open({ maxEvents: 2, maxPartCounts: 1, maxRevisions: 1 });
    const made = [1, 2, 3].map((number) => nodeEvent('GATE_REJECTED', firstPartMs + number));
    outbox.transaction(() => outbox.call('putEvents', made.slice(0, 2)));
    expect(outbox.counts()).toMatchObject({ events: 2, sacrificedEvents: 0 });
    outbox.transaction(() => outbox.call('putEvents', made));
    expect(outbox.counts()).toMatchObject({ events: 2, sacrificedEvents: 1 });
    expect(events(outbox)).toEqual(made.slice(1));
    const ids = made.map(({ id: inspectionId }) => ({ inspectionId, isLost: true }));
    outbox.transaction(() => outbox.call('putRevisions', ids.slice(0, 1)));
    outbox.transaction(() => outbox.call('putRevisions', ids));
    expect(outbox.counts().revisions).toBe(1);
  });

  it('says once that it is well again', () => {
    const outbox = open({ maxResults: 10 });
    put(outbox, ...Array.from({ length: 12 }, (_, number): [number] => [number]));
    expect(told(outbox).some(({ kind }) => kind === 'OUTBOX_RELIEVED')).toBe(false);
    revisions(outbox);
    told(outbox);
    expect(told(outbox).filter(({ kind }) => kind === 'OUTBOX_RELIEVED')).toHaveLength(1);
  });

  it('tells at most once in its time what it gave up, and loses no count to a new start', () => {
    const home = `${folder.path}/told`;
    const limits = { maxResults: 1, sacrificeNoticeMs: 60_000 };
    let outbox = open(limits, 1, home);
    put(outbox, [0], [1]);
    expect(told(outbox)).toHaveLength(2);
    put(outbox, [2], [3]);
    clock.ms = 59_000;
    expect(told(outbox)).toHaveLength(2);
    outbox = open(limits, 1, home);
    expect(
      told(outbox)
        .filter(({ what }) => what === 'results')
        .map(({ count }) => count),
    ).toEqual([1, 2]);
  });

  it('gives up what is too old by the time that the node ran, whatever the clock says', () => {
    const home = `${folder.path}/aged`;
    const day = 86_400_000;
    let outbox = open({ maxAgeDays: 2 }, 1, home);
    put(outbox, [0]);
    clock.ms = day;
    outbox.transaction(outbox.sweep);
    outbox = open({ maxAgeDays: 2 }, 1, home);
    clock.ms = 2 * day - 10_000;
    put(outbox, [1]);
    outbox.transaction(outbox.sweep);
    expect(outbox.counts()).toMatchObject({ results: 2, sacrificedResults: 0 });
    clock.ms = 2 * day;
    outbox.transaction(outbox.sweep);
    expect(outbox.counts()).toMatchObject({ results: 1, sacrificedResults: 1, images: 1 });
  });
});

describe('a disk that fills', () => {
  it('gives up images while the disk has less room than it should, and no result', () => {
    const outbox = open({ minFreeBytes: 1_000_000 });
    put(outbox, ...Array.from({ length: 20 }, (_, number): [number, object] => [number, { imageBytes: 50_000 }]));
    clock.freeBytes = 1_000_000;
    outbox.transaction(outbox.sweep);
    expect(outbox.counts()).toMatchObject({ images: 20, isDiskShort: false });
    clock.freeBytes = 800_000;
    outbox.transaction(outbox.sweep);
    // 200,000 bytes were missing.
    expect(outbox.counts()).toMatchObject({ images: 16, results: 20, isDiskShort: true });
    expect(shareOfLimits(outbox.counts(), outboxLimits({}))).toBe(1);
    clock.freeBytes = 1_000_000;
    outbox.transaction(outbox.sweep);
    expect(outbox.counts()).toMatchObject({ images: 16, isDiskShort: false });
    expect(shareOfLimits(outbox.counts(), outboxLimits({}))).toBeLessThan(0.5);
  });

  it('keeps results at the limit of its file by giving up images, and takes more when they are sent', () => {
    const outbox = open({ maxFileBytes: 3_000_000, reserveBytes: 1_000_000 });
    let rounds = 0;
    for (let number = 0; number < 200; number++) {
      for (;;) {
        try {
          put(outbox, [number, { imageBytes: 40_000 }]);
          break;
        } catch (error) {
          expect(error).toMatchObject({ errcode: 13 });
          expect(outbox.giveUp()).toBe(true);
          rounds++;
        }
      }
    }
    const { results, images, sacrificedImages, sacrificedResults } = outbox.counts();
    expect({ results, sacrificedResults }).toEqual({ results: 200, sacrificedResults: 0 });
    expect(images + sacrificedImages).toBe(200);
    expect(images).toBeGreaterThan(20);
    expect(rounds).toBeLessThan(sacrificedImages);
    expect(revisions(outbox).filter(({ isLost }) => isLost)).toHaveLength(sacrificedImages);
  });

  it('gives up the oldest results when there is no image left', () => {
    const outbox = open({ maxFileBytes: 1_500_000, reserveBytes: 500_000 });
    const many = (from: number) =>
      put(outbox, ...Array.from({ length: 200 }, (_, at): [number, object] => [from + at, { imageBytes: 0 }]));
    let from = 0;
    for (; outbox.counts().sacrificedResults === 0; from += 200) {
      expect(from).toBeLessThan(20_000);
      try {
        many(from);
      } catch {
        expect(outbox.giveUp()).toBe(true);
      }
    }
    many(from);
    const { sacrificedResults } = outbox.counts();
    expect(sacrificedResults).toBeGreaterThanOrEqual(100);
    expect(outbox.counts().oldestResultAt).toBe(new Date(firstPartMs + sacrificedResults).toISOString());
  });
});

describe('thinning', () => {
  it('tells of every image of the backlog how likely it was to stay, and of each that went that it is lost', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 1, max: 30 }), (seed, stays) => {
        const outbox = open({ maxImageBytes: stays * 100 }, seed);
        put(outbox, ...Array.from({ length: 60 }, (_, number): [number] => [number]));
        const { images, results } = outbox.counts();
        const all = revisions(outbox);
        expect(results).toBe(60);
        expect(images).toBe(stays);
        expect(all.filter(({ isLost }) => isLost)).toHaveLength(60 - stays);
        for (const { keepProbability = 1 } of all) {
          expect(Number.isInteger(Math.log2(keepProbability))).toBe(true);
          expect(keepProbability).toBeGreaterThan(0);
          expect(keepProbability).toBeLessThan(1);
        }
      }),
      { numRuns: 10, seed: 4, endOnFailure: true },
    );
  });

  it('leaves images whose weights add up to all parts, on average (Horvitz and Thompson)', () => {
    const parts = 80;
    const estimates = Array.from({ length: 60 }, (_, seed) => {
      const outbox = open({ maxImageBytes: 2_500 }, seed);
      put(
        outbox,
        ...Array.from({ length: parts }, (_, number): [number, object] => [number, { keepProbability: 0.5 }]),
      );
      const { images } = outbox.counts();
      const all = revisions(outbox);
      const thinned = all.filter(({ isLost }) => !isLost).map(({ keepProbability = 1 }) => 1 / keepProbability);
      return thinned.reduce((sum, weight) => sum + weight, 0) + (images - thinned.length) * 2;
    });
    const mean = estimates.reduce((sum, value) => sum + value, 0) / estimates.length;
    const variance = estimates.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (estimates.length - 1);
    // Each part was kept with 0.5 before it came here, and all of them are here: they stand for twice as many.
    expect(Math.abs(mean - 2 * parts)).toBeLessThan(4 * Math.sqrt(variance / estimates.length));
  });

  it('leaves alone what is being sent', () => {
    const outbox = open({ maxImageBytes: 1_000 });
    put(outbox, ...Array.from({ length: 10 }, (_, number): [number] => [number]));
    revisions(outbox);
    const [image] = outbox.call('takeImages', { lane: 'live', limit: 1, except: [] });
    put(outbox, ...Array.from({ length: 100 }, (_, number): [number] => [100 + number]));
    expect(outbox.call('readImage', { seq: image?.seq ?? 0 })).toHaveLength(100);
  });
});
