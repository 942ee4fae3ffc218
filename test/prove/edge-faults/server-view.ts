/** What the server knows, read as a person would: alarms, events, counts and recorded parts. */
import { input } from '../../plant/demo/graphql-client.ts';
import type { Product } from '../kill-server-edge/product.ts';

export interface AlarmView {
  id: string;
  type: string;
  isActive: boolean;
  raiseCount: number;
}

export interface Counts {
  triggered: number;
  accepted: number;
  rejected: number;
  bypassed: number;
  unseen: number;
  unknown: number;
  inTransit: number;
  difference: number;
}

export interface RecordedPart {
  partId: string;
  verdict: string;
  image: { sha256: string } | null;
  /** What the server was told of the image. */
  capture: { isKept: boolean; lostAt: string | null };
}

export interface ServerView {
  /** How long something that happens counts as the alarm's condition holding. */
  shorten(type: string, returnMs: number): Promise<void>;
  alarms(): Promise<AlarmView[]>;
  /** Kind → how many the plant's log holds. */
  events(): Promise<Map<string, number>>;
  /** Sum over the line's jobs and what was counted outside of one. */
  counts(line: string): Promise<Counts>;
  parts(line: string): Promise<RecordedPart[]>;
  /** The highest number of the parts recorded last; 0 while there is none. A picture may lie in the future by its stamp: the newest need not be the last. */
  lastNumber(line: string): Promise<number>;
  outbox(): Promise<{ outboxResults: number; outboxImages: number; deadLetters: number }>;
}

const PAGE = 500;
/** Parts of a good half minute. */
const RECENT = 200;

interface Page<T> {
  result: { pageInfo: { hasNextPage: boolean; endCursor: string }; edges: { node: T }[] };
}

export function createServerView({ admin, plantId }: Product): ServerView {
  async function* pages<T>(field: string, args: string, selection: string, extra: Record<string, unknown> = {}) {
    let after: string | null = null;
    do {
      const text = `query ($after: String${args ? `, ${args}` : ''}) { result: ${field} {
        pageInfo { hasNextPage endCursor } edges { node { ${selection} } } } }`;
      const { result }: Page<T> = await admin.run<Page<T>>(text, { after, ...extra });
      for (const { node } of result.edges) yield node;
      after = result.pageInfo.hasNextPage ? result.pageInfo.endCursor : null;
    } while (after !== null);
  }
  async function all<T>(field: string, args: string, selection: string, extra: Record<string, unknown> = {}) {
    const found: T[] = [];
    for await (const node of pages<T>(field, args, selection, extra)) found.push(node);
    return found;
  }
  const lineIds = new Map<string, string>();
  async function lineId(code: string): Promise<string> {
    for (const line of await all<{ id: string; code: string }>(`lines(first: ${PAGE}, after: $after)`, '', 'id code'))
      lineIds.set(line.code, line.id);
    const id = lineIds.get(code);
    if (id === undefined) throw new Error(`the server has no line ${code}`);
    return id;
  }
  const ofLine = (field: string, first: number) =>
    `${field}(filter: { lineId: $lineId }, first: ${first}, after: $after)`;

  return {
    async shorten(type, returnMs) {
      const values = { plantId, type, returnMs, reason: 'the proof looks at one fault after the other' };
      await admin.act('configureAlarm', 'AlarmDefinition', '__typename', ...input('configureAlarm', values));
    },
    alarms: () =>
      all<AlarmView>(
        `alarms(filter: { plantId: $plantId }, first: ${PAGE}, after: $after)`,
        '$plantId: ID!',
        'id type isActive raiseCount',
        { plantId },
      ),
    async events() {
      const counts = new Map<string, number>();
      const field = `events(filter: { plantId: $plantId }, first: ${PAGE}, after: $after)`;
      for await (const { kind } of pages<{ kind: string }>(field, '$plantId: ID!', 'kind', { plantId }))
        counts.set(kind, (counts.get(kind) ?? 0) + 1);
      return counts;
    },
    async counts(line) {
      const names = [
        'triggered',
        'accepted',
        'rejected',
        'bypassed',
        'unseen',
        'unknown',
        'inTransit',
        'difference',
      ] as const;
      const sum = Object.fromEntries(names.map((name) => [name, 0])) as unknown as Counts;
      const id = await lineId(line);
      for await (const { partCounts } of pages<{ partCounts: Counts | null }>(
        ofLine('jobs', 100),
        '$lineId: ID!',
        `partCounts { ${names.join(' ')} }`,
        { lineId: id },
      )) {
        for (const name of names) sum[name] += partCounts?.[name] ?? 0;
      }
      return sum;
    },
    async parts(line) {
      const selection = 'partId verdict image { sha256 } capture { isKept lostAt }';
      return await all<RecordedPart>(ofLine('inspections', PAGE), '$lineId: ID!', selection, {
        lineId: await lineId(line),
      });
    },
    async lastNumber(line) {
      const query = `query ($lineId: ID!) { inspections(filter: { lineId: $lineId }, first: ${RECENT}) { edges { node { partId } } } }`;
      const { inspections } = await admin.run<{ inspections: { edges: { node: { partId: string } }[] } }>(query, {
        lineId: lineIds.get(line) ?? (await lineId(line)),
      });
      return Math.max(0, ...inspections.edges.map(({ node }) => Number(node.partId.split('-').at(-1))));
    },
    async outbox() {
      const { edgeNodes } = await admin.run<{
        edgeNodes: { edges: { node: { status: Awaited<ReturnType<ServerView['outbox']>> | null } }[] };
      }>('{ edgeNodes { edges { node { status { outboxResults outboxImages deadLetters } } } } }');
      const status = edgeNodes.edges[0]?.node.status;
      return (
        status ?? { outboxResults: Number.POSITIVE_INFINITY, outboxImages: Number.POSITIVE_INFINITY, deadLetters: 0 }
      );
    },
  };
}
