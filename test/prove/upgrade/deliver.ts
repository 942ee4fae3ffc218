/** The present server on what the old version has left, and an edge, old or present, that delivers the old outbox to it. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Db } from '../../../server/database/database.ts';
import { spawnLines } from '../../support/spawn-lines.ts';
import { checkHoldings } from './check-holdings.ts';
import { postAs } from './old-acts.ts';
import { repository } from './old-commit.ts';
import type { OldHome } from './old-home.ts';
import { countWaiting, type Outbox, readOutbox } from './read-outbox.ts';

export interface DeliverOptions {
  /** Folder of the edge's code. */
  edgeCode: string;
  home: string;
  port: number;
  databaseUrl: string | null;
  old: OldHome;
}

const START_MS = 240_000;
const DELIVER_MS = 300_000;
const LOOK_MS = 200;
const PLANT_CODE = 'nord';

/** Starts both, waits until nothing waits any more, and stops both; one line for each thing that was not as it has to be. */
export async function deliver({ edgeCode, home, port, databaseUrl, old }: DeliverOptions): Promise<string[]> {
  const { holdings, outbox } = old;
  const warnings = '--disable-warning=ExperimentalWarning';
  const env = {
    ...{ PORT: String(port), HOST: '127.0.0.1', LEHR_HOME: home, DATABASE_URL: databaseUrl ?? '', NATS_URL: '' },
  };
  await using server = await spawnLines(process.execPath, [warnings, join(repository, 'server/main.ts')], { env });
  const [, url = ''] = await server.waitForLine(/^listening (\S+)$/, START_MS);
  const faults = (await checkHoldings(url, holdings)).faults;
  faults.push(...(await tellAgain(url, old)));

  const edgeHome = join(home, 'edge');
  const args = [warnings, join(edgeCode, 'edge/main.ts'), '--config', join(edgeHome, 'edge.yaml')];
  await using edge = await spawnLines(process.execPath, args, { cwd: edgeCode });
  await edge.waitForLine(/^edge ready/, START_MS);
  const deadline = Date.now() + DELIVER_MS;
  // the machine is gone, and the edge says so: only what the old outbox held is waited for
  while (waitsStill(readOutbox(edgeHome), outbox) && Date.now() < deadline) await sleep(LOOK_MS);
  const left = readOutbox(edgeHome);
  if (waitsStill(left, outbox)) faults.push(`${countWaiting(left)} entries still wait at the edge`);
  for (const { kind, key, reason } of left.refused) faults.push(`the server refused ${kind} ${key}: ${reason}`);
  faults.push(...(await fetchImages(url, old)));
  const { code } = await edge.stop();
  if (code !== 0) faults.push(`the edge ended with ${code}: ${edge.output.slice(-5).join(' | ')}`);
  const ended = await server.stop();
  if (ended.code !== 0) faults.push(`the server ended with ${ended.code}: ${server.output.slice(-5).join(' | ')}`);
  return faults;
}

function waitsStill(now: Outbox, before: Outbox): boolean {
  const results = new Set(before.results.map(({ id }) => id));
  const images = new Set(before.images.map((image) => image.result_id));
  const notes = new Set(before.notes.map(({ kind, id }) => `${kind} ${id}`));
  return (
    now.results.some(({ id }) => results.has(id)) ||
    now.images.some((image) => images.has(image.result_id)) ||
    now.notes.some(({ kind, id }) => notes.has(`${kind} ${id}`))
  );
}

/** The second node knows its server again, and an event that it told the old one is not taken twice. */
async function tellAgain(url: string, { holdings }: OldHome): Promise<string[]> {
  const { stationId, eventId } = holdings.voice;
  const event = { id: eventId, kind: 'GATE_NOT_CONFIRMED', stationId, partId: 'L9-1' };
  const answers = await postAs(url, holdings.tokens.EDGE_NODE, 'recordNodeEvents', '[NodeEventInput!]!', [event]);
  const [outcome] = answers.map((answer) => answer.outcome);
  return outcome === 'DUPLICATE' ? [] : [`an old event that is told again is ${outcome}, not DUPLICATE`];
}

/** Every image of the old outbox comes back as the same bytes, to an old session. */
async function fetchImages(url: string, { holdings, outbox }: OldHome): Promise<string[]> {
  const faults: string[] = [];
  const headers = { cookie: holdings.sessions.QUALITY_ENGINEER ?? '' };
  for (const sha256 of new Set(outbox.images.map((image) => image.sha256))) {
    const response = await fetch(new URL(`/images/${PLANT_CODE}/${sha256}`, url), { headers });
    const bytes = Buffer.from(await response.arrayBuffer());
    const found = createHash('sha256').update(bytes).digest('hex');
    if (found !== sha256) faults.push(`image ${sha256} of the outbox is not with the server: ${response.status}`);
  }
  return faults;
}

interface Lines {
  rows: number;
  ids: number;
  positions: number;
  last: number;
  minutes: number;
}

/** Everything that waited is in the database once, nothing that was there is gone, and the line's books are right. */
export async function checkDelivered(db: Db, { outbox }: OldHome, rowsBefore: number): Promise<string[]> {
  const faults: string[] = [];
  const expectAll = async (table: string, ids: readonly string[]) => {
    const wanted = new Set(ids);
    const { rows } = await sql<{ id: string; times: number }>`
      SELECT id::text, count(*)::int AS times FROM ${sql.table(table)} WHERE id = ANY (${sql.val([...wanted])}::uuid[]) GROUP BY id
    `.execute(db);
    const twice = rows.filter(({ times }) => times > 1).length;
    if (rows.length !== wanted.size)
      faults.push(`${table}: ${wanted.size - rows.length} of the old outbox are missing`);
    if (twice > 0) faults.push(`${table}: ${twice} of the old outbox are there twice`);
  };
  const notes = (wanted: string) => outbox.notes.filter(({ kind }) => kind === wanted).map(({ id }) => id);
  await expectAll(
    'inspection',
    outbox.results.map(({ id }) => id),
  );
  await expectAll('node_event', notes('event'));
  await expectAll('part_count', notes('counts'));
  const { rows } = await sql<Lines>`
    SELECT count(*)::int AS rows, count(DISTINCT id)::int AS ids, count(DISTINCT position)::int AS positions,
      max(position)::int AS last,
      (SELECT sum(pass_count + reject_count + uncertain_count)::int FROM inspection_minute m WHERE m.line_id = i.line_id) AS minutes
    FROM inspection i GROUP BY i.line_id
  `.execute(db);
  for (const line of rows) {
    const isWhole = [line.ids, line.positions, line.last, line.minutes].every((number) => number === line.rows);
    if (!isWhole) faults.push(`a line's books are not right: ${JSON.stringify(line)}`);
  }
  const present = rows.reduce((sum, line) => sum + line.rows, 0);
  if (present < rowsBefore) faults.push(`inspection: ${rowsBefore} rows before, ${present} now`);
  const { rows: again } = await sql<{ part_id: string }>`
    SELECT part_id FROM inspection WHERE part_id IS NOT NULL GROUP BY camera_id, part_id HAVING count(*) > 1
  `.execute(db);
  if (again.length > 0) faults.push(`${again.length} parts have two results, such as ${again[0]?.part_id}`);
  return faults;
}
