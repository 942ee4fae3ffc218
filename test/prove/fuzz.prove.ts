/** Requests made from the schema's grammar, and WebSocket frames that keep no rule, against the real server: no fault of its own, no leak of its inside, no death, no growth. */
import { Agent, request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { checkAnswer, checkText, type Fault } from './fuzz/check-answer.ts';
import { type FuzzPlant, openFuzzPlant } from './fuzz/fuzz-plant.ts';
import { type ProcessSize, readSize } from './fuzz/process-size.ts';
import { type FuzzRequest, makeRequest } from './fuzz/random-requests.ts';
import { reduceRequest } from './fuzz/reduce-request.ts';
import { attack } from './fuzz/socket-attacks.ts';
import type { ProofOptions, ProofResult } from './kit/run-proofs.ts';

export const name = 'fuzz';
export const about =
  'n grammar-made GraphQL requests and n / 20 malformed WebSocket connections: no 5xx, nothing unmasked, no death, no growth';

const FULL_REQUESTS = 100_000;
const REQUESTS_A_SOCKET = 20;
const AT_ONCE = 8;
const ANSWER_MS = 60_000;
const SHOWN_FAULTS = 12;
/** The heap is looked at so often; the least of a fifth is what collection cannot free. */
const LOOKS = 50;
const GROWTH = 1.35;
const GROWTH_MB = 48;
/** In fewer requests the process is still warming up: what it grows by then says nothing. */
const LEAST_FOR_GROWTH = 20_000;
const SETTLE_MS = 30_000;
/** Connections to the database are opened when they are first needed. */
const FD_SLACK = 14;

interface Found extends Fault {
  times: number;
  example: string;
}

export async function run({ n = FULL_REQUESTS, seed, report }: ProofOptions): Promise<ProofResult> {
  await using folder = await makeTemporaryFolder('fuzz');
  await using plant = await openFuzzPlant(folder.path);
  report(`the server runs on ${plant.database}`);
  const { origin, server, world } = plant;
  const found = new Map<string, Found>();
  const statuses = new Map<number, number>();
  const ways = new Map<string, { times: number; ms: number }>();
  const counted = { requests: 0, executed: 0, frames: 0, connections: 0, unanswered: 0 };
  const sizes: ProcessSize[] = [];
  let isDead = false;
  void server.exit.then(({ code, signal }) => {
    isDead = true;
    report(
      `DEAD (${code ?? signal}) after about ${counted.requests} requests:\n${server.output.slice(-12).join('\n').slice(0, 4000)}`,
    );
  });
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const before = await readSize(origin);

  const note = async (fault: Fault, example: () => Promise<string>) => {
    const key = `${fault.kind} ${fault.signature}`;
    const known = found.get(key);
    if (known) {
      known.times += 1;
      return;
    }
    const kept: Found = { ...fault, times: 1, example: '' };
    found.set(key, kept);
    if (found.size > SHOWN_FAULTS) return;
    kept.example = await example();
    report(`FAULT ${fault.kind}: ${fault.signature}\n  ${kept.example}`);
  };

  const askOnce = async (number: number) => {
    const request = makeRequest(world, seed, number);
    const askedMs = performance.now();
    const answer = await send(agent, origin, request);
    counted.requests += 1;
    const { times, ms } = ways.get(request.way) ?? { times: 0, ms: 0 };
    ways.set(request.way, { times: times + 1, ms: ms + performance.now() - askedMs });
    if (isDead) return undefined;
    if (!answer) {
      counted.unanswered += 1;
      return note({ kind: 'no answer', signature: request.way }, async () => describe(request));
    }
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    if (answer.text.includes('"data":{')) counted.executed += 1;
    const seen = checkAnswer(answer.status, answer.text);
    if (!seen) return undefined;
    const cause = await causeOf(plant, answer.text);
    const fault = { ...seen, signature: cause ? cause.slice(0, 250) : seen.signature };
    return note(fault, async () => {
      const provokes = async (smaller: FuzzRequest) => {
        const again = await send(agent, origin, smaller);
        const same = again && checkAnswer(again.status, again.text);
        return same?.kind === seen.kind && same.signature === seen.signature;
      };
      return `${describe(await reduceRequest(request, provokes))}\n  log: ${cause}`;
    });
  };

  const attackOnce = async (number: number) => {
    const result = await attack(world, origin, seed, number);
    counted.connections += 1;
    counted.frames += result.sent;
    const describeAttack = async () =>
      `seed ${seed}, connection ${number}: ${result.pieces
        .map((piece) => JSON.stringify(piece))
        .join(', ')
        .slice(0, 2000)}`;
    if (result.closeCode === 1011 || result.closeCode === 4500)
      await note({ kind: 'socket', signature: `closed ${result.closeCode}` }, describeAttack);
    const fault =
      checkText(result.received) ??
      (/^HTTP\/1.1 5/.test(result.received)
        ? { kind: 'socket status', signature: result.received.slice(9, 12) }
        : undefined);
    if (fault) await note({ ...fault, kind: `socket ${fault.kind}` }, describeAttack);
  };

  let next = 0;
  const worker = async () => {
    while (next < n && !isDead) {
      const number = next++;
      if (number % Math.ceil(n / LOOKS) === 0) {
        sizes.push(await readSize(origin).catch(() => before));
        if (sizes.length % 10 === 0)
          report(`${number} requests, ${counted.frames} frames, ${found.size} faults, ${JSON.stringify(sizes.at(-1))}`);
      }
      await askOnce(number);
      if (number % REQUESTS_A_SOCKET === 0) await attackOnce(number / REQUESTS_A_SOCKET);
    }
  };
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const seconds = Math.round((performance.now() - startedMs) / 1000);
  agent.destroy();

  const after = isDead ? undefined : await settle(origin, before);
  const growth = growthOf(sizes);
  const hasGrown =
    n >= LEAST_FOR_GROWTH &&
    (growth.endHeapMb > growth.warmHeapMb * GROWTH + GROWTH_MB / 4 ||
      growth.endRssMb > growth.warmRssMb * GROWTH + GROWTH_MB);
  const hasLeftOpen = !after || after.connections !== before.connections || after.openFds > before.openFds + FD_SLACK;
  const lost = isDead ? [...world.callers.keys()] : await lostCallers(plant);
  const faults = [...found.values()].reduce((sum, fault) => sum + fault.times, 0);
  return {
    n,
    counted: {
      ...counted,
      faults,
      kindsOfFault: found.size,
      deaths: isDead ? 1 : 0,
      lostCallers: lost.length,
      callers: world.callers.size,
    },
    statuses: Object.fromEntries([...statuses].sort(([a], [b]) => a - b)),
    ways: Object.fromEntries([...ways].map(([way, { times, ms }]) => [way, { times, meanMs: Math.round(ms / times) }])),
    growth: { ...growth, before, after, hasGrown, hasLeftOpen },
    found: [...found.values()].slice(0, SHOWN_FAULTS),
    lost,
    database: plant.database,
    seconds,
    holds: faults === 0 && !isDead && !hasGrown && !hasLeftOpen && lost.length === 0,
  };
}

interface Answer {
  status: number;
  text: string;
}

/** Undefined when the connection ended without an answer. */
function send(agent: Agent, origin: string, { method, path, headers, body }: FuzzRequest): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(origin);
    // Node's client frames no body of a DELETE or OPTIONS by itself: it would be read as the next request.
    const framed = body === undefined ? headers : { 'content-length': String(Buffer.byteLength(body)), ...headers };
    const options = { agent, hostname, port, path, method, headers: framed, timeout: ANSWER_MS };
    const sent = httpRequest(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      response.on('error', () => resolve(undefined));
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => resolve(undefined));
    sent.end(body);
  });
}

