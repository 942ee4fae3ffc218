import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkCamera } from '../../edge/check/check-camera.ts';
import { HttpSourceSchema } from '../../edge/config/source-config.ts';
import { testImage } from './kit/tiny-model.ts';

let server: Server;
let url: string;

beforeEach(async () => {
  const images = await Promise.all([0, 1, 2].map((mark) => testImage({ mark })));
  let given = 0;
  server = createServer((request, response) => {
    if (request.url === '/snapshot') response.end(images[given++]);
    else if (request.url === '/page') response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
    else response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const source = (address: string) =>
  HttpSourceSchema.parse({ kind: 'http', mode: 'snapshot', url: address, timeoutMs: 1_000, retryMinMs: 50 });

describe('checking a camera', () => {
  it('says what its image is like', async () => {
    const { told } = await checkCamera('camera-1', source(`${url}/snapshot`));
    expect(told).toBe(`${url}/snapshot gives png of 64 × 48 px`);
  });

  it('says address, reason and remedy when it gives none', async () => {
    await expect(checkCamera('camera-1', source(`${url}/nothing`))).rejects.toThrow(
      /^no image within 1000 ms: .*404.*\. Check address, power, cable and password$/,
    );
    await expect(checkCamera('camera-1', source(`${url}/page`))).rejects.toThrow(
      /^the camera gives text\/html, no image; correct source.url$/,
    );
  });
});
