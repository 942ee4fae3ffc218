/** Signing in and out through the API, on every database. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueFirstAdministratorCode } from '../../../../server/modules/people/access/sessions.service.ts';
import { databases } from '../../../support/database.ts';
import { loudLog } from '../../../support/loud-log.ts';
import { createSeed, PASSWORD, type Seed } from '../../../support/seed.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';

const signInDocument = `mutation ($email: String!, $password: String!) {
  signIn(input: { email: $email, password: $password }) {
    __typename
    ... on Viewer { isAdministrator person { name email } memberships { plant { code } roles } }
    ... on TooManyAttemptsError { retryAfterS }
    ... on Error { message }
  }
}`;

describe.each(databases())('signing in on %s', (kind) => {
  let server: TestServer;
  let seed: Seed;
  let now = new Date('2026-03-01T08:00:00Z');
  beforeAll(async () => {
    server = await openTestServer(kind, { log: loudLog, now: () => now, env: { LEHR_LIMIT_SIGN_IN_ATTEMPTS: '3' } });
    seed = createSeed(server);
  });
  afterAll(() => server.close());

  const post = (query: string, variables: object, headers: Record<string, string> = {}) =>
    server.yoga.fetch('http://lehr.test/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', host: 'lehr.test', ...headers },
      body: JSON.stringify({ query, variables }),
    });
  const signIn = async (email: string, password: string) => {
    const response = await post(signInDocument, { email, password });
    const { data } = (await response.json()) as { data: { signIn: Record<string, unknown> } };
    const [cookie] = response.headers.getSetCookie();
    return { result: data.signIn, cookie: cookie ?? null };
  };
  const viewer = async (headers: Record<string, string>) => {
    const response = await post('{ viewer { person { name } tokenName } }', {}, headers);
    return { status: response.status, body: await response.json() };
  };

  it('makes the first administrator once, by the code that only the console shows', async () => {
    const code = (await issueFirstAdministratorCode(server.db, server.services.now(), 60_000)) ?? '';
    const document = `mutation ($code: String!) {
      createFirstAdministrator(input: { code: $code, email: "First@Lehr.test", name: "First", password: "long enough one" }) {
        __typename
        ... on Viewer { isAdministrator person { email } }
      }
    }`;
    const wrong = await (await post(document, { code: `${code}x` })).json();
    expect(wrong).toMatchObject({ data: { createFirstAdministrator: { __typename: 'WrongCredentialsError' } } });

    const [right, late] = await Promise.all([post(document, { code }), post(document, { code })]);
    const results = await Promise.all([right.json(), late.json()]);
    const types = results.map(
      (each) =>
        (each as { data: { createFirstAdministrator: { __typename: string } } }).data.createFirstAdministrator
          .__typename,
    );
    expect(types.toSorted()).toEqual(['ConflictError', 'Viewer']);
    expect(await issueFirstAdministratorCode(server.db, server.services.now(), 60_000)).toBeUndefined();
    expect((await signIn('first@lehr.test', 'long enough one')).result).toMatchObject({ isAdministrator: true });
  });

  it('answers with the viewer and a cookie that scripts and other sites do not get', async () => {
    const plant = await seed.plant();
    const operator = await plant.person('operator');
    const { result, cookie } = await signIn(operator.row.email.toUpperCase(), PASSWORD);
    expect(result).toEqual({
      __typename: 'Viewer',
      isAdministrator: false,
      person: { name: operator.row.name, email: operator.row.email },
      memberships: [{ plant: { code: plant.row.code }, roles: ['OPERATOR'] }],
    });
    expect(cookie).toMatch(/^lehr_session=[^;]+; Path=\/; HttpOnly; SameSite=Strict; Expires=/);
    const session = cookie?.split(';')[0] ?? '';
    expect((await viewer({ cookie: session, origin: 'http://lehr.test' })).body).toMatchObject({
      data: { viewer: { person: { name: operator.row.name } } },
    });
  });

  it('says the same for an unknown email as for a wrong password', async () => {
    const { row } = await (await seed.plant()).person('viewer');
    const [unknown, wrong] = [
      await signIn('nobody@lehr.test', 'whatever it is'),
      await signIn(row.email, 'whatever it is'),
    ];
    expect(unknown.result).toEqual(wrong.result);
    expect(unknown.result).toMatchObject({ __typename: 'WrongCredentialsError' });
    expect(unknown.cookie).toBeNull();
  });

  it('stops guessing, even when guesses come at once, and listens again when the window has passed', async () => {
    const { row } = await (await seed.plant()).person('viewer');
    const guesses = await Promise.all(Array.from({ length: 8 }, () => signIn(row.email, 'not the password')));
    const types = guesses.map(({ result }) => result.__typename);
    expect(types.filter((type) => type === 'WrongCredentialsError')).toHaveLength(3);
    expect(types.filter((type) => type === 'TooManyAttemptsError')).toHaveLength(5);
    expect((await signIn(row.email, PASSWORD)).result).toMatchObject({
      __typename: 'TooManyAttemptsError',
      retryAfterS: 300,
    });

    now = new Date(now.getTime() + 301_000);
    expect((await signIn(row.email, PASSWORD)).result).toMatchObject({ __typename: 'Viewer' });
  });

  it('does not let a disabled person in, nor keeps one in', async () => {
    const { row, client } = await (await seed.plant()).person('viewer');
    await server.db.updateTable('person').set({ disabled_at: now }).where('id', '=', row.id).execute();
    expect((await signIn(row.email, PASSWORD)).result).toMatchObject({ __typename: 'WrongCredentialsError' });
    expect(await client.read('{ viewer { isAdministrator } }')).toEqual({ viewer: null });
  });

  it('ends the session at sign-out, when it expires, and for a forged cookie', async () => {
    const { client } = await (await seed.plant()).person('viewer');
    expect(await client.read('{ viewer { isAdministrator } }')).toEqual({ viewer: { isAdministrator: false } });
    expect(await client.read('mutation { signOut { signedOut } }')).toEqual({ signOut: { signedOut: true } });
    expect(await client.read('{ viewer { isAdministrator } }')).toEqual({ viewer: null });

    const other = await (await seed.plant()).person('viewer');
    const before = now;
    now = new Date(now.getTime() + 3_600_001);
    expect(await other.client.read('{ viewer { isAdministrator } }')).toEqual({ viewer: null });
    now = before;

    const { cookie = '' } = other.client.headers;
    const forged = cookie.slice(0, -3) + (cookie.endsWith('AAA') ? 'BBB' : 'AAA');
    expect((await viewer({ cookie: forged, origin: 'http://lehr.test' })).body).toEqual({ data: { viewer: null } });
  });

  it('refuses a change with a cookie that another site sends', async () => {
    const { client } = await (await seed.plant()).person('viewer');
    const { cookie = '' } = client.headers;
    for (const origin of [{ origin: 'http://evil.test' }, {}]) {
      expect((await viewer({ cookie, ...origin })).status).toBe(403);
    }
    expect((await viewer({ origin: 'http://evil.test' })).status).toBe(403);
  });
});
