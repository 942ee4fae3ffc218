/**
 * A camera with a web server, as many on the market: `GET /snapshot` takes one picture, `GET /stream` gives MJPEG at `--rate`. Each frame carries its
 * capture time in `X-Timestamp` (seconds since 1970, as mjpg-streamer does) and its number in `X-Frame`. Prints one JSON line when it serves.
 */
import { createServer, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { numberFlag, portFlag, readFlags } from './command-line.ts';
import { createFolderSource, createRenderedSource, type Picture } from './picture-source.ts';
import { onEndOfLife, refuseToStart } from './process-life.ts';

const BOUNDARY = 'frame';
const TYPES: Record<string, string> = { '.png': 'image/png', '.webp': 'image/webp' };
/** What a rendered picture shows: there is no machine behind this camera. */
const VIEW = { state: 'Execute', speed: 60, batch: 'B-0001-CLEAR', lighting: 100 };

const FlagsSchema = z.object({
  port: portFlag().default(0),
  /** Frames per second of the stream. */
  rate: numberFlag(0.1, 100).default(5),
  /** A folder in MVTec AD layout instead of rendered bottles. */
  images: z.string().optional(),
  'defect-rate': numberFlag(0, 1).default(0.04),
  seed: numberFlag(0, 2 ** 31).default(1),
});

interface Frame {
  number: number;
  takenAtMs: number;
  picture: Picture;
}

async function main(): Promise<void> {
  const flags = readFlags(FlagsSchema, process.argv.slice(2));
  const source =
    flags.images === undefined
      ? createRenderedSource('http', flags.seed, flags['defect-rate'])
      : createFolderSource('http', flags.seed, flags.images);
  let frames = 0;
  let goodRun = 0;
  const take = async (): Promise<Frame> => {
    const number = ++frames;
    const takenAtMs = Date.now();
    const taken = await source.take(number, VIEW, goodRun);
    goodRun = taken.goodRun;
    return { number, takenAtMs, picture: taken.picture };
  };
  const stopping = new AbortController();
  const server = createServer((request, response) => {
    const answer = request.url === '/snapshot' ? snapshot : request.url === '/stream' ? stream : unknown;
    answer(response).catch((error: Error) => response.destroy(error));
  });

  async function snapshot(response: ServerResponse): Promise<void> {
    const frame = await take();
    response.writeHead(200, { ...headersOf(frame), 'Cache-Control': 'no-store' }).end(frame.picture.bytes);
  }

  async function stream(response: ServerResponse): Promise<void> {
    response.writeHead(200, { 'Content-Type': `multipart/x-mixed-replace; boundary=${BOUNDARY}` });
    for (let dueMs = Date.now(); response.writable && !stopping.signal.aborted; ) {
      const frame = await take();
      const headers = Object.entries(headersOf(frame)).map(([name, value]) => `${name}: ${value}\r\n`);
      response.write(`--${BOUNDARY}\r\n${headers.join('')}\r\n`);
      response.write(frame.picture.bytes);
      // A viewer that does not keep up misses frames, it does not fill the camera's memory.
      if (!response.write('\r\n')) await Promise.race([once(response, 'drain'), once(response, 'close')]);
      dueMs = Math.max(dueMs + 1_000 / flags.rate, Date.now());
      await delay(dueMs - Date.now(), undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  async function unknown(response: ServerResponse): Promise<void> {
    response.writeHead(404).end('ask for /snapshot or /stream\n');
  }

  onEndOfLife(async () => {
    stopping.abort();
    server.close();
    server.closeAllConnections();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(flags.port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : flags.port;
  process.stdout.write(`${JSON.stringify({ listening: `http://127.0.0.1:${port}`, port })}\n`);
}

function headersOf({ number, takenAtMs, picture }: Frame): Record<string, string> {
  return {
    'Content-Type': TYPES[picture.extension.toLowerCase()] ?? 'image/jpeg',
    'Content-Length': String(picture.bytes.length),
    'X-Timestamp': (takenAtMs / 1_000).toFixed(6),
    'X-Frame': String(number),
  };
}

function once(response: ServerResponse, event: 'drain' | 'close'): Promise<void> {
  return new Promise((resolve) => response.once(event, resolve));
}

main().catch((error: unknown) => refuseToStart('http-camera', error));
