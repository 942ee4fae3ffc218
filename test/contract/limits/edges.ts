/** For each limit an act of any size: what a caller is told when it is too large, undefined when it passes. */
import { encodeGlobalId } from '../../../server/kit/global-id.ts';
import { idAt, type RecordingPlant, tryRecord } from '../../server/line/inspections/recording.ts';
import type { HttpTestServer } from '../../support/http-server.ts';
import type { TestClient } from '../../support/test-client.ts';

export interface EdgeWorld {
  http: HttpTestServer;
  reader: TestClient;
  node: TestClient;
  recording: RecordingPlant;
  now: Date;
}

/** `told` is in the refusal beside the limit's number, when the number is said in another unit. */
export interface Edge {
  limit: number;
  act(world: EdgeWorld, size: number): Promise<string | undefined>;
  told?: string;
}

const repeat = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, n) => part(n)).join(' ');
const box = { x: 0.1, y: 0.1, width: 0.1, height: 0.1 };

/** By variable. */
export const edges: Readonly<Record<string, Edge>> = {
  LEHR_LIMIT_MAX_PAGE_SIZE: {
    limit: 30,
    act: (world, size) => ask(world, `{ plants(first: ${size}) { edges { cursor } } }`),
  },
  LEHR_LIMIT_BODY_BYTES: { limit: 20_000, act: sendBytes, told: 'LEHR_LIMIT_BODY_BYTES' },
  LEHR_LIMIT_QUERY_TOKENS: {
    limit: 300,
    act: (world, size) => ask(world, `{ ${repeat(size - 2, () => '__typename')} }`),
  },
  LEHR_LIMIT_QUERY_DEPTH: { limit: 8, act: (world, size) => ask(world, deep(size)) },
  LEHR_LIMIT_QUERY_FIELDS: {
    limit: 400,
    act: (world, size) =>
      ask(
        world,
        `{ ...A ...A ${repeat(size % 200, () => '__typename')} } fragment A on Query { ${repeat(Math.floor(size / 200) * 100, () => '__typename')} }`,
      ),
  },
  LEHR_LIMIT_QUERY_ALIASES: {
    limit: 12,
    act: (world, size) => {
      const names = ['limit', 'cost', 'remaining', 'resetAt'];
      return ask(world, `{ rateLimit { ${repeat(size, (n) => `a${n}: ${names[n % names.length]}`)} } }`);
    },
  },
  LEHR_LIMIT_QUERY_SAME_FIELD: {
    limit: 5,
    act: (world, size) =>
      ask(world, `{ __typename ...A } fragment A on Query { ${repeat(size - 1, (n) => `a${n}: __typename`)} }`),
  },
  LEHR_LIMIT_QUERY_DIRECTIVES: {
    limit: 4,
    act: (world, size) =>
      ask(
        world,
        `{ ${repeat(size - 1, () => '__typename @include(if: true)')} ... on Query @skip(if: false) { __typename } }`,
      ),
  },
  LEHR_LIMIT_QUERY_COST: {
    limit: 100,
    act: (world, size) =>
      ask(world, 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename } }', {
        ids: Array(size).fill(world.recording.plant.globalId),
      }),
  },
  LEHR_LIMIT_RECORD_ITEMS: {
    limit: 6,
    async act({ node, recording }, size) {
      const sent = await tryRecord(
        node,
        Array.from({ length: size }, () => recording.item()),
      );
      return sent.__typename === 'InvalidInputError' ? sent.remedy : undefined;
    },
  },
  LEHR_LIMIT_DEFECTS: {
    limit: 3,
    act: (world, size) => recordOne(world, { defects: Array(size).fill({ class: 'chip', score: 0.9, box }) }),
  },
  LEHR_LIMIT_OUTLINE_POINTS: {
    limit: 7,
    act: (world, size) =>
      recordOne(world, { defects: [{ class: 'chip', score: 0.9, box, outline: Array(2 * size).fill(0.5) }] }),
  },
  LEHR_LIMIT_SIGNALS: {
    limit: 4,
    act: (world, size) =>
      recordOne(world, { context: { signals: Array.from({ length: size }, (_, n) => signal(`s${n}`)) } }),
  },
  LEHR_LIMIT_SIGNALS_LENGTH: {
    limit: 300,
    act: (world, size) => {
      const empty = JSON.stringify({ x: { value: null, unit: null, quality: 'good', sourceTime: null } }).length;
      return recordOne(world, {
        context: { signals: [{ name: 'x', quality: 'GOOD', value: 'v'.repeat(size - empty + 2) }] },
      });
    },
  },
  LEHR_LIMIT_LATE_DAYS: {
    limit: 3,
    // the next size is a day; one millisecond is enough
    act: (world, size) => recordOne(world, { id: idAt(world.now.getTime() - 3 * 86_400_000 - (size > 3 ? 1 : 0)) }),
  },
  LEHR_LIMIT_SKEW_S: {
    limit: 10,
    act: (world, size) => recordOne(world, { id: idAt(world.now.getTime() + 10_000 + (size > 10 ? 1 : 0)) }),
  },
  LEHR_LIMIT_NODE_PARTS: {
    limit: 1,
    async act({ node, recording, now }, size) {
      const cameraId = encodeGlobalId('Camera', recording.plant.cameras[0]?.id ?? '');
      const at = now.toISOString();
      const sent = await node.act<{ message?: string }>('reportNodeStatus', 'skewMs', {
        version: '1',
        sentAt: at,
        startedAt: at,
        outboxResults: 0,
        outboxImages: 0,
        deadLetters: 0,
        droppedFrames: 0,
        machineConnected: true,
        cameras: Array(size).fill({ cameraId, framesTaken: 1 }),
        machines: [],
      });
      return sent.message;
    },
  },
};

async function ask(
  { reader }: EdgeWorld,
  query: string,
  variables?: Record<string, unknown>,
): Promise<string | undefined> {
  const { errors } = await reader.ask(query, variables);
  return errors?.map(({ message, extensions }) => `${message} ${JSON.stringify(extensions)}`).join('; ');
}

/** `trainingRun` and `modelVersion` lead to each other without end. */
function deep(levels: number): string {
  const heads: string[] = [];
  const tails: string[] = [];
  for (let level = 0; level < levels - 4; level++) {
    heads.push(level % 2 === 0 ? 'trainingRun {' : 'modelVersion {');
    tails.push('}');
  }
  return `{ modelVersions(first: 1) { edges { node { ${heads.join(' ')} id ${tails.join(' ')} } } } }`;
}

async function sendBytes({ http }: EdgeWorld, size: number): Promise<string | undefined> {
  const body = JSON.stringify({ query: '{ __typename }' }).padEnd(size);
  const answer = await fetch(`${http.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  const text = await answer.text();
  return answer.status === 413 ? text : undefined;
}

async function recordOne(
  { node, recording, now }: EdgeWorld,
  over: Record<string, unknown>,
): Promise<string | undefined> {
  const sent = await tryRecord(node, [recording.item({ id: idAt(now), ...over })]);
  if (sent.__typename === 'InvalidInputError') return sent.remedy;
  const [item] = sent.items;
  return item?.outcome === 'RECORDED' ? undefined : `${item?.field} ${item?.value} ${item?.reason}`;
}

function signal(name: string) {
  return { name, quality: 'GOOD', value: 1 };
}
