/** Every mutation of the schema, called so that it succeeds, leaves its one entry in the audit, or stands in a table with its reason. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schema } from '../../server/graphql/schema.ts';
import { actorOf } from '../../server/kit/audit.ts';
import { issueFirstAdministratorCode } from '../../server/modules/people/access/sessions.service.ts';
import { PASSWORD } from '../support/seed.ts';
import { openTestServer, type TestServer } from '../support/server.ts';
import type { TestClient } from '../support/test-client.ts';
import { buildAccessWorld } from './access/access-world.ts';
import {
  type AuditCases,
  type AuditWorld,
  edgeNode,
  installer,
  keptOf,
  owner,
  type Values,
} from './audit/audit-case.ts';
import { datasetsCases, modelsCases, split } from './audit/datasets-cases.ts';
import { exempt, exemptCalls } from './audit/exemptions.ts';
import { imagesCases, labellingCases } from './audit/images-cases.ts';
import { correction, lineCases, nodeReport } from './audit/line-cases.ts';
import { peopleCases } from './audit/people-cases.ts';
import { plantCases } from './audit/plant-cases.ts';

/** In the order in which they are called: later ones stand on what earlier ones have made. */
const cases: AuditCases = {
  ...plantCases,
  ...peopleCases,
  ...lineCases,
  ...imagesCases,
  ...labellingCases,
  ...datasetsCases,
  ...modelsCases,
};
/** It works while there are no people: below, on a server of its own. */
const FIRST = 'createFirstAdministrator';

interface Entry {
  plantId: string | null;
  actor: { kind: string; id: string | null };
  action: string;
  subject: { type: string; id: string };
  detail: Record<string, unknown>;
}

/** All records of the audit, by chain and number. */
async function records({ db }: TestServer): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom('audit')
    .select(['chain', 'seq', 'record'])
    .orderBy('chain')
    .orderBy('seq')
    .execute();
  return new Map(rows.map(({ chain, seq, record }) => [`${chain} ${seq}`, record]));
}

/** The entries that the act leaves. */
async function entriesOf(server: TestServer, act: () => Promise<void>): Promise<Entry[]> {
  const before = await records(server);
  await act();
  return [...(await records(server))].filter(([key]) => !before.has(key)).map(([, record]) => JSON.parse(record));
}

const succeeded = (name: string, result: Record<string, unknown>) =>
  expect(String(result.__typename), `${name}: ${JSON.stringify(result)}`).not.toMatch(/Error$/);

