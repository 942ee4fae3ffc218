/** The line's camera: `/snapshot` takes a picture of what stands before it, `/stream` gives one of each part that passes, as the switches of the moment let it. */
import { createHash } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import sharp from 'sharp';
import { type MachinePlan, type Switches, steadyMs } from './machine-messages.ts';

const SIZE = { width: 64, height: 48 };
const BOUNDARY = 'frame';
/** Pictures that a camera that cannot send keeps. */
const KEPT_FRAMES = 10;
const DRIP = { bytes: 4, everyMs: 120 };
const TAKING_MS = 8;

export interface Scene {
  number: number;
  isDefective: boolean;
}

interface Frame {
  bytes: Buffer;
  takenAtMs: number;
}

export interface HostileCamera {
  readonly url: string;
  /** A part passes the camera: the stream gets its picture. */
  passes(scene: Scene): void;
  switched(): void;
  stop(): Promise<void>;
}

export async function startCamera(
  { camera: { mode, endsLinesWith } }: MachinePlan,
  switches: () => Switches,
  scene: () => Scene | undefined,
  given: (number: number, sha256: string) => void,
): Promise<HostileCamera> {
  const viewers = new Set<ServerResponse>();
  let last: Buffer | undefined;
  let waiting: Frame[] = [];
  let empties = 0;
  let sending = Promise.resolve();
  const timers = new Set<NodeJS.Timeout>();
  const server = createServer((request, response) => {
    if (request.url === '/snapshot') void snapshot(response);
    else stream(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;

  return {
    url: `http://127.0.0.1:${port}/${mode === 'snapshot' ? 'snapshot' : 'stream'}`,
    passes(part) {
      if (mode !== 'mjpeg') return;
      const takenAtMs = steadyMs();
      sending = sending.then(async () => send({ bytes: await take(part), takenAtMs }));
    },
    switched() {
      if (switches().isStreamStalled) return;
      for (const frame of waiting) write(frame);
      waiting = [];
    },
    async stop() {
      for (const timer of timers) clearTimeout(timer);
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };

  async function take(part: Scene | undefined): Promise<Buffer> {
    const { isImageFrozen, isImageOtherSize } = switches();
    if (isImageFrozen && last) return last;
    // A picture of nothing is no part's.
    const bytes = await draw(part ?? { number: 2 ** 31 + ++empties, isDefective: false }, isImageOtherSize ? 1.5 : 1);
    last = bytes;
    if (part) given(part.number, createHash('sha256').update(bytes).digest('hex'));
    return bytes;
  }

  async function snapshot(response: ServerResponse): Promise<void> {
    const bytes = await take(scene());
    await later(TAKING_MS + switches().imageLateMs);
    response.writeHead(200, { 'Content-Type': 'image/png', 'Content-Length': bytes.length });
    let sent = 0;
    for (; switches().isImageDripping && response.writable && sent < bytes.length; sent += DRIP.bytes) {
      response.write(bytes.subarray(sent, sent + DRIP.bytes));
      await later(DRIP.everyMs);
    }
    response.end(bytes.subarray(sent));
  }

  function stream(response: ServerResponse): void {
    response.writeHead(200, { 'Content-Type': `multipart/x-mixed-replace; boundary=${BOUNDARY}` });
    response.flushHeaders();
    viewers.add(response);
    response.on('close', () => viewers.delete(response));
  }

  function send(frame: Frame): void {
    if (switches().isStreamStalled) waiting = [...waiting, frame].slice(-KEPT_FRAMES);
    else write(frame);
  }

  function write({ bytes, takenAtMs }: Frame): void {
    const stamp = `X-Timestamp: ${(takenAtMs / 1_000).toFixed(6)}`;
    const head = [`--${BOUNDARY}`, 'Content-Type: image/png', `Content-Length: ${bytes.length}`, stamp, '', ''];
    for (const viewer of viewers) {
      viewer.write(head.join(endsLinesWith));
      viewer.write(bytes);
      viewer.write(endsLinesWith);
    }
  }

  function later(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        resolve();
      }, ms);
      timers.add(timer);
    });
  }
}

/** Black, with a white spot on a defective part; the number makes its bytes its own. */
async function draw({ number, isDefective }: Scene, scale: number): Promise<Buffer> {
  const [width, height] = [SIZE.width * scale, SIZE.height * scale];
  const pixels = Buffer.alloc(width * height * 3);
  if (isDefective) {
    for (let y = 16; y < 32; y++) pixels.fill(255, (y * width + 16) * 3, (y * width + 32) * 3);
  }
  // Two pixels of a cell are not bright enough to matter.
  pixels.writeUInt32BE(number, (width * height - 2) * 3);
  return await sharp(pixels, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 1 })
    .toBuffer();
}
