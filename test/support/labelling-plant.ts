/** A server of its own with a plant that has a signed defect book and images that wait for a label; set up over the API, as people would. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { type DemoClient, input } from '../plant/demo/graphql-client.ts';
import { type DemoPerson, demoPeople, personWith } from '../plant/demo/people.ts';
import { createAdministrator, setUpPlant, signIn } from '../plant/demo/setup-plant.ts';
import { uploadImages } from '../plant/demo/upload-images.ts';
import { createSeededRandom } from './seeded-random.ts';
import { type LineProcess, spawnLines } from './spawn-lines.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

const main = fileURLToPath(new URL('../../server/main.ts', import.meta.url));
const PATIENCE_MS = 60_000;

export interface LabellingPlant extends AsyncDisposable {
  url: string;
  plantId: string;
  people: readonly DemoPerson[];
  admin: DemoClient;
  server: LineProcess;
  close(): Promise<void>;
}

interface LabellingOptions {
  images: number;
  /** Width and height of each. */
  size: number;
  /** Classes whose labels take two people who agree. */
  byTwo?: readonly string[];
}

export async function openLabellingPlant({ images, size, byTwo = [] }: LabellingOptions): Promise<LabellingPlant> {
  await using stack = new AsyncDisposableStack();
  const home = await makeTemporaryFolder('home');
  stack.defer(() => home.remove());
  const env = { PORT: '0', LEHR_HOME: home.path, DATABASE_URL: '', NATS_URL: '', LEHR_FREE_QUERIES: 'administrator' };
  const server = await spawnLines(process.execPath, ['--disable-warning=ExperimentalWarning', main], { env });
  stack.defer(async () => void (await server.stop()));
  const [, url = ''] = await server.waitForLine(/^listening (\S+)$/, PATIENCE_MS);
  const [, code = ''] = await server.waitForLine(/^first administrator: \S+[?&]code=(\S+)$/, PATIENCE_MS);
  const people = demoPeople(join(home.path, 'people.json'));
  const first = personWith(people, 'ADMINISTRATOR');
  await createAdministrator(url, code, first);
  const admin = await signIn(url, first);
  const { plantId } = await setUpPlant(admin, [{ code: 'line-1', name: 'Line 1', speed: 180 }], people, home.path);

  const book = { plantId, template: 'GLASS' };
  const { id: defectBookId } = await admin.act<{ id: string }>(
    'openDefectBook',
    'DefectBook',
    'id',
    ...input('openDefectBook', book),
  );
  const signature = { defectBookId, password: first.password, meaning: 'Released for labelling' };
  await admin.act('signDefectBook', 'DefectBook', 'id', ...input('signDefectBook', signature));
  const rules = [{ reviewers: 1 }, ...byTwo.map((label) => ({ label, reviewers: 2 }))];
  await admin.act(
    'setAgreementRules',
    'ReviewSettings',
    '__typename',
    ...input('setAgreementRules', { plantId, rules }),
  );

  const pictures: Buffer[] = [];
  for (let number = 0; number < images; number++) pictures.push(await renderPicture(number, size));
  const imageSha256s = await uploadImages(
    admin,
    pictures.map((bytes) => ({ bytes, contentType: 'image/jpeg' as const })),
  );
  const wanted = { plantId, imageSha256s, purpose: 'LABEL' };
  await admin.act('openReview', 'OpenedReviewPayload', 'opened', ...input('openReview', wanted));
  const kept = stack.move();
  const close = () => kept.disposeAsync();
  return { url, plantId, people, admin, server, close, [Symbol.asyncDispose]: close };
}

/** Grey glass with bubbles and grain, so that it takes as much room and time as a photograph; no two are equal. */
function renderPicture(number: number, size: number): Promise<Buffer> {
  const kind = number % KINDS;
  const pixels = Buffer.from(rendered.get(`${kind} ${size}`) ?? renderGlass(kind, size));
  // What makes it one of its own, and shows which it is.
  for (let bit = 0; bit < 16; bit++) pixels.fill((number >> bit) & 1 ? 255 : 0, bit * 8, bit * 8 + 8);
  return sharp(pixels, { raw: { width: size, height: size, channels: 1 } })
    .jpeg({ quality: 88 })
    .toBuffer();
}

const KINDS = 8;
const rendered = new Map<string, Buffer>();

function renderGlass(kind: number, size: number): Buffer {
  const random = createSeededRandom(kind + 1).next;
  const pixels = Buffer.alloc(size * size);
  for (let at = 0; at < pixels.length; at++) {
    const [x, y] = [at % size, Math.floor(at / size)];
    pixels[at] = 120 + 50 * Math.sin(x / (size / 9) + kind) * Math.cos(y / (size / 7)) + 24 * random();
  }
  for (let bubble = 0; bubble < 12; bubble++) {
    const [cx, cy, radius] = [random() * size, random() * size, (0.005 + 0.02 * random()) * size];
    for (let y = Math.max(0, Math.floor(cy - radius)); y < Math.min(size, cy + radius); y++) {
      for (let x = Math.max(0, Math.floor(cx - radius)); x < Math.min(size, cx + radius); x++) {
        if (Math.hypot(x - cx, y - cy) < radius) pixels[y * size + x] = 40;
      }
    }
  }
  rendered.set(`${kind} ${size}`, pixels);
  return pixels;
}
