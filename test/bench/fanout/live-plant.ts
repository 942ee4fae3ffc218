/** A server with the live door, an embedded database and one plant whose log the benchmark fills. */
import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { readConfig } from '../../../server/config.ts';
import { migrateToLatest } from '../../../server/database/migrate.ts';
import { openDatabase } from '../../../server/database/open-database.ts';
import { createLiveDoor } from '../../../server/graphql/live-door.ts';
import { schema } from '../../../server/graphql/schema.ts';
import { systemActor } from '../../../server/kit/audit.ts';
import { encodeGlobalId } from '../../../server/kit/global-id.ts';
import { newId } from '../../../server/kit/ids.ts';
import { silentLog } from '../../../server/kit/log.ts';
import { createMemory } from '../../../server/kit/memory.ts';
import { Hub } from '../../../server/live/hub.ts';
import { createAuthenticator } from '../../../server/modules/access/authenticate.service.ts';
import { appendEvents, eventSource, streamHeads } from '../../../server/modules/events/events.service.ts';
import { inspectionSource } from '../../../server/modules/inspections/inspections.service.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

export type LivePlant = Awaited<ReturnType<typeof openLivePlant>>;

/** `itemsPerPayload` bounds how many events one payload holds. The hub's timer does not run, so that no heartbeats are counted. */
export async function openLivePlant(itemsPerPayload: number) {
  const home = await makeTemporaryFolder('bench');
  const config = readConfig({
    LEHR_HOME: home.path,
    LEHR_LIMIT_LIVE_PAYLOAD_ITEMS: String(itemsPerPayload),
    // Rows lie ready, so that the stream is read faster than it is handed out; nothing may be read twice for that.
    LEHR_LIMIT_LIVE_TAIL_ROWS: '10000',
    LEHR_LIMIT_LIVE_CONNECTIONS_PER_PRINCIPAL: '1000',
    // The readers only count: they would not answer.
    LEHR_LIMIT_WS_PING_MS: '300000',
  });
  const database = await openDatabase({
    url: null,
    dataDir: join(home.path, 'database'),
    statementMs: config.limits.statementMs,
    connections: 1,
    onFailure: () => {},
  });
  const { db } = database;
  await migrateToLatest(db, () => {});

  const now = () => new Date();
  const [plantId, personId] = [newId(), newId()];
  const secret = `lehr_${randomBytes(32).toString('base64url')}`;
  const at = { created_at: now() };
  const plant = {
    id: plantId,
    code: 'plant',
    name: 'Plant',
    sector: 'glass' as const,
    time_zone: 'UTC',
    retired_at: null,
  };
  await db
    .insertInto('plant')
    .values({ ...plant, ...at })
    .execute();
  await db.insertInto('stream').values({ kind: 'event', id: plantId, plant_id: plantId }).execute();
  const person = { id: personId, email: 'bench@lehr.test', name: 'Bench', password_hash: 'none', disabled_at: null };
  await db
    .insertInto('person')
    .values({ ...person, ...at })
    .execute();
  const ends = { edge_node_id: null, expires_at: null, revoked_at: null };
  const hash = createHash('sha256').update(secret).digest();
  const token = { id: newId(), plant_id: plantId, name: 'mes', role: 'mes' as const, hash, created_by: personId };
  await db
    .insertInto('token')
    .values({ ...token, ...ends, ...at })
    .execute();

  const hub = new Hub({
    limits: config.limits,
    sources: { inspection: inspectionSource(db, now), event: eventSource(db) },
    readHeads: streamHeads(db),
    registry: new Registry(),
    log: silentLog,
    now,
  });
  const jobs = { send: async () => {} };
  const services = { db, config, log: silentLog, hub, jobs, memory: createMemory(), now };
  const authenticator = createAuthenticator({ db, now, sessionKey: new Uint8Array(32) });
  const door = createLiveDoor({ schema, services, authenticator, hub });
  const http = createServer();
  http.on('upgrade', (request, socket, head) => door.handleUpgrade(request, socket, head));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));

  return {
    schema,
    hub,
    services,
    plantGlobalId: encodeGlobalId('Plant', plantId),
    port: (http.address() as AddressInfo).port,
    secret,
    stream: { kind: 'event' as const, id: plantId },
    /** Commits events in one transaction; the hub is not told. */
    async commit(count: number) {
      const occurredAt = now();
      const data = { jobCode: 'J-2031', product: 'BORDEAUX-750', recipe: 'R-17', batch: 'B-44', parts: 12_500 };
      const event = { kind: 'job.started', occurredAt, actor: systemActor, data };
      await db.transaction().execute((trx) =>
        appendEvents(
          trx,
          plantId,
          Array.from({ length: count }, () => event),
        ),
      );
    },
    async close() {
      await door.close();
      await new Promise((resolve) => http.close(resolve));
      hub.close();
      await database.close();
      await home.remove();
    },
  };
}
