/** A person at a command line, as the API sees them: signs in with a password, asks, sends files, fetches them. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, readFile, rename, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';

/** What the person can do something about; ends the command with exit code 2. */
export class CommandError extends Error {}

const PART_BYTES = 8 * 1024 * 1024;
const TRIES = 5;
const WAIT_MS = 1000;

export interface Client {
  /** Data of a document. Throws `CommandError` with what the server says. */
  ask<Data>(query: string, variables?: Record<string, unknown>): Promise<Data>;
  /** The wanted member of a mutation's result. Throws `CommandError` for a refusal. */
  act<Data>(
    field: string,
    inputType: string,
    type: string,
    selection: string,
    input: Record<string, unknown>,
  ): Promise<Data>;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Sends what of the file is not there yet, part by part; tries again where the way breaks. */
  upload(path: string, file: string, onBytes: (sent: number, total: number) => void): Promise<void>;
  /** Fetches what is not here yet, and holds it against its hash. */
  download(path: string, file: string, sha256: string, onBytes: (bytes: number, total: number) => void): Promise<void>;
}

/** Signs in as LEHR_EMAIL with LEHR_PASSWORD, asking for what is not set where somebody sits. */
export async function signIn(url: string, signal: AbortSignal): Promise<Client> {
  const base = new URL(url);
  const origin = base.origin;
  const email = process.env.LEHR_EMAIL || (await askFor('E-mail: ', false));
  const password = process.env.LEHR_PASSWORD || (await askFor('Password: ', true));
  let cookie = '';
  const send = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = { ...(init.headers as Record<string, string>), origin, ...(cookie && { cookie }) };
    return fetch(new URL(path, origin), { signal, ...init, headers }).catch((cause: unknown) => {
      if (signal.aborted) throw signal.reason;
      throw new CommandError(`${origin} does not answer: start the server, or give its address with --url`, { cause });
    });
  };
  const ask = async <Data>(query: string, variables: Record<string, unknown> = {}): Promise<Data> => {
    const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };
    const response = await send('/graphql', { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
    const [session] = response.headers.getSetCookie();
    if (session) cookie = session.split(';')[0] ?? '';
    const { data, errors } = (await response.json()) as { data?: Data; errors?: { message: string }[] };
    if (errors || !data)
      throw new CommandError(errors?.map(({ message }) => message).join('; ') ?? 'the server gives no data');
    return data;
  };
  const { signIn: result } = await ask<{ signIn: { __typename: string; message?: string } }>(await signInDocument(), {
    input: { email, password },
  });
  if (result.__typename !== 'Viewer') {
    throw new CommandError(result.message ?? 'too many attempts to sign in: wait a few minutes');
  }
  return {
    ask,
    async act(field, inputType, type, selection, input) {
      const refusal = '... on Error { message }';
      const query = `mutation ($input: ${inputType}!) { result: ${field}(input: $input) { __typename ... on ${type} { ${selection} } ${refusal} } }`;
      const { result: answer } = await ask<{ result: { __typename: string; message?: string } }>(query, { input });
      if (answer.__typename !== type) throw new CommandError(answer.message ?? answer.__typename);
      return answer as never;
    },
    fetch: send,
    async upload(path, file, onBytes) {
      const { size } = await stat(file);
      const there = await send(path, { method: 'HEAD' });
      let offset =
        there.ok && there.headers.get('upload-complete') === '?0' ? Number(there.headers.get('upload-offset')) : 0;
      if (offset > size) offset = 0;
      const handle = await open(file, 'r');
      try {
        for (let tries = 0; offset < size; ) {
          const part = Buffer.alloc(Math.min(PART_BYTES, size - offset));
          await handle.read(part, 0, part.length, offset);
          const headers = { 'content-range': `bytes ${offset}-${offset + part.length - 1}/${size}` };
          const answer = await send(path, { method: 'PUT', headers, body: new Uint8Array(part) }).catch(
            (error: unknown) => {
              tries += 1;
              if (signal.aborted || tries >= TRIES) throw error;
            },
          );
          if (!answer) {
            await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
            continue;
          }
          if (!answer.ok) throw new CommandError(await refusalOf(answer));
          tries = 0;
          offset += part.length;
          onBytes(offset, size);
        }
      } finally {
        await handle.close();
      }
    },
    async download(path, file, sha256, onBytes) {
      const partial = `${file}.part`;
      const have = await stat(partial).then(
        ({ size }) => size,
        () => 0,
      );
      const answer = await send(path, have > 0 ? { headers: { range: `bytes=${have}-` } } : {});
      const isRest = answer.status === 206;
      // 416: what is here is all of it
      if (!answer.ok && answer.status !== 416) throw new CommandError(await refusalOf(answer));
      const total = Number(answer.headers.get('content-length') ?? 0) + (isRest ? have : 0);
      let bytes = isRest ? have : 0;
      if (answer.ok && answer.body) {
        const body = Readable.fromWeb(answer.body as ReadableStream);
        body.on('data', (part: Buffer) => {
          bytes += part.length;
          onBytes(bytes, total);
        });
        await pipeline(body, createWriteStream(partial, { flags: isRest ? 'a' : 'w' }));
      }
      const hash = createHash('sha256');
      await pipeline(createReadStream(partial), hash);
      if (hash.digest('hex') !== sha256) {
        throw new CommandError(`${partial} is not what the server has: delete it and fetch it again`);
      }
      await rename(partial, file);
    },
  };
}

/** Why the server refused, in its own words. */
export async function refusalOf(answer: Response): Promise<string> {
  const body = (await answer.json().catch(() => ({}))) as { field?: string; remedy?: string };
  return `${answer.status} ${body.field ?? ''}: ${body.remedy ?? answer.statusText}`;
}

/** Servers run stored operations only for whoever is not signed in: this is the one. */
async function signInDocument(): Promise<string> {
  const file = new URL('../../schema/operations.json', import.meta.url);
  const texts = Object.values(JSON.parse(await readFile(file, 'utf8')) as Record<string, string>);
  const found = texts.find((text) => text.startsWith('mutation SignIn('));
  if (!found) throw new Error('schema/operations.json has no SignIn');
  return found;
}

async function askFor(question: string, isSecret: boolean): Promise<string> {
  if (!process.stdin.isTTY) throw new CommandError('Set LEHR_EMAIL and LEHR_PASSWORD: there is nobody to ask.');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const asked = lines.question(question);
  // what is typed is not shown
  if (isSecret) Object.assign(lines, { _writeToOutput: () => {} });
  try {
    return (await asked).trim();
  } finally {
    lines.close();
    if (isSecret) process.stderr.write('\n');
  }
}
