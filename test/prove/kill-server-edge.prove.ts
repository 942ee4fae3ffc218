/** kill -9 of server and edge at random moments while parts pass: nothing lost, nothing twice, neither in the database nor for a reader that resumes. */
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSeededRandom } from '../support/seeded-random.ts';
import type { LineProcess } from '../support/spawn-lines.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { goodImage, type Product, setUpProduct } from './kill-server-edge/product.ts';
import { startResumingReader } from './kill-server-edge/resuming-reader.ts';
import type { ProofOptions, ProofResult } from './kit/run-proofs.ts';

export const name = 'kill-server-edge';
export const about =
  'n kills of server and edge during 200 parts each: every part once in the database and once for a resuming reader';

const FULL_KILLS = 50;
const PARTS_A_KILL = 200;
/** As the simulated camera: what waits in the folder is bounded, so the kills fall into the whole run. */
const MAX_SPOOL = 100;
const MAX_DELAY_MS = 600;
const FINISH_MS = 900_000;
const READER_MS = 60_000;
/** Looking must not cost what is looked at. */
const LOOK_MS = 500;
const EMPTY_LOOKS = 6;

export async function run({ n: kills = FULL_KILLS, seed, report }: ProofOptions): Promise<ProofResult> {
  const parts = kills * PARTS_A_KILL;
  await using folder = await makeTemporaryFolder('kill');
  const { product, server } = await setUpProduct(folder.path, report);
  const running = { server, edge: await product.startEdge() };
  await running.edge.waitForLine(/^edge ready/, FINISH_MS);
  const reader = startResumingReader(product.url, product.reader, product.lineId);
  try {
    const killed = await producePartsUnderKills(product, running, { kills, parts, seed, report });
    report(`all ${parts} parts are made; waiting for the last to arrive`);
    // A report is up to a second old: only what stays empty is empty.
    let emptyLooks = 0;
    await until(FINISH_MS, LOOK_MS, async () => {
      const { outboxResults, outboxImages } = await readOutbox(product);
      const isEmpty = outboxResults + outboxImages + (await readdir(product.spool)).length === 0;
      emptyLooks = isEmpty ? emptyLooks + 1 : 0;
      return emptyLooks >= EMPTY_LOOKS;
    });
    await until(READER_MS, LOOK_MS, async () => reader.seen.size >= parts);
    const rows = await readRecorded(product);
    return conclude({ kills, parts, killed, rows, reader });
  } finally {
    await reader.stop();
    await running.edge.stop();
    await running.server.stop();
  }
}

interface Running {
  server: LineProcess;
  edge: LineProcess;
}

interface Plan {
  kills: number;
  parts: number;
  seed: number;
  report(line: string): void;
}

/** Each kill comes a random moment after a random part was made; the victim is started again at once. */
async function producePartsUnderKills(product: Product, running: Running, { kills, parts, seed, report }: Plan) {
  const random = createSeededRandom(seed);
  // The first kills both, so that a small run tries each.
  const moments = Array.from({ length: kills }, (_, index) => ({
    part: random.integer(parts),
    victim: index === 0 ? 'both' : random.pick(['server', 'edge', 'both']),
  }));
  const killed = { server: 0, edge: 0 };
  const kill = async (which: keyof Running) => {
    const victim = running[which];
    victim.child.kill('SIGKILL');
    await victim.exit;
    running[which] = await (which === 'server' ? product.startServer() : product.startEdge());
    killed[which]++;
  };
  const killing: Promise<void>[] = [];
  /** One kill after the other: two at one moment would be one. */
  let turn = Promise.resolve();
  await mkdir(product.spool, { recursive: true });
  for (let part = 0; part < parts; part++) {
    for (const { victim } of moments.filter((moment) => moment.part === part)) {
      const delayMs = random.integer(MAX_DELAY_MS);
      turn = turn.then(async () => {
        await sleep(delayMs);
        if (victim !== 'edge') await kill('server');
        if (victim !== 'server') await kill('edge');
      });
      killing.push(turn);
    }
    await writePart(product.spool, part);
    if (part % 1_000 === 999)
      report(`${part + 1} parts, ${killed.server} kills of the server, ${killed.edge} of the edge`);
    if (part % 10 === 9) await until(FINISH_MS, 20, async () => (await readdir(product.spool)).length < MAX_SPOOL);
  }
  await Promise.all(killing);
  return killed;
}

