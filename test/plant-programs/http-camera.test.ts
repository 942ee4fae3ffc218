/** The camera with a web server, as a client meets it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Program, startProgram } from './program.ts';

let camera: Program;
let url: string;

beforeAll(async () => {
  camera = startProgram('http-camera.ts', ['--rate', '20']);
  const said = JSON.parse(await camera.line(/^\{"listening"/)) as { listening: string };
  url = said.listening;
}, 60_000);
afterAll(async () => {
  expect(await camera.end()).toBe(0);
});

const JPEG = Buffer.from([0xff, 0xd8, 0xff]);

describe('a camera with a web server', () => {
  it('takes a new picture for each snapshot, and says when', async () => {
    const beforeS = Date.now() / 1_000 - 0.001;
    const [first, second] = [await fetch(`${url}/snapshot`), await fetch(`${url}/snapshot`)];
    expect(first.headers.get('content-type')).toBe('image/jpeg');
    expect(Number(second.headers.get('x-frame'))).toBe(Number(first.headers.get('x-frame')) + 1);
    expect(Number(first.headers.get('x-timestamp'))).toBeGreaterThanOrEqual(beforeS);
    expect(Number(second.headers.get('x-timestamp'))).toBeGreaterThan(Number(first.headers.get('x-timestamp')));
    const bytes = Buffer.from(await first.arrayBuffer());
    expect(bytes.subarray(0, 3)).toEqual(JPEG);
    expect(Buffer.from(await second.arrayBuffer())).not.toEqual(bytes);
  });

  it('streams whole frames one after the other', async () => {
    const leave = new AbortController();
    const response = await fetch(`${url}/stream`, { signal: leave.signal });
    const boundary = /boundary=(\w+)/.exec(response.headers.get('content-type') ?? '')?.[1];
    const chunks: Uint8Array[] = [];
    const parts = () => Buffer.concat(chunks).toString('latin1').split(`--${boundary}\r\n`).slice(1);
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      if (parts().length >= 4) break;
    }
    leave.abort();
    const numbers = parts()
      .slice(0, 3)
      .map((part) => {
        const [head = '', ...rest] = part.split('\r\n\r\n');
        const body = rest.join('\r\n\r\n');
        expect(body.length - 2).toBe(Number(/Content-Length: (\d+)/.exec(head)?.[1]));
        expect(body.startsWith(JPEG.toString('latin1'))).toBe(true);
        return Number(/X-Frame: (\d+)/.exec(head)?.[1]);
      });
    expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
  });

  it('knows no other address', async () => {
    expect((await fetch(`${url}/other`)).status).toBe(404);
  });
});
