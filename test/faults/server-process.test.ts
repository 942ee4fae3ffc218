/** The server as a process: it says when it serves, refuses what it must in one line, stops in time and comes back after a kill. */
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LineProcess, spawnLines } from '../support/spawn-lines.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

const main = fileURLToPath(new URL('../../server/main.ts', import.meta.url));
const startMs = 90_000;

let home: TemporaryFolder;
let server: LineProcess;
let url: string;

const start = (env: Record<string, string> = {}) =>
  spawnLines(process.execPath, [main], { env: { PORT: '0', LEHR_HOME: home.path, DATABASE_URL: '', ...env } });
const listening = async (process: LineProcess) => (await process.waitForLine(/^listening (\S+)$/, startMs))[1] ?? '';

beforeAll(async () => {
  home = await makeTemporaryFolder('server');
  server = await start();
  url = await listening(server);
}, startMs);
afterAll(async () => {
  await server.stop();
  await home.remove();
});

describe('the server process', () => {
  it('serves when it says so, and offers a link for the first administrator', async () => {
    expect(server.output.join('\n')).toMatch(/^first administrator: http:\/\/localhost:\d+\/setup\?code=\S{32}$/m);
    expect((await fetch(`${url}/ready`)).status).toBe(200);
    const body = JSON.stringify({ query: '{ __typename }' });
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(await answer.json()).toEqual({ data: { __typename: 'Query' } });
  });

  it.each([
    ['a home in use', async () => ({}), /^The home .* is in use by process \d+: stop it, or name another folder/],
    [
      'a port that is taken',
      async () => ({ LEHR_HOME: `${home.path}/other`, PORT: new URL(url).port }),
      /^Port \d+ of 127\.0\.0\.1 cannot be listened on: free it or set PORT/,
    ],
    [
      'a wrong variable',
      async () => ({ LEHR_LIMIT_PAGE_SIZE: 'many' }),
      /^Configuration refused\. LEHR_LIMIT_PAGE_SIZE="many"/,
    ],
    [
      'a database out of reach',
      async () => ({ LEHR_HOME: `${home.path}/third`, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }),
      /ECONNREFUSED/,
    ],
  ])('ends with one clear line for %s', async (_what, env, line) => {
    const refused = await start(await env());
    expect((await refused.exit).code).toBe(1);
    expect(refused.output.filter((each) => !/^\d\d:\d\d:\d\d info /.test(each))).toEqual([expect.stringMatching(line)]);
  });

  it('ignores an interrupt that is meant for its parent, and stops on SIGTERM within 8 s', async () => {
    const other = await makeTemporaryFolder('server');
    const child = await start({ LEHR_HOME: other.path, LEHR_PARENT: '1' });
    const childUrl = await listening(child);
    child.child.kill('SIGINT');
    expect((await fetch(`${childUrl}/health`)).status).toBe(200);
    const startedMs = performance.now();
    expect(await child.stop()).toEqual({ code: 0, signal: null });
    expect(performance.now() - startedMs).toBeLessThan(8000);
    await other.remove();
  });

  it('lives on when clients ask for a WebSocket where there is none and break off', async () => {
    const { port } = new URL(url);
    for (let attempt = 0; attempt < 200; attempt++)
      await new Promise<void>((resolve) => {
        const socket = connect(Number(port), '127.0.0.1');
        socket.on('error', () => {});
        socket.once('close', () => resolve());
        const head = 'Host: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade';
        // The answer is written, or about to be.
        const breakOff = () => setTimeout(() => socket.resetAndDestroy(), attempt % 3);
        socket.once('connect', () => socket.write(`GET /elsewhere HTTP/1.1\r\n${head}\r\n\r\n`, breakOff));
      });
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  it('goes on after kill -9 with what it had', async () => {
    const code = /code=(\S+)/.exec(server.output.join(' '))?.[1];
    const values = { code, email: 'first@lehr.test', name: 'First', password: 'long enough one' };
    const made = await post(
      'mutation ($input: CreateFirstAdministratorInput!) { createFirstAdministrator(input: $input) { __typename } }',
      values,
    );
    expect(made).toEqual({ data: { createFirstAdministrator: { __typename: 'Viewer' } } });
    server.child.kill('SIGKILL');
    await server.exit;

    server = await start();
    url = await listening(server);
    expect(server.output.join(' ')).not.toContain('setup?code');
    const { email, password } = values;
    const signedIn = await post('mutation ($input: SignInInput!) { signIn(input: $input) { __typename } }', {
      email,
      password,
    });
    expect(signedIn).toEqual({ data: { signIn: { __typename: 'Viewer' } } });
  });

  async function post(query: string, input: object): Promise<unknown> {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ query, variables: { input } });
    return (await fetch(`${url}/graphql`, { method: 'POST', headers, body })).json();
  }
});
