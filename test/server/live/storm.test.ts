/** Many subscribers lose their connections together and come back with as many cursors, while an edge node goes on recording; on each database. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeGlobalId } from '../../../server/kit/global-id.ts';
import { encodeCursor } from '../../../server/live/stream-cursor.ts';
import { databases } from '../../support/database.ts';
import type { SeededToken } from '../../support/seed.ts';
import { only, type RecordingPlant, record, recordingPlant } from '../line/inspections/recording.ts';
import { type LiveServer, openLiveServer } from './live-server.ts';
import { Peer } from './tiny-door.ts';

const ROWS = 600;
const READERS = 60;
const REPLAY_PAGE = 100;
const QUERY = `subscription ($lineId: ID!, $after: StreamCursor) {
  inspections(lineId: $lineId, after: $after) { cursor items { inspectionId verdict defects { class } } }
}`;

describe.each(databases())('a storm of reconnects on %s', (kind) => {
  let live: LiveServer;
  let plant: RecordingPlant;
  let mes: SeededToken;
  let lineId: string;

  beforeAll(async () => {
    live = await openLiveServer(kind, {
      env: { LEHR_LIMIT_REPLAY_PAGE: String(REPLAY_PAGE), LEHR_LIMIT_LIVE_TAIL_ROWS: '50' },
    });
    plant = await recordingPlant(live.seed);
    mes = await plant.plant.mesToken();
    lineId = only(plant.plant.lines).line.id;
    await recordParts(ROWS);
  });
  afterAll(() => live.close());

  const recordParts = async (count: number) => {
    const defects = [{ class: 'crack', score: 0.9, box: { x: 0.1, y: 0.1, width: 0.2, height: 0.2 } }];
    const items = Array.from({ length: count }, (_, n) =>
      n % 10 === 0 ? plant.item({ verdict: 'REJECT', score: 0.9, defects }) : plant.item(),
    );
    for (let from = 0; from < count; from += 200) await record(only(plant.nodes).client, items.slice(from, from + 200));
  };
  const comeBack = async (after: number) => {
    const peer = await Peer.open(live.url);
    peer.send({ type: 'connection_init', payload: { authorization: `Bearer ${mes.secret}` } });
    await peer.until(({ texts }) => texts.length === 1);
    const cursor = encodeCursor({ kind: 'inspection', id: lineId }, after);
    peer.subscribe('1', QUERY, { lineId: encodeGlobalId('Line', lineId), after: cursor });
    return peer;
  };
  const idsOf = ({ texts }: Peer) =>
    texts
      .map((text) => JSON.parse(text) as { payload?: { data: { inspections: { items: { inspectionId: string }[] } } } })
      .flatMap(({ payload }) => payload?.data.inspections.items.map(({ inspectionId }) => inspectionId) ?? []);

  it('costs as many statements as the stream has pages, loses nothing, and leaves recording its turn', async () => {
    const afters = Array.from({ length: READERS }, (_, n) => (n * 97) % ROWS);
    let peers: Peer[] = [];
    let recorded = 0;
    let isOver = false;
    let callsMeanwhile = 0;
    await recordParts(5);
    const recording = (async () => {
      for (; !isOver && recorded < 500; recorded++) await recordParts(5);
    })();
    const total = await live.server.countStatements(async () => {
      peers = await Promise.all(afters.map(comeBack));
      const begun = ROWS + 5 + 5 * recorded;
      await Promise.all(
        peers.map((peer, index) => peer.until((each) => idsOf(each).length >= begun - (afters[index] ?? 0))),
      );
      callsMeanwhile = recorded;
    });
    // All came up while the node went on.
    expect(recorded).toBeGreaterThan(0);
    isOver = true;
    await recording;

    const ids = await selectIds();
    for (const [index, peer] of peers.entries()) {
      const wanted = ids.slice(afters[index]);
      await peer.until((each) => idsOf(each).length >= wanted.length);
      expect(idsOf(peer)).toEqual(wanted);
    }
    // Where each begins, the stream's pages with their defects, and each call with what its rows cost once; not pages for each reader.
    const alone = READERS * (ROWS / REPLAY_PAGE / 2) * 3;
    const bound = READERS + (ROWS / REPLAY_PAGE) * 4 + callsMeanwhile * 6 + 60;
    expect(total).toBeLessThan(bound);
    expect(total - callsMeanwhile * 6).toBeLessThan(alone / 2);
    for (const peer of peers) peer.socket.terminate();
  }, 60_000);

  const selectIds = async () => {
    const rows = await live.server.db
      .selectFrom('inspection')
      .select('id')
      .where('line_id', '=', lineId)
      .orderBy('position')
      .execute();
    return rows.map(({ id }) => id);
  };
});