describe('the audit', () => {
  let server: TestServer;
  let world: AuditWorld;
  /** Everything given and answered that nobody may read. */
  const secrets = new Set<string>([PASSWORD]);
  beforeAll(async () => {
    server = await openTestServer('embedded');
    world = { ...(await buildAccessWorld(server)), server, kept: new Map() };
  });
  afterAll(() => server.close());

  /** What stands below these names is a secret, wherever it stands in a call or an answer. */
  function keepSecrets(value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, inner] of Object.entries(value)) {
      const isCode = name === 'code' && typeof inner === 'string' && inner.length >= 16;
      if (typeof inner === 'string' && (/password|secret|proof|privatekey/i.test(name) || isCode)) secrets.add(inner);
      keepSecrets(inner);
    }
  }

  async function call(name: string, client: TestClient, values: Values, selection = '__typename') {
    keepSecrets(values);
    for (const header of Object.values(client.headers)) secrets.add(header.replace(/^(Bearer |lehr_session=)/, ''));
    const takesNothing = schema.getMutationType()?.getFields()[name]?.args.length === 0;
    const result = takesNothing
      ? (await client.read<{ result: Values }>(`mutation { result: ${name} { __typename ${selection} } }`)).result
      : await client.act<Values>(name, selection, values);
    keepSecrets(result);
    succeeded(name, result);
    return result;
  }

  it('has a case for every mutation of the schema, and for no other', () => {
    const mutations = Object.keys(schema.getMutationType()?.getFields() ?? {});
    expect([...Object.keys(cases), FIRST].toSorted(), 'give each mutation a case in test/contract/audit/').toEqual(
      mutations.toSorted(),
    );
    expect(Object.keys(exempt).filter((name) => !(name in cases))).toEqual([]);
    expect(Object.keys(exemptCalls).filter((name) => !(name in cases))).toEqual([]);
  });

  it.each(Object.entries(cases))('has the entry of %s', async (name, { as, values, selection, entry }) => {
    const client = await as(world);
    const given = await values(world);
    const isKnown = Object.keys(client.headers).length > 0;
    const actor = isKnown ? actorOf((await world.contextOf(client)).viewer) : undefined;
    let result: Values = {};
    const left = await entriesOf(server, async () => {
      result = await call(name, client, given, selection);
    });
    const { action, type, id, detail, plantId = world.plant.row.id, actor: other = actor } = entry(world, result);
    if (name in exempt) return expect(left).toEqual([]);
    expect(left.map((each) => ({ ...each, at: undefined, chain: undefined }))).toEqual([
      { plantId, actor: other, action, subject: { type, id }, detail },
    ]);
  });

  it('has none of calls that change nothing', async () => {
    const area = { id: keptOf(world, 'Area'), name: 'Renamed' };
    const draft = await owner(world).act<{ id: string }>('createDatasetVersion', 'id', {
      ...{ datasetId: keptOf(world, 'Dataset'), basedOnId: keptOf(world, 'draft') },
    });
    world.kept.set('draft', draft.id);
    const calls: Record<keyof typeof exemptCalls, [TestClient, Values]> = {
      splitDatasetVersion: [owner(world), split(world, true)],
      importPlantModel: [
        installer(world),
        { yaml: keptOf(world, 'yaml').replace('Imported', 'Renamed'), dryRun: true, missing: 'KEEP' },
      ],
      correctProduction: [owner(world), { ...correction(world, true), batchCode: 'another' }],
      reportNodeStatus: [edgeNode(world), nodeReport(world, [])],
      updateArea: [owner(world), area],
    };
    expect(Object.keys(calls).toSorted()).toEqual(Object.keys(exemptCalls).toSorted());
    for (const [name, [client, values]] of Object.entries(calls)) {
      const left = await entriesOf(server, async () => void (await call(name, client, values)));
      expect(left, name).toEqual([]);
    }
  });

  it('holds no secret that was given or answered, and no hash of one', async () => {
    const people = await server.db.selectFrom('person').select('password_hash').execute();
    for (const { password_hash } of people) if (password_hash !== 'none') secrets.add(password_hash);
    const tokens = await server.db.selectFrom('token').select('hash').where('hash', 'is not', null).execute();
    const codes = await server.db.selectFrom('one_time_code').select('hash').execute();
    const hashed = [...secrets].map((secret) => createHash('sha256').update(secret).digest());
    for (const bytes of [...hashed, ...[...tokens, ...codes].flatMap(({ hash }) => hash ?? [])])
      for (const form of ['hex', 'base64', 'base64url'] as const) secrets.add(bytes.toString(form));
    expect(secrets.size).toBeGreaterThan(40);
    const everything = [...(await records(server)).values()].join('\n');
    expect([...secrets].filter((secret) => everything.includes(secret))).toEqual([]);
  });
});

describe('the audit of a server without people', () => {
  it('has the entry of its first administrator, and neither code nor password', async () => {
    await using server = await openTestServer('embedded');
    const code = (await issueFirstAdministratorCode(server.db, new Date(), 60_000)) ?? '';
    const given = { code, email: 'first@lehr.test', name: 'First', password: 'the password of the first' };
    const [entry, ...others] = await entriesOf(server, async () => {
      succeeded(FIRST, await server.anonymous.act(FIRST, '__typename', given));
    });
    expect(others).toEqual([]);
    const [person] = await server.db.selectFrom('person').select(['id', 'password_hash']).execute();
    expect(entry).toMatchObject({
      ...{ action: 'person.create_first', plantId: null, actor: { kind: 'person', id: person?.id } },
      ...{ subject: { type: 'Session' }, detail: { email: given.email, address: expect.any(String) } },
    });
    for (const secret of [code, given.password, person?.password_hash ?? '']) {
      expect(secret.length).toBeGreaterThan(8);
      expect(JSON.stringify(entry)).not.toContain(secret);
    }
  });
});
