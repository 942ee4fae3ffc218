import { DatabaseSync } from 'node:sqlite';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OutboxConfig } from '../../edge/config/outbox-config.ts';
import { secretCredentials } from '../../edge/uplink/credentials.ts';
import { nodeEvent } from '../../edge/uplink/node-events.ts';
import { type Outbox, openOutbox } from '../../edge/uplink/outbox.ts';
import { openOutboxStore } from '../../edge/uplink/outbox-store.ts';
import { type Sender, startSender } from '../../edge/uplink/result-sender.ts';
import { createServerClient } from '../../edge/uplink/server-client.ts';
import { createServerContact } from '../../edge/uplink/server-contact.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { outboxEntry, outboxLimits } from './kit/outbox-entries.ts';
import { type ReceivingServer, startReceivingServer } from './kit/receiving-server.ts';

let folder: TemporaryFolder;
let server: ReceivingServer;
let outbox: Outbox;
let sender: Sender | undefined;

beforeEach(async () => {
  folder = await makeTemporaryFolder('sender');
  server = await startReceivingServer([]);
});

afterEach(async () => {
  await sender?.stop();
  sender = undefined;
  await outbox.close();
  await server.down();
  await folder.remove();
});

/** As after hours without a server: what is put in here is backlog for the sender. */
function fill(first: number, count: number, imageBytes: number): void {
  const store = openOutboxStore(folder.path, outboxLimits());
  store.transaction(() => {
    for (let number = first; number < first + count; number++) store.call('put', outboxEntry(number, { imageBytes }));
  });
  store.transaction(() => store.call('close', null));
  store.close();
}

/** The same, fast: 50,000 results without images. */
function fillMany(count: number): void {
  fill(0, 1, 0);
  const db = new DatabaseSync(`${folder.path}/outbox.db`);
  db.exec(`WITH RECURSIVE number (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM number WHERE n < ${count})
    INSERT INTO result (id, size, mark, body)
    SELECT id, length(body), 0, body FROM (
      SELECT id, json_object('id', id, 'partId', 'part-' || n) AS body FROM (
        SELECT n, printf('019b76da-%04x-7000-8000-%012x', n % 65536, n) AS id FROM number))`);
  db.close();
}

async function start(limits: Partial<OutboxConfig> = {}): Promise<void> {
  const config = outboxLimits(limits);
  const log = pino({ level: 'silent' });
  outbox = await openOutbox(folder.path, config);
  sender = startSender({
    outbox,
    client: createServerClient({ url: server.url, timeoutMs: 10_000 }, secretCredentials(server.token)),
    contact: createServerContact(server.url, () => 'nothing waits', log),
    config,
    plantCode: 'plant-1',
    retryMinMs: 10,
    retryMaxMs: 50,
    log,
  });
}

const partsOf = (from: ReceivingServer) => [...from.inspections.values()].map(({ partId }) => partId);

describe('catching up', () => {
  it('sends a live result before all but a few batches of a backlog of 50,000', async () => {
    fillMany(50_000);
    await start({ catchUpPerS: 1_000 });
    await server.until(({ inspections }) => inspections.size > 0);
    for (let live = 0; live < 5; live++) {
      const entry = outboxEntry(100_000 + live, { imageBytes: 0 });
      const before = server.inspections.size;
      await outbox.put(entry);
      await server.until(({ inspections }) => inspections.has(entry.id));
      // Batches of 200: what was under way, and what the bounded rate lets through in the blink that a request takes.
      expect(server.inspections.size - before).toBeLessThanOrEqual(5 * 200);
    }
    expect(outbox.counts.results).toBeGreaterThan(40_000);
    expect(server.duplicates).toBe(0);
  });

  it('sends the backlog in its order, at no more than its rate, and each once', async () => {
    fill(0, 900, 0);
    await start({ catchUpPerS: 1_000, batchSize: 100 });
    await server.until(({ inspections }) => inspections.size > 0);
    const startedAt = performance.now();
    const already = server.inspections.size;
    await server.until(({ inspections }) => inspections.size === 900);
    const seconds = (performance.now() - startedAt) / 1_000;
    // A batch may go at once, the rest has to wait for its turn.
    expect(900 - already).toBeLessThanOrEqual(1_000 * seconds + 2 * 100);
    expect(partsOf(server)).toEqual(Array.from({ length: 900 }, (_, number) => `part-${number}`));
    expect(server.duplicates).toBe(0);
  });

  it('sends all results of the backlog before its first image, but a live image after its own result', async () => {
    fill(0, 150, 1_000);
    const atImage: { sha256: string; results: number }[] = [];
    server.refuseImage = (sha256) => {
      atImage.push({ sha256, results: server.inspections.size });
      return 201;
    };
    await start({ batchSize: 50, catchUpPerS: 100 });
    await outbox.put(outboxEntry(1_000));
    await expect.poll(() => atImage.length, { timeout: 10_000 }).toBeGreaterThan(1);
    expect(atImage[0]?.sha256).toBe('hash-1000');
    expect(atImage[1]?.results).toBe(151);
  });
});

describe('sending what is not a result', () => {
  it('brings events, counts and revisions to the server, each once', async () => {
    await start();
    const event = nodeEvent('GATE_REJECTED', Date.now(), { partId: 'part-7', data: { delayMs: 3 } });
    const counts = {
      id: nodeEvent('GATE_ENABLED', Date.now()).id,
      stationId: 'station',
      jobCode: 'job-1',
      revision: 4,
      from: '2026-01-01T00:00:00.000Z',
      to: '2026-01-01T00:01:00.000Z',
      ...{ triggered: 3, accepted: 2, rejected: 1, bypassed: 0, unseen: 0, unknown: 0, inTransit: 0 },
    };
    const entry = outboxEntry(1);
    await outbox.putEvents([event]);
    await outbox.putCounts(counts);
    await outbox.put(entry);
    await outbox.putRevisions([{ inspectionId: entry.id, keepProbability: 0.5 }]);
    await server.until(({ events, partCounts, revisions }) => events.size + partCounts.size + revisions.size === 3);
    expect(server.events.get(event.id)).toEqual(event);
    expect(server.partCounts.get(counts.id)).toEqual(counts);
    expect(server.revisions.get(entry.id)).toEqual({ inspectionId: entry.id, keepProbability: 0.5 });
    await expect.poll(() => outbox.counts).toMatchObject({ events: 0, partCounts: 0, revisions: 0, results: 0 });
  });
});