async function writePart(spool: string, part: number): Promise<void> {
  const { bytes } = await goodImage(1_000_000 + part);
  const name = `${partIdOf(part)}.png`;
  await writeFile(join(spool, `.${name}`), bytes);
  await rename(join(spool, `.${name}`), join(spool, name));
}

function partIdOf(part: number): string {
  return `L1-${String(part).padStart(8, '0')}`;
}

interface Row {
  partId: string | null;
  hasImage: boolean;
}

interface Page {
  inspections: {
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
    edges: { node: { partId: string | null; image: { sha256: string } | null } }[];
  };
}

async function query<T>({ url, reader }: Product, text: string, variables: Record<string, unknown>): Promise<T> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${reader}` },
    body: JSON.stringify({ query: text, variables }),
  });
  const { data, errors } = (await response.json()) as { data?: T; errors?: { message: string }[] };
  if (!data || errors) throw new Error(errors?.[0]?.message ?? `${response.status}`);
  return data;
}

interface Waiting {
  outboxResults: number;
  outboxImages: number;
}

/** What the node last said of its outbox. */
async function readOutbox(product: Product): Promise<Waiting> {
  const { edgeNodes } = await query<{ edgeNodes: { edges: { node: { status: Waiting | null } }[] } }>(
    product,
    '{ edgeNodes { edges { node { status { outboxResults outboxImages } } } } }',
    {},
  );
  return edgeNodes.edges[0]?.node.status ?? { outboxResults: Infinity, outboxImages: Infinity };
}

/** Every row of the line. */
async function readRecorded(product: Product): Promise<Row[]> {
  const rows: Row[] = [];
  let after: string | null = null;
  do {
    const { inspections }: Page = await query<Page>(
      product,
      `query ($lineId: ID!, $after: String) { inspections(filter: { lineId: $lineId }, first: 500, after: $after) {
        pageInfo { hasNextPage endCursor } edges { node { partId image { sha256 } } } } }`,
      { lineId: product.lineId, after },
    );
    for (const { node } of inspections.edges) rows.push({ partId: node.partId, hasImage: node.image !== null });
    after = inspections.pageInfo.hasNextPage ? inspections.pageInfo.endCursor : null;
  } while (after !== null);
  return rows;
}

interface Evidence {
  kills: number;
  parts: number;
  killed: { server: number; edge: number };
  rows: Row[];
  reader: { seen: Map<string, number>; resumed: number; faults: string[] };
}

function conclude({ kills, parts, killed, rows, reader }: Evidence): ProofResult {
  const inDatabase = new Map<string, number>();
  for (const { partId } of rows) inDatabase.set(partId ?? '', (inDatabase.get(partId ?? '') ?? 0) + 1);
  const expected = Array.from({ length: parts }, (_, part) => partIdOf(part));
  const missing = (found: Map<string, number>) => expected.filter((id) => !found.has(id)).length;
  const twice = (found: Map<string, number>) => [...found.values()].filter((times) => times > 1).length;
  const counted = {
    parts,
    kills,
    serverKills: killed.server,
    edgeKills: killed.edge,
    rows: rows.length,
    missingInDatabase: missing(inDatabase),
    twiceInDatabase: twice(inDatabase),
    missingImages: rows.filter(({ hasImage }) => !hasImage).length,
    seenByReader: reader.seen.size,
    missedByReader: missing(reader.seen),
    seenTwice: twice(reader.seen),
    resumes: reader.resumed,
    streamFaults: reader.faults.length,
  };
  const faults = [
    'missingInDatabase',
    'twiceInDatabase',
    'missingImages',
    'missedByReader',
    'seenTwice',
    'streamFaults',
  ] as const;
  const holds = rows.length === parts && reader.seen.size === parts && faults.every((fault) => counted[fault] === 0);
  return { n: kills, counted, faults: reader.faults.slice(0, 5), holds };
}

/** Resolves when the condition holds or the time is over: what is missing then is counted, not thrown. */
async function until(limitMs: number, everyMs: number, isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (Date.now() < deadline) {
    if (await isTrue().catch(() => false)) return;
    await sleep(everyMs);
  }
}
