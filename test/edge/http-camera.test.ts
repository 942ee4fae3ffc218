import { createServer, type Server, type ServerResponse } from 'node:http';
import fc from 'fast-check';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HttpSourceConfig, HttpSourceSchema } from '../../edge/config/source-config.ts';
import { captureTime } from '../../edge/devices/capture-time.ts';
import type { ImageSource } from '../../edge/devices/device.ts';
import { createHttpCamera } from '../../edge/devices/http-camera.ts';
import { createMultipartReader } from '../../edge/devices/multipart-reader.ts';
import type { TriggeredPart } from '../../edge/pipeline/frame.ts';
import type { PartTracker } from '../../edge/pipeline/part-tracker.ts';

const limits = { maxHeaderBytes: 1_000, maxPartBytes: 10_000 };
const body = fc.uint8Array({ minLength: 1, maxLength: 3_000 }).filter((bytes) => !hasBoundary(bytes));

describe('reading a multipart stream', () => {
  it('gives each part as it was sent, however the stream is cut, with and without lengths', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ body, hasLength: fc.boolean() }), { minLength: 1, maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 2_000 }), { minLength: 1, maxLength: 8 }),
        (parts, cuts) => {
          const stream = Buffer.concat([
            ...parts.flatMap(({ body: bytes, hasLength }, index) => [
              Buffer.from(`--b\r\nX-Frame: ${index}\r\n${hasLength ? `Content-Length: ${bytes.length}\r\n` : ''}\r\n`),
              bytes,
              Buffer.from('\r\n'),
            ]),
            Buffer.from('--b'),
          ]);
          const reader = createMultipartReader('multipart/x-mixed-replace; boundary=b', limits);
          const read = [];
          for (let at = 0, cut = 0; at < stream.length; cut++) {
            const length = cuts[cut % cuts.length] ?? 1;
            read.push(...reader.push(stream.subarray(at, at + length)));
            at += length;
          }
          expect(read.map((part) => part.headers.get('x-frame'))).toEqual(parts.map((_, index) => String(index)));
          read.forEach((part, index) => {
            expect(Buffer.compare(part.body, parts[index]?.body ?? Buffer.alloc(0))).toBe(0);
          });
        },
      ),
      { numRuns: 60, endOnFailure: true },
    );
  });

  it('takes a boundary that is quoted or named with its dashes, and refuses what is no such stream', () => {
    for (const name of ['"b"', '--b', '"--b"']) {
      const reader = createMultipartReader(`multipart/x-mixed-replace;boundary=${name}`, limits);
      expect(reader.push(Buffer.from('--b\r\nContent-Length: 2\r\n\r\nhi')).map((part) => String(part.body))).toEqual([
        'hi',
      ]);
    }
    expect(() => createMultipartReader('image/jpeg', limits)).toThrow(/no multipart stream/);
  });

  it('keeps to its limits, at their edge', () => {
    const reader = () => createMultipartReader('multipart/x-mixed-replace; boundary=b', limits);
    const stated = (length: number) => Buffer.from(`--b\r\nContent-Length: ${length}\r\n\r\n`);
    expect(reader().push(Buffer.concat([stated(10_000), Buffer.alloc(10_000)]))).toHaveLength(1);
    expect(() => reader().push(stated(10_001))).toThrow(/maxImageBytes = 10000/);
    const unstated = (length: number) =>
      Buffer.concat([Buffer.from('--b\r\n\r\n'), Buffer.alloc(length), Buffer.from('\r\n--b')]);
    expect(reader().push(unstated(10_000))).toHaveLength(1);
    expect(() => reader().push(unstated(10_001))).toThrow(/maxImageBytes = 10000/);
    expect(() => reader().push(Buffer.from(`--b\r\nX: ${'y'.repeat(1_000)}`))).toThrow(/maxHeaderBytes = 1000/);
    expect(() => reader().push(Buffer.alloc(1_001))).toThrow(/no boundary/);
  });
});

describe('the capture time of a network camera', () => {
  const policy = { capture: 'x-timestamp', latencyMs: 30, maxSkewMs: 1_000 } as const;

  it('takes seconds, milliseconds, ISO 8601 and HTTP dates, and the arrival where the policy says so', () => {
    const at = Date.parse('2026-03-01T10:00:00.250Z');
    for (const header of [String(at / 1_000), String(at), '2026-03-01T10:00:00.250Z'])
      expect(captureTime(header, at + 200, policy)).toEqual({ capturedAtMs: at, problem: undefined });
    expect(captureTime('Sun, 01 Mar 2026 10:00:00 GMT', at, { ...policy, capture: 'date' }).capturedAtMs).toBe(
      at - 250,
    );
    expect(captureTime(String(at), at + 200, { ...policy, capture: 'arrival' }).capturedAtMs).toBe(at + 170);
  });

  it('counts the arrival and says why when the header is missing, no time, or too far off', () => {
    const at = 1_780_000_000_000;
    expect(captureTime(undefined, at, policy)).toMatchObject({
      capturedAtMs: at - 30,
      problem: expect.stringMatching(/no header/),
    });
    expect(captureTime('soon', at, policy)).toMatchObject({
      capturedAtMs: at - 30,
      problem: expect.stringMatching(/is no time/),
    });
    expect(captureTime(String(at - 1_001), at, policy)).toMatchObject({
      capturedAtMs: at - 30,
      problem: expect.stringMatching(/maxSkewMs/),
    });
    expect(captureTime(String(at - 1_000), at, policy)).toEqual({ capturedAtMs: at - 1_000, problem: undefined });
    expect(captureTime(String(at + 1_000), at, policy).capturedAtMs).toBe(at);
  });
});

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
    source = createHttpCamera({ camera: 'camera-1', config, onTriggered, onRejected: () => {}, log });
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

function hasBoundary(bytes: Uint8Array): boolean {
  return Buffer.from(bytes).includes('\r\n--b');
}
