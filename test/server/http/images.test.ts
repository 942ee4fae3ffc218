/** Images and artifacts over HTTP: what is taken, what is refused and why, and that nothing is left behind. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { artifactPath, incomingFolder } from '../../../server/kit/paths.ts';
import { type HttpTestServer, openHttpServer } from '../../support/http-server.ts';
import { loudLog } from '../../support/loud-log.ts';
import { createSeed, type SeededPlant, type SeededToken } from '../../support/seed.ts';

const sha = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** Noise, so that every row takes bytes of its own. */
function picture(format: 'png' | 'jpeg' | 'webp' | 'gif', width = 400, height = 300): Promise<Buffer> {
  const raw = { width, height, channels: 3 } as const;
  return sharp(randomBytes(width * height * 3), { raw })
    .toFormat(format)
    .toBuffer();
}

let http: HttpTestServer;
let plant: SeededPlant;
let other: SeededPlant;
let node: SeededToken;
beforeAll(async () => {
  http = await openHttpServer('embedded', {
    log: loudLog,
    env: { LEHR_LIMIT_IMAGE_BYTES: '1000000', LEHR_LIMIT_IMAGE_PIXELS: '250000' },
  });
  const seed = createSeed(http.server);
  plant = await seed.plant();
  other = await seed.plant();
  const [first] = plant.nodes;
  if (!first) throw new Error('no node');
  node = await plant.edgeToken(first);
});
afterAll(() => http.close());

const bearer = (token: SeededToken) => ({ authorization: `Bearer ${token.secret}` });
const urlOf = (hash: string, code = plant.row.code) => `${http.url}/images/${code}/${hash}`;
/** Reads the answer whole: one that is left half-read keeps its connection. */
async function send(url: string, init: RequestInit = {}) {
  const answer = await fetch(url, init);
  const { status, headers } = answer;
  const body = Buffer.from(await answer.arrayBuffer());
  return { status, headers, body, json: () => JSON.parse(body.toString('utf8')) as unknown };
}
const put = (bytes: Buffer, hash = sha(bytes), headers: Record<string, string> = bearer(node), code = plant.row.code) =>
  send(urlOf(hash, code), { method: 'PUT', body: new Uint8Array(bytes), headers });
const get = (hash: string, query = '', client: { headers: Readonly<Record<string, string>> } = plant.owner.client) =>
  send(`${urlOf(hash)}${query}`, { headers: { ...client.headers } });
const left = () => readdir(incomingFolder(http.server.config.home));

