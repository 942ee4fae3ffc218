/** For every subscription field and every role: what a subscriber gets from a shared group is what it would get alone, to the byte. */
import {
  createSourceEventStream,
  type ExecutionResult,
  execute,
  type GraphQLField,
  GraphQLObjectType,
  getNamedType,
  parse,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schema } from '../../../server/graphql/schema.ts';
import { makeContext } from '../../../server/kit/context.ts';
import { encodeGlobalId } from '../../../server/kit/global-id.ts';
import { newId } from '../../../server/kit/ids.ts';
import { personRoles, tokenRoles } from '../../../server/kit/rights.ts';
import type { Hub } from '../../../server/live/hub.ts';
import { databases } from '../../support/database.ts';
import type { TestClient } from '../../support/test-client.ts';
import { only, type RecordingPlant, record, recordingPlant } from '../line/inspections/recording.ts';
import { type LiveServer, openLiveServer } from './live-server.ts';
import { Peer } from './tiny-door.ts';
import { wholeSelection } from './whole-selection.ts';

const fields = Object.values(schema.getSubscriptionType()?.getFields() ?? {});
/** As many as a subscription's payload can need for nothing that a role may not see to be left. */
const pruningRounds = 30;

// Who shares an execution is decided above the database: one of them is enough.
describe.each(databases().slice(0, 1))('a shared live execution on %s', (kind) => {
  let live: LiveServer;
  let plant: RecordingPlant;
  let callers: Record<string, TestClient>;
  /** What the hub executed for its groups, in order. */
  let roots: unknown[] = [];

  beforeAll(async () => {
    // One moment for all: ages and rates would else differ between two executions.
    const moment = Date.now();
    live = await openLiveServer(kind, { now: () => new Date(moment), env: { LEHR_LIMIT_QUERY_COST: '1000000000' } });
    const { hub } = live;
    const subscribe = hub.subscribe.bind(hub);
    hub.subscribe = (request: Parameters<Hub['subscribe']>[0]) =>
      subscribe({
        ...request,
        execute: (root) => {
          roots.push(root);
          return request.execute(root);
        },
      });
    plant = await recordingPlant(live.seed);
    callers = { installer: (await live.seed.installer()).client };
    for (const role of personRoles) callers[role] = (await plant.plant.person(role)).client;
    callers.mes = (await plant.plant.mesToken()).client;
    callers.edge_node = only(plant.nodes).client;
  });
  afterAll(() => live.close());

  const argumentsOf = () => ({
    lineId: encodeGlobalId('Line', only(plant.plant.lines).line.id),
    plantId: plant.plant.globalId,
  });
  const contextOf = async ({ headers }: TestClient, as: 'itself' | 'shared' = 'itself') => {
    const cookie = headers.cookie?.replace('lehr_session=', '') ?? null;
    const identity = await live.server.authenticator.identify({ cookie, authorization: headers.authorization ?? null });
    if (!identity) throw new Error('the caller is not known');
    const principal = as === 'shared' ? as : identity.principal;
    const { rights } = identity;
    return makeContext(live.server.services, { requestId: newId(), address: 'test', rights, principal });
  };
  /** By graphql-js, as the caller itself unless said otherwise. */
  const alone = async (
    query: string,
    client: TestClient,
    rootValue: unknown,
    as?: 'shared',
  ): Promise<ExecutionResult> =>
    execute({ schema, document: parse(query), rootValue, contextValue: await contextOf(client, as) });
  const enter = async ({ headers }: TestClient) => {
    const origin = live.url.replace('ws:', 'http:').replace('/graphql', '');
    const peer = await Peer.open(live.url, { headers: { origin, ...headers } });
    peer.send({ type: 'connection_init' });
    await peer.until(({ texts }) => texts.length === 1);
    peer.texts.length = 0;
    return peer;
  };
  /** Something happens that every subscription shows. */
  const happen = async () => {
    const reject = plant.item({
      verdict: 'REJECT',
      score: 0.9,
      defects: [{ class: 'crack', score: 0.9, box: { x: 0.1, y: 0.1, width: 0.2, height: 0.2 } }],
      context: { jobCode: 'J-1', productCode: 'P-1', recipeCode: 'R-1', batchCode: 'B-1', signals: [] },
      imageSha256: 'ab'.repeat(32),
    });
    await record(only(plant.nodes).client, [plant.item(), reject]);
    await live.appendEvents(plant.plant.row.id, 2);
  };
  const queryOf = (field: GraphQLField<unknown, unknown>, pruned: ReadonlySet<string>) => {
    const given = Object.entries(argumentsOf()).filter(([name]) => field.args.some((each) => each.name === name));
    const type = getNamedType(field.type);
    if (!(type instanceof GraphQLObjectType)) throw new Error(`${field.name} gives no object`);
    const written = given.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(', ');
    return `subscription { ${field.name}(${written}) { ${wholeSelection(type, pruned)} } }`;
  };

  it.each([...personRoles, 'installer', 'mes'].flatMap((role) => fields.map((field) => [field.name, role] as const)))(
    'of %s gives a %s the bytes that it would get alone',
    async (name, role) => {
      const field = fields.find((each) => each.name === name);
      const client = callers[role];
      if (!field || !client) throw new Error('unknown');

      // A payload to learn from what this role may not see, by a document that everybody may follow.
      roots = [];
      const scout = await enter(client);
      scout.subscribe('1', queryOf(field, new Set()).replace(/\{ __typename .*/, '{ __typename } }'));
      await scout.until(({ texts }) => texts.length > 0);
      const greeted = roots.length;
      await happen();
      await expect.poll(() => roots.slice(greeted).some(hasContent)).toBe(true);
      const sample = roots.findLast(hasContent);
      const pruned = new Set<string>();
      for (let round = 0; round < pruningRounds; round++) {
        // What depends on the person fails where the execution is shared, and so is nothing to follow.
        const results = [
          await alone(queryOf(field, pruned), client, sample),
          await alone(queryOf(field, pruned), client, sample, 'shared'),
        ];
        const errors = results.flatMap((result) => result.errors ?? []);
        if (errors.length === 0) break;
        for (const { path = [] } of errors)
          pruned.add(
            path
              .slice(1)
              .filter((key) => typeof key === 'string')
              .join('.'),
          );
      }
      scout.socket.terminate();

      const query = queryOf(field, pruned);
      roots = [];
      const peers = [await enter(client), await enter(client)];
      for (const peer of peers) peer.subscribe('1', query);
      for (const peer of peers) await peer.until(({ texts }) => texts.length > 0);
      await happen();
      const payloads = ({ texts }: Peer) =>
        texts.map((text) => text.slice('{"id":"1","type":"next","payload":'.length, -1));
      const same = async () => {
        const root = roots.findLast(hasContent);
        const expected = root === undefined ? undefined : JSON.stringify(await alone(query, client, root));
        return peers.map((peer) => expected !== undefined && payloads(peer).includes(expected));
      };
      await expect.poll(same, { timeout: 10_000 }).toEqual([true, true]);
      expect(payloads(peers[0] as Peer).join('')).not.toContain('"errors"');
      // Little of all that there is was left out.
      expect(pruned.size).toBeLessThan(20);
      expect(query.length).toBeGreaterThan(500);
      for (const peer of peers) peer.socket.terminate();
    },
  );

  it.each(fields.map(({ name }) => [name]))('of %s is refused to an edge node and to nobody', async (name) => {
    const field = fields.find((each) => each.name === name);
    const client = callers.edge_node;
    if (!field || !client) throw new Error('unknown');
    const peer = await enter(client);
    peer.subscribe('1', queryOf(field, new Set()));
    await peer.until(({ texts }) => texts.length > 0);
    expect(peer.messages[0]).toMatchObject({ type: 'error', payload: [{ extensions: { code: 'FORBIDDEN' } }] });
    const document = parse(queryOf(field, new Set()));
    const contextValue = await contextOf(live.server.anonymous);
    const refused = await createSourceEventStream({ schema, document, contextValue });
    expect(refused).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    peer.socket.terminate();
  });

  it('covers every role that there is', () => {
    expect(Object.keys(callers).sort()).toEqual([...personRoles, ...tokenRoles, 'installer'].sort());
  });
});

/** A picture, or a payload that is no heartbeat. */
function hasContent(root: unknown): boolean {
  const { items } = root as { items?: readonly unknown[] };
  return items === undefined || items.length > 0;
}
