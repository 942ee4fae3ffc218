import { createServer, type Server, type ServerResponse } from 'node:http';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HttpSourceConfig, HttpSourceSchema } from '../../edge/config/source-config.ts';
import type { ImageSource } from '../../edge/devices/device.ts';
import { createHttpCamera } from '../../edge/devices/http-camera.ts';
import type { TriggeredPart } from '../../edge/pipeline/frame.ts';
import type { PartTracker } from '../../edge/pipeline/part-tracker.ts';

describe('a camera with a web server', () => {
  let server: Server;
  let url: string;
  let answer: (response: ServerResponse, authorization: string | undefined) => void;
  let source: ImageSource | undefined;
  const stopping = new AbortController();

  beforeEach(async () => {
    server = createServer((request, response) => answer(response, request.headers.authorization));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/camera`;
  });

  afterEach(async () => {
    await source?.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  function open(given: Partial<HttpSourceConfig>, onTriggered?: PartTracker['onTriggered']): ImageSource {
    const config = HttpSourceSchema.parse({
      kind: 'http',
      mode: 'snapshot',
      url,
      retryMinMs: 10,
      timeoutMs: 200,
      ...given,
    });
    const log = pino({ level: 'silent' });
    source = createHttpCamera({
      camera: 'camera-1',
      config,
      onTriggered,
      sizeOfSetup: () => undefined,
      onRejected: () => {},
      log,
    });
    return source;
  }

  const text = async (from: ImageSource) => String(Buffer.from((await from.next(stopping.signal))?.bytes ?? []));

  it('takes one snapshot for each trigger, and the next at once when one came meanwhile', async () => {
    let pictures = 0;
    let trigger = (_: TriggeredPart) => {};
    answer = (response) => {
      // Two parts come while the first picture is taken.
      if (++pictures === 1) for (const triggeredAtMs of [2, 3]) trigger({ triggeredAtMs });
      response.end(`picture ${pictures}`);
    };
    const camera = open({}, (listener) => {
      trigger = listener;
      return () => {};
    });
    const first = camera.next(stopping.signal);
    expect(pictures).toBe(0);
    trigger({ triggeredAtMs: 1 });
    expect((await first)?.trigger).toEqual({ triggeredAtMs: 1 });
    expect((await camera.next(stopping.signal))?.trigger).toEqual({ triggeredAtMs: 3 });
    expect(pictures).toBe(2);
  });

  it('goes on after errors, silence and answers that are too large', async () => {
    let asked = 0;
    answer = (response) => {
      asked++;
      if (asked === 1) response.writeHead(500).end();
      else if (asked === 2) response.write('half');
      else if (asked === 3) response.end(Buffer.alloc(1_001));
      else response.end('whole');
    };
    expect(await text(open({ ratePerS: 1_000, maxImageBytes: 1_000 }))).toBe('whole');
    expect(asked).toBe(4);
  });

  it('reads a stream, comes back when it ends, and takes each part by its time stamp', async () => {
    const at = Date.now();
    let streams = 0;
    answer = (response) => {
      streams++;
      response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=b' });
      response.write(`--b\r\nX-Timestamp: ${at / 1_000}\r\nContent-Length: 3\r\n\r\n${streams}.a\r\n`);
      response.end(`--b\r\nContent-Length: 3\r\n\r\n${streams}.b\r\n`);
    };
    const camera = open({ mode: 'mjpeg', capture: 'x-timestamp' });
    expect((await camera.next(stopping.signal))?.capturedAtMs).toBeCloseTo(at, 0);
    expect([await text(camera), await text(camera), await text(camera)]).toEqual(['1.b', '2.a', '2.b']);
  });

  it('ends at once while it waits for a camera that says nothing', async () => {
    const asked = Promise.withResolvers<void>();
    answer = () => asked.resolve();
    const stop = new AbortController();
    const waiting = open({ ratePerS: 10, timeoutMs: 60_000 }).next(stop.signal);
    await asked.promise;
    stop.abort();
    expect(await waiting).toBeUndefined();
  });
});
