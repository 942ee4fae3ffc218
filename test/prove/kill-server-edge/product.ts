/** The real server and the real edge node on a home of their own, set up over the API as people would. */

import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { stringify } from 'yaml';
import { type DemoClient, input } from '../../plant/demo/graphql-client.ts';
import { demoPeople, personWith } from '../../plant/demo/people.ts';
import { setUpModel } from '../../plant/demo/setup-model.ts';
import {
  CAMERA_CODE,
  createAdministrator,
  type DemoLine,
  NODE_CODE,
  STATION_CODE,
  setUpPlant,
  signIn,
} from '../../plant/demo/setup-plant.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';
import { type LineProcess, spawnLines } from '../../support/spawn-lines.ts';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const LINE: DemoLine = { code: 'line-1', name: 'Line 1', speed: 600 };
const GOOD_IMAGES = 24;
const SIDE_PX = 64;
/** Generous: a proof may share its cores with much else. */
const START_MS = 240_000;

export interface Product {
  folder: string;
  url: string;
  spool: string;
  lineId: string;
  plantId: string;
  /** Secret of a token that may read everything of the plant. */
  reader: string;
  /** Signed in; the session outlives the server's restarts. */
  admin: DemoClient;
  startServer(): Promise<LineProcess>;
  /** `environment` is added to the process's own. */
  startEdge(environment?: Record<string, string>): Promise<LineProcess>;
}

export interface ProductOptions {
  /** Each with one station and one camera; the first one's spool is the product's. */
  lines?: readonly DemoLine[];
  edgeHome?: string;
  /** Changes the edge node's configuration before it is written. */
  configure?: (config: EdgeFile) => EdgeFile;
}

/** The part of an edge node's configuration that a proof may want to change. */
export interface EdgeFile {
  stations: { line: string; cameras: { source: Record<string, unknown> }[]; [field: string]: unknown }[];
  [field: string]: unknown;
}

/** Leaves the server running, so that the proof can begin with it. */
export async function setUpProduct(
  folder: string,
  report: (line: string) => void,
  { lines = [LINE], edgeHome = join(folder, 'edge'), configure = (file) => file }: ProductOptions = {},
): Promise<{ product: Product; server: LineProcess }> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const env = { PORT: String(port), HOST: '127.0.0.1', LEHR_HOME: join(folder, 'server'), DATABASE_URL: '' };
  const startServer = () => spawnLines(process.execPath, [join(repository, 'server/main.ts')], { env });
  const server = await startServer();
  const [, code = ''] = await server.waitForLine(/setup\?code=(\S+)/, START_MS);
  await server.waitForLine(/listening/, START_MS);

  const people = demoPeople(join(folder, 'people.json'));
  const administrator = personWith(people, 'ADMINISTRATOR');
  await createAdministrator(url, code, administrator);
  const admin = await signIn(url, administrator);
  const plant = await setUpPlant(admin, lines, people, edgeHome);
  const approver = personWith(people, 'APPROVER');
  const team = {
    quality: await signIn(url, personWith(people, 'QUALITY_ENGINEER')),
    ml: await signIn(url, personWith(people, 'ML_ENGINEER')),
    approver: await signIn(url, approver),
    approverPassword: approver.password,
  };
  const images = async () => await Promise.all(Array.from({ length: GOOD_IMAGES }, (_, mark) => goodImage(mark)));
  await setUpModel(team, plant.cameraIds, { code: 'discs', name: 'Discs', images }, report);

  const tokenValues = { plantId: plant.plantId, name: 'Proof', role: 'MES' };
  const { secret } = await admin.act<{ secret: string }>(
    'createToken',
    'CreatedToken',
    'secret',
    ...input('createToken', tokenValues),
  );
  const known = await admin.run<{ lines: { edges: { node: { id: string; code: string } }[] } }>(
    '{ lines { edges { node { id code } } } }',
  );
  const lineId = known.lines.edges.find(({ node }) => node.code === lines[0]?.code)?.node.id ?? '';

  const spoolOf = (index: number) => join(folder, index === 0 ? 'spool' : `spool-${index}`);
  const config = join(folder, 'edge.yaml');
  await writeFile(
    config,
    stringify(
      configure({
        node: NODE_CODE,
        home: edgeHome,
        server: { url, enrolmentCode: plant.enrolmentCode, retryMaxMs: 1_000 },
        trust: { modelSigningKeys: plant.signingKeys },
        stations: lines.map(({ code }, index) => ({
          station: STATION_CODE,
          line: code,
          cameras: [{ camera: CAMERA_CODE, source: { kind: 'folder', path: spoolOf(index), pollMs: 100 } }],
        })),
      }),
    ),
  );
  const startEdge = (env: Record<string, string> = {}) =>
    spawnLines(process.execPath, [join(repository, 'edge/main.ts'), '--config', config], { env });
  const ids = { lineId, plantId: plant.plantId };
  return { product: { folder, url, spool: spoolOf(0), ...ids, reader: secret, admin, startServer, startEdge }, server };
}

/** A disc on a dark ground; `mark` makes each image's bytes its own. */
export async function goodImage(mark: number): Promise<{ bytes: Buffer; contentType: 'image/png' }> {
  const random = createSeededRandom(mark);
  const pixels = Buffer.alloc(SIDE_PX * SIDE_PX, 30);
  for (let y = 0; y < SIDE_PX; y++) {
    for (let x = 0; x < SIDE_PX; x++) {
      if (Math.hypot(x - 32, y - 32) < 22) pixels.writeUInt8(150 + random.integer(12), y * SIDE_PX + x);
    }
  }
  const bytes = await sharp(pixels, { raw: { width: SIDE_PX, height: SIDE_PX, channels: 1 } })
    .png({ compressionLevel: 1 })
    .toBuffer();
  return { bytes, contentType: 'image/png' };
}

export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (typeof address !== 'object' || !address) throw new Error('no free port');
  return address.port;
}