describe('PUT /images', () => {
  it.each(['png', 'jpeg', 'webp'] as const)('takes a %s once and gives it back byte by byte', async (format) => {
    const bytes = await picture(format);
    const hash = sha(bytes);
    expect((await put(bytes)).status).toBe(201);
    expect((await put(bytes)).status).toBe(200);
    const answer = await get(hash);
    expect(answer.headers.get('content-type')).toBe(`image/${format}`);
    expect(answer.headers.get('cache-control')).toBe('private, max-age=31536000, immutable');
    expect(answer.body.equals(bytes)).toBe(true);
    expect(await left()).toEqual([]);
  });

  it('answers the same whether another plant has the bytes', async () => {
    const bytes = await picture('png');
    expect((await put(bytes)).status).toBe(201);
    const [foreign] = other.nodes;
    if (!foreign) throw new Error('no node');
    const token = await other.edgeToken(foreign);
    expect((await put(bytes, sha(bytes), bearer(token), other.row.code)).status).toBe(201);
  });

  it('survives two senders of the same image at once', async () => {
    const bytes = await picture('png');
    const answers = await Promise.all([put(bytes), put(bytes), put(bytes)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 200, 201]);
    expect((await get(sha(bytes))).status).toBe(200);
  });

  it.each([
    ['another hash', async () => ({ bytes: await picture('png'), hash: sha(randomBytes(9)) }), 422, 'sha256'],
    ['no image', async () => ({ bytes: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>') }), 422, 'body'],
    ['a GIF', async () => ({ bytes: await picture('gif') }), 422, 'body'],
    ['a JPEG cut short', async () => ({ bytes: (await picture('jpeg')).subarray(0, 20_000) }), 422, 'body'],
    ['a PNG cut short', async () => ({ bytes: (await picture('png')).subarray(0, 20_000) }), 422, 'body'],
    ['too many pixels', async () => ({ bytes: await picture('jpeg', 600, 500) }), 422, 'body'],
    ['too many bytes', async () => ({ bytes: randomBytes(1_000_001) }), 413, 'body'],
    ['nothing', async () => ({ bytes: Buffer.alloc(0) }), 422, 'body'],
  ])('refuses %s, says why, and keeps nothing', async (_what, make, status, field) => {
    const made: { bytes: Buffer; hash?: string } = await make();
    const answer = await put(made.bytes, made.hash);
    expect(answer.status).toBe(status);
    expect(answer.json()).toMatchObject({ field, remedy: expect.stringMatching(/\w{3}/) });
    expect(await left()).toEqual([]);
    expect((await get(made.hash ?? sha(made.bytes))).status).toBe(404);
  });

  it('refuses a body without a length that grows too long, and reads no further', async () => {
    let sent = 0;
    const long = Readable.from(
      (function* () {
        for (; sent < 200; sent++) yield Buffer.alloc(65_536);
      })(),
    );
    const status = await new Promise<number | string>((resolve) => {
      const sending = request(urlOf('0'.repeat(64)), { method: 'PUT', headers: bearer(node) });
      sending.on('response', (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      });
      sending.on('error', () => resolve('cut off'));
      long.pipe(sending);
      sending.on('close', () => long.destroy());
    });
    expect([413, 'cut off']).toContain(status);
    expect(sent).toBeLessThan(200);
    await expect.poll(left).toEqual([]);
  });

  it('lets in who may send, and nobody else', async () => {
    const bytes = await picture('png');
    const hash = sha(bytes);
    const operator = await plant.person('operator');
    const engineer = await plant.person('quality_engineer');
    expect((await put(bytes, hash, {})).status).toBe(401);
    expect((await put(bytes, hash, { authorization: 'Bearer lehr_wrongwrongwrongwrongwrong' })).status).toBe(401);
    expect((await put(bytes, hash, { ...operator.client.headers, origin: http.url })).status).toBe(403);
    expect((await put(bytes, hash, { ...engineer.client.headers, origin: 'http://evil.test' })).status).toBe(403);
    expect((await put(bytes, hash, { ...other.owner.client.headers, origin: http.url })).status).toBe(404);
    expect((await put(bytes, hash, { ...engineer.client.headers, origin: http.url })).status).toBe(201);
    expect((await get(hash, '', other.owner.client)).status).toBe(404);
    expect((await get(hash, '', node.client)).status).toBe(403);
  });
});

describe('GET /images', () => {
  it('makes thumbnails in a few widths and never enlarges', async () => {
    const bytes = await picture('png');
    const hash = sha(bytes);
    await put(bytes);
    const widthOf = async (query: string) => (await sharp((await get(hash, query)).body).metadata()).width;
    expect(await widthOf('?w=300')).toBe(320);
    expect(await widthOf('?w=320')).toBe(320);
    expect(await widthOf('?w=5000')).toBe(400);
    expect((await get(hash, '?w=wide')).status).toBe(400);
    const etag = (await get(hash, '?w=80')).headers.get('etag') ?? '';
    const again = await send(`${urlOf(hash)}?w=80`, {
      headers: { ...plant.owner.client.headers, 'if-none-match': etag },
    });
    expect(again.status).toBe(304);
  });

  it.each(['/images/..%2f..%2fetc/passwd', '/images/plant/xyz', '/images/'])('finds nothing at %s', async (path) => {
    expect([400, 404]).toContain((await send(http.url + path, { headers: { ...plant.owner.client.headers } })).status);
  });
});

describe('GET /artifacts', () => {
  it('sends whole files and ranges to who sees a model that has it', async () => {
    const { version } = await plant.modelVersion();
    const hash = version.artifact_sha256.toString('hex');
    const bytes = randomBytes(1000);
    const path = artifactPath(http.server.config.home, hash);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
    const ask = (headers: Record<string, string>) => send(`${http.url}/artifacts/${hash}`, { headers });

    const owner = { ...plant.owner.client.headers };
    const whole = await ask(owner);
    expect(whole.body.equals(bytes)).toBe(true);
    const ranges: [string, number, Buffer][] = [
      ['bytes=0-9', 206, bytes.subarray(0, 10)],
      ['bytes=990-', 206, bytes.subarray(990)],
      ['bytes=-10', 206, bytes.subarray(990)],
      ['bytes=990-5000', 206, bytes.subarray(990)],
      ['bytes=0-1,5-6', 200, bytes],
      ['lines=1-2', 200, bytes],
      ['bytes=1000-', 416, Buffer.alloc(0)],
    ];
    for (const [range, status, expected] of ranges) {
      const answer = await ask({ ...owner, range });
      expect([range, answer.status]).toEqual([range, status]);
      expect(answer.body.equals(expected), range).toBe(true);
    }
    const stale = await ask({ ...owner, range: 'bytes=0-9', 'if-range': '"other"' });
    expect(stale.status).toBe(200);
    expect((await ask({})).status).toBe(401);
    expect((await ask({ ...other.owner.client.headers })).status).toBe(404);
  });
});
