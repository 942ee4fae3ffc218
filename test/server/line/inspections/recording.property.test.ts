/** Whatever is sent, in whatever order and however often: positions stay dense, the rollup equals the raw rows, one id is one row. */
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../support/database.ts';
import { createSeed } from '../../../support/seed.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';
import { type Item, idAt, only, type RecordingPlant, record, recordingPlant } from './recording.ts';

/** One thing that a node may do with one of a few parts: send it, send it changed, or send it with a wrong value. */
interface Step {
  part: number;
  camera: number;
  minute: number;
  kind: 'as it is' | 'changed' | 'wrong';
}

const PARTS = 12;
const step: fc.Arbitrary<Step> = fc.record({
  part: fc.nat(PARTS - 1),
  camera: fc.nat(3),
  minute: fc.nat(2),
  kind: fc.constantFrom('as it is', 'as it is', 'as it is', 'changed', 'wrong'),
});
const calls = fc.array(fc.array(step, { maxLength: 20 }), { minLength: 1, maxLength: 5 });

describe.each(databases())('random calls on %s', (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await openTestServer(kind);
  });
  afterAll(() => server.close());

  it('keep positions dense, the rollup equal to the rows, and the first content of every id', async () => {
    await fc.assert(
      fc.asyncProperty(calls, async (sent) => {
        const glass = await recordingPlant(createSeed(server), { lines: 2, camerasPerStation: 2 });
        const { client } = only(glass.nodes);
        const start = Math.floor(Date.now() / 60_000) * 60_000 - 5 * 60_000;
        const ids = new Map<string, string>();
        const itemOf = ({ part, camera, minute, kind }: Step): Item => {
          const key = `${part} ${minute}`;
          const id = ids.get(key) ?? idAt(start + minute * 60_000 + part);
          ids.set(key, id);
          const verdict = ['PASS', 'REJECT', 'UNCERTAIN'][part % 3];
          const defects = part % 3 === 1 ? [{ class: 'a', score: 1, box: { x: 0, y: 0, width: 1, height: 1 } }] : [];
          // The camera belongs to the content: the same part from another one is a conflict.
          const from = glass.plant.cameras[camera];
          const score = kind === 'wrong' ? 5 : kind === 'changed' ? 0.6 : 0.5;
          return glass.item({ id, verdict, defects, score, context: { jobCode: `j${part % 2}`, signals: [] } }, from);
        };

        const first = new Map<string, string>();
        for (const call of sent) {
          const items = call.map(itemOf);
          const { items: outcomes } = await record(client, items);
          const expected = items.map((item) => {
            if (item.score === 5) return 'REFUSED';
            const content = JSON.stringify(item);
            const known = first.get(item.id);
            if (known === undefined) first.set(item.id, content);
            return known === undefined ? 'RECORDED' : known === content ? 'DUPLICATE' : 'CONFLICT';
          });
          expect(outcomes.map(({ outcome }) => outcome)).toEqual(expected);
        }
        await expectInvariants(server, glass, first.size);
      }),
      { numRuns: 12, endOnFailure: true },
    );
  });
});

async function expectInvariants({ db }: TestServer, glass: RecordingPlant, recorded: number): Promise<void> {
  const plantId = glass.plant.row.id;
  const { rows: raw } = await sql<{ line_id: string; position: number }>`
    SELECT line_id, position FROM inspection WHERE plant_id = ${plantId} ORDER BY line_id, position
  `.execute(db);
  expect(raw).toHaveLength(recorded);
  for (const { line } of glass.plant.lines) {
    const positions = raw.filter((row) => row.line_id === line.id).map((row) => row.position);
    expect(positions).toEqual(positions.map((_, index) => index + 1));
    const { rows: streams } = await sql<{ next_position: number }>`
      SELECT next_position FROM stream WHERE kind = 'inspection' AND id = ${line.id}
    `.execute(db);
    expect(streams).toEqual([{ next_position: positions.length + 1 }]);
  }

  const { rows: different } = await sql`
    WITH raw AS (
      SELECT line_id, date_trunc('minute', captured_at) AS minute, camera_id, station_id, job_id, product_id, batch_id, model_version_id, defect_class,
        count(*) FILTER (WHERE verdict = 'pass')::integer AS pass_count,
        count(*) FILTER (WHERE verdict = 'reject')::integer AS reject_count,
        count(*) FILTER (WHERE verdict = 'uncertain')::integer AS uncertain_count
      FROM inspection WHERE plant_id = ${plantId} GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
    ), rollup AS (
      SELECT line_id, minute, camera_id, station_id, job_id, product_id, batch_id, model_version_id, defect_class,
        pass_count, reject_count, uncertain_count
      FROM inspection_minute WHERE plant_id = ${plantId}
    )
    (SELECT * FROM raw EXCEPT SELECT * FROM rollup) UNION ALL (SELECT * FROM rollup EXCEPT SELECT * FROM raw)
  `.execute(db);
  expect(different).toEqual([]);

  const { rows: defects } = await sql<{ counted: number; written: number }>`
    SELECT (SELECT coalesce(sum(defect_count), 0) FROM inspection WHERE plant_id = ${plantId})::bigint AS counted,
      (SELECT count(*) FROM inspection_defect WHERE plant_id = ${plantId}) AS written
  `.execute(db);
  expect(only(defects).written).toBe(only(defects).counted);
}
