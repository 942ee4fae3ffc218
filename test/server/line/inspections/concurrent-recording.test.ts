/** Two transactions that record on one line: whatever the order of their commits, a reader who resumes gets both, in position order. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seenValues } from '../../../../schema/production-context.ts';
import type { Trx } from '../../../../server/database/database.ts';
import { chainOf, ensureAuditChain } from '../../../../server/kit/audit.ts';
import { newId } from '../../../../server/kit/ids.ts';
import type { NewInspection } from '../../../../server/modules/line/inspections/ingest.queries.ts';
import { insertResults } from '../../../../server/modules/line/inspections/insert-results.queries.ts';
import { inspectionSource } from '../../../../server/modules/line/inspections/inspections.service.ts';
import { databases } from '../../../support/database.ts';
import { createSeed } from '../../../support/seed.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';
import { idAt, only, type RecordingPlant, record, recordingPlant } from './recording.ts';

describe.runIf(databases().includes('postgresql'))('two transactions that record on one line', () => {
  let server: TestServer;
  let glass: RecordingPlant;
  let observer: pg.Client;

  beforeAll(async () => {
    server = await openTestServer('postgresql');
    glass = await recordingPlant(createSeed(server), { lines: 2, nodes: 2 });
    observer = new pg.Client({ connectionString: server.database.url });
    await observer.connect();
    for (const { client } of glass.nodes) await record(client, [glass.item({}, cameraOf(client))]);
  });
  afterAll(async () => {
    await observer.end();
    await server.close();
  });

  const cameraOf = (client: RecordingPlant['nodes'][number]['client']) =>
    glass.plant.lines[glass.nodes.findIndex((node) => node.client === client)]?.stations[0]?.cameras[0];

  const line = () => only(glass.plant.lines);
  const place = () => {
    const { station, cameras, node } = only(line().stations);
    return { cameraId: only(cameras).id, stationId: station.id, lineId: line().line.id, edgeNodeId: node.id };
  };
  const scope = () => ({ plantId: glass.plant.row.id, edgeNodeId: only(glass.nodes).row.id, receivedAt: new Date() });

  /** Each as another node, so that nothing but the line's stream makes one wait for the other. */
  const insert = async (trx: Trx, written: readonly NewInspection[]) => {
    const { plantId, edgeNodeId, receivedAt } = scope();
    const actor = { kind: 'token', id: newId() } as const;
    const subject = { subjectType: 'EdgeNode', subjectId: edgeNodeId };
    const entry = { actor, at: receivedAt, plantId, ...subject, action: 'inspections.record', detail: {} };
    await ensureAuditChain(trx, chainOf(entry));
    await insertResults(trx, scope(), written, entry);
  };

  function rows(count: number): NewInspection[] {
    return Array.from({ length: count }, (_, index) => {
      const capturedAtMs = Date.now() - index;
      const none = {
        partId: null,
        imageSha256: null,
        capture: { isKept: true, keepProbability: 1, reason: 'all' as const },
        quotaIds: null,
        jobId: null,
        productId: null,
        recipeId: null,
        batchId: null,
      };
      return {
        id: idAt(capturedAtMs),
        capturedAtMs,
        contentHash: '00'.repeat(32),
        place: place(),
        modelVersionId: glass.version.version.id,
        verdict: 'pass',
        score: 0,
        latencyMs: 1,
        ...none,
        ...seenValues({ cameraId: '' }),
        signals: null,
        defectClass: null,
        defects: [],
      };
    });
  }

  const source = () => inspectionSource(server.db, () => new Date());
  const nextPosition = async () => {
    const row = await server.db
      .selectFrom('stream')
      .select('next_position')
      .where('kind', '=', 'inspection')
      .where('id', '=', line().line.id)
      .executeTakeFirstOrThrow();
    return row.next_position;
  };
  /** Resolves when a session of this database waits for another one's lock. */
  const someoneWaits = async () => {
    for (;;) {
      const { rows: waiting } = await observer.query(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      );
      if (waiting.length > 0) return;
    }
  };

  it('makes the second wait for the first, so that a reader in between sees neither or both in order', async () => {
    const before = await nextPosition();
    const [first, second] = [rows(3), rows(2)];
    const committed: string[] = [];
    const firstWrote = Promise.withResolvers<void>();
    const letFirstCommit = Promise.withResolvers<void>();

    const writing = server.db.transaction().execute(async (trx) => {
      await insert(trx, first);
      firstWrote.resolve();
      await letFirstCommit.promise;
    });
    await firstWrote.promise;
    const waiting = server.db
      .transaction()
      .execute((trx) => insert(trx, second))
      .then(() => committed.push('second'));
    await someoneWaits();

    // The reader resumes now: nothing is committed, so it must not move.
    expect(await source().read(line().line.id, before - 1, 100)).toEqual([]);
    expect(committed).toEqual([]);
    letFirstCommit.resolve();
    await Promise.all([writing.then(() => committed.push('first')), waiting]);

    const read = await source().read(line().line.id, before - 1, 100);
    expect(read.map((row) => row.position)).toEqual([0, 1, 2, 3, 4].map((step) => before + step));
    expect(read.map((row) => row.id)).toEqual([...first, ...second].map((row) => row.id));
  });

  it('gives the positions of a transaction that is rolled back to the next one', async () => {
    const before = await nextPosition();
    const [lost, kept] = [rows(3), rows(2)];
    const wrote = Promise.withResolvers<void>();
    const letFail = Promise.withResolvers<void>();
    const failing = server.db
      .transaction()
      .execute(async (trx) => {
        await insert(trx, lost);
        wrote.resolve();
        await letFail.promise;
        throw new Error('rolled back');
      })
      .catch((error: Error) => error.message);
    await wrote.promise;
    const waiting = server.db.transaction().execute((trx) => insert(trx, kept));
    await someoneWaits();
    letFail.resolve();
    expect(await failing).toBe('rolled back');
    await waiting;

    const read = await source().read(line().line.id, before - 1, 100);
    expect(read.map(({ id, position }) => [id, position])).toEqual([
      [kept[0]?.id, before],
      [kept[1]?.id, before + 1],
    ]);
  });

  it('commits the one that began later first when it writes first, and still in position order', async () => {
    const before = await nextPosition();
    const [early, late] = [rows(2), rows(2)];
    const begun = Promise.withResolvers<void>();
    const letWrite = Promise.withResolvers<void>();
    // Has its transaction and its snapshot before the other one begins, but takes its positions when it inserts.
    const slow = server.db.transaction().execute(async (trx) => {
      await trx.selectFrom('plant').select('id').execute();
      begun.resolve();
      await letWrite.promise;
      await insert(trx, early);
    });
    await begun.promise;
    await server.db.transaction().execute((trx) => insert(trx, late));
    const resumed = await source().read(line().line.id, before - 1, 100);
    expect(resumed.map((row) => row.id)).toEqual(late.map((row) => row.id));
    letWrite.resolve();
    await slow;

    const cursor = resumed.at(-1)?.position ?? 0;
    const rest = await source().read(line().line.id, cursor, 100);
    expect(rest.map(({ id, position }) => [id, position])).toEqual([
      [early[0]?.id, before + 2],
      [early[1]?.id, before + 3],
    ]);
  });

  it('records the same call, sent many times at once, once', async () => {
    const { client } = only(glass.nodes);
    const before = await nextPosition();
    const items = Array.from({ length: 40 }, () =>
      glass.item({ verdict: 'REJECT', defects: [{ class: 'a', score: 1, box: { x: 0, y: 0, width: 1, height: 1 } }] }),
    );
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, turn) => record(client, turn % 2 === 0 ? items : items.toReversed())),
    );
    expect(answers.reduce((sum, answer) => sum + answer.recorded, 0)).toBe(40);
    expect(answers.reduce((sum, answer) => sum + answer.duplicates, 0)).toBe(200);
    expect(await nextPosition()).toBe(before + 40);
    const defects = await server.db
      .selectFrom('inspection_defect')
      .select('inspection_id')
      .where(
        'inspection_id',
        'in',
        items.map((item) => item.id),
      )
      .execute();
    expect(defects).toHaveLength(40);
  });

  it('lets nodes that record on the same lines in different order through without a deadlock', async () => {
    const [one, two] = glass.plant.lines.map(({ stations }) => only(only(stations).cameras));
    await server.db
      .updateTable('station')
      .set({ edge_node_id: only(glass.nodes).row.id })
      .where('plant_id', '=', glass.plant.row.id)
      .execute();
    const second = await glass.plant.edgeToken(only(glass.nodes).row);
    const calls = Array.from({ length: 12 }, (_, turn) => {
      const cameras = turn % 2 === 0 ? [one, two] : [two, one];
      return record(
        turn % 3 === 0 ? only(glass.nodes).client : second.client,
        cameras.flatMap((camera) => [glass.item({}, camera), glass.item({}, camera)]),
      );
    });
    for (const answer of await Promise.all(calls)) expect(answer).toMatchObject({ recorded: 4, refused: 0 });
  });
});
