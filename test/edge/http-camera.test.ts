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

  it('gives up a snapshot and an image of a stream that drip, and names the deadline', async () => {
    for (const mode of ['snapshot', 'mjpeg'] as const) {
      let asked = 0;
      let problem: string | undefined;
      answer = (response) => {
        const type = mode === 'mjpeg' ? 'multipart/x-mixed-replace; boundary=b' : 'image/jpeg';
        response.writeHead(200, { 'content-type': type });
        // What was told of the first answer.
        if (++asked > 1) problem = source?.problem;
        if (asked > 1) response.end(mode === 'mjpeg' ? `--b\nContent-Length: 5\n\n${mode.slice(0, 5)}\n` : mode);
        else drip(response, mode === 'mjpeg' ? '--b\r\nX-Long: ' : '');
      };
      expect(await text(open({ mode, ratePerS: 100, deadlineMs: 150 }))).toBe(mode);
      expect(problem).toMatch(/an image is not complete after deadlineMs = 150/);
      expect(source?.problem).toBeUndefined();
      await source?.stop();
    }
  });

  it('calls nothing an image that is none, and says why', async () => {
    const answers: [(response: ServerResponse) => void, RegExp][] = [
      [(response) => response.writeHead(302, { location: '/login' }).end(), /answers 302; give the address/],
      [(response) => response.end(), /empty image/],
      [
        (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
        /gives text\/html, no image/,
      ],
      [
        (response) => {
          response.writeHead(200, { 'content-length': 100 }).write('half');
          setImmediate(() => response.destroy());
        },
        /aborted/,
      ],
    ];
    for (const [first, problem] of answers) {
      let asked = 0;
      let heard: string | undefined;
      answer = (response) => {
        if (++asked === 1) return first(response);
        heard ??= source?.problem;
        response.end('picture');
      };
      const camera = open({ ratePerS: 1_000 });
      let image = await camera.next(stopping.signal);
      if (image?.unusable !== undefined) {
        expect(image.unusable).toMatch(problem);
        image = await camera.next(stopping.signal);
      }
      expect(heard).toMatch(problem);
      expect(image).toMatchObject({ bytes: new Uint8Array(Buffer.from('picture')), unusable: undefined });
      expect(camera.problem).toBeUndefined();
      await camera.stop();
    }
  });

  it('tells of a frozen camera until another image comes', async () => {
    const pictures = ['a', 'a', 'a', 'b'];
    answer = (response) => response.end(pictures.shift());
    const camera = open({ ratePerS: 1_000 });
    const unusable = [];
    for (let number = 0; number < 4; number++) {
      const image = await camera.next(stopping.signal);
      unusable.push(image?.unusable);
      expect(camera.problem).toBe(image?.unusable);
    }
    const again = expect.stringMatching(/the same image again/);
    expect(unusable).toEqual([undefined, again, again, undefined]);
  });

  it('knows how old the frames of a stream may be, also after a stall', async () => {
    const stepMs = 25;
    // The camera stalls when its rhythm is known, and gives all frames of that time at once.
    const stalled = { from: 60, to: 75 };
    answer = (response) => {
      response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=b' });
      const takenAtMs: number[] = [];
      const camera = setInterval(() => {
        takenAtMs.push(Date.now());
        if (takenAtMs.length > stalled.from && takenAtMs.length < stalled.to) return;
        const from = takenAtMs.length === stalled.to ? stalled.from : takenAtMs.length - 1;
        for (const [at, atMs] of takenAtMs.slice(from).entries())
          response.write(`--b\r\nContent-Length: 20\r\n\r\n${`${from + at} ${atMs}`.padEnd(20)}\r\n`);
      }, stepMs);
      response.on('close', () => clearInterval(camera));
    };
    const camera = open({ mode: 'mjpeg', timeoutMs: 5_000 });
    const bounds: number[] = [];
    for (let isFresh = false; !isFresh; ) {
      const image = await camera.next(stopping.signal);
      const [number = 0, takenAtMs = 0] = String(Buffer.from(image?.bytes ?? []))
        .trim()
        .split(' ')
        .map(Number);
      const { capturedAtMs = 0, uncertaintyMs = 0 } = image ?? {};
      bounds[number] = uncertaintyMs;
      // The timers of the test's camera and the way are not exact to the millisecond.
      expect(capturedAtMs - uncertaintyMs, `frame ${number}`).toBeLessThan(takenAtMs + 2 * stepMs);
      isFresh = number >= stalled.to && uncertaintyMs < stepMs;
    }
    expect(bounds[0]).toBe(Number.POSITIVE_INFINITY);
    // The last of them may be known to be fresh.
    expect(Math.min(...bounds.slice(stalled.from, stalled.from + 5))).toBeGreaterThan(150);
  });

  it('dates a stream that comes in no rhythm by its time stamps alone', async () => {
    answer = (response) => {
      response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=b' });
      for (const name of ['a', 'b']) response.write(`--b\r\nX-Timestamp: 1\r\nContent-Length: 1\r\n\r\n${name}\r\n`);
      response.write(`--b\r\nX-Timestamp: ${(Date.now() / 1_000).toFixed(3)}\r\nContent-Length: 1\r\n\r\nc\r\n`);
    };
    const camera = open({ mode: 'mjpeg', rhythm: 'triggered', capture: 'x-timestamp' });
    for (let number = 0; number < 2; number++)
      expect((await camera.next(stopping.signal))?.uncertaintyMs).toBe(Number.POSITIVE_INFINITY);
    expect(camera.problem).toMatch(/differs by more than maxSkewMs = 10000; set its time; the arrival counts/);
    expect((await camera.next(stopping.signal))?.uncertaintyMs).toBe(1);
    expect(camera.problem).toBeUndefined();
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

/** A byte now and then, never silent for long, never complete. */
function drip(response: ServerResponse, begin: string): void {
  response.write(begin);
  const dripping = setInterval(() => response.write('x'), 20);
  response.on('close', () => clearInterval(dripping));
}