function describe({ number, way, caller, method, path, headers, body }: FuzzRequest): string {
  const type = headers['content-type'] ?? 'no type';
  return `request ${number} (${way}) by ${caller}: ${method} ${path.slice(0, 500)} ${type} ${String(body).slice(0, 1500)}`;
}

/** What the server logged under the request's id, shortened; it may come a moment later than the answer. */
async function causeOf({ server }: FuzzPlant, text: string): Promise<string> {
  const [, requestId] = /Request ([0-9a-f-]{36})/.exec(text) ?? [];
  if (!requestId) return '';
  let line: string | undefined;
  for (let look = 0; look < 20 && !line; look++) {
    line = server.output.findLast((each) => each.includes(requestId));
    if (!line) await sleep(10);
  }
  const [, stack = line ?? ''] = /"stack":"((?:[^"\\]|\\.)*)"/.exec(line ?? '') ?? [];
  const frames = stack.split('\\n').filter((frame) => !/node_modules|node:|timed-client|table-rows/.test(frame));
  return frames
    .slice(0, 4)
    .join(' | ')
    .replaceAll(/\(?(file:\/\/)?\/\S*\/(server|edge)\//g, '$2/')
    .replaceAll(/[0-9a-f-]{36}/g, 'ID')
    .slice(0, 900);
}

/** The least of the second fifth, when all is warm, and of the last. */
function growthOf(sizes: readonly ProcessSize[]) {
  const fifth = Math.max(1, Math.floor(sizes.length / 5));
  const least = (part: readonly ProcessSize[], key: 'rssMb' | 'heapUsedMb') =>
    Math.min(...part.map((size) => size[key]));
  const [warm, end] = [sizes.slice(fifth, 2 * fifth), sizes.slice(-fifth)];
  return {
    warmHeapMb: least(warm, 'heapUsedMb'),
    endHeapMb: least(end, 'heapUsedMb'),
    warmRssMb: least(warm, 'rssMb'),
    endRssMb: least(end, 'rssMb'),
  };
}

/** Waits until what was opened is closed again, for a while. */
async function settle(origin: string, before: ProcessSize): Promise<ProcessSize> {
  const deadline = performance.now() + SETTLE_MS;
  let size = await readSize(origin);
  const isOpen = () => size.connections > before.connections || size.openFds > before.openFds + FD_SLACK;
  while (performance.now() < deadline && isOpen()) {
    await sleep(500);
    size = await readSize(origin);
  }
  return size;
}

/** Callers whom the server no longer knows: what came after was not asked by them. */
async function lostCallers({ origin, world }: FuzzPlant): Promise<string[]> {
  const lost: string[] = [];
  for (const [caller, headers] of world.callers) {
    if (caller === 'anonymous') continue;
    const body = JSON.stringify({ query: '{ viewer { __typename } }' });
    const answer = await fetch(`${origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
    if (!(await answer.text()).includes('"Viewer"')) lost.push(caller);
  }
  return lost;
}
