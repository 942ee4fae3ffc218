/**
 * Fills a test's database quickly: plants with their parts, people and tokens with clients that are signed in, model versions with all
 * that they stand on. Writes rows; what a test is about goes through the API.
 */
import { createHash, randomBytes } from 'node:crypto';
import { hash } from '@node-rs/argon2';
import { encodeGlobalId } from '../../server/kit/global-id.ts';
import { newId } from '../../server/kit/ids.ts';
import type { PersonRole, PersonRow } from '../../server/modules/people/access/access.table.ts';
import type {
  AreaRow,
  CameraRow,
  EdgeNodeRow,
  LineRow,
  PlantRow,
  StationRow,
} from '../../server/modules/plant/parts/plants.table.ts';
import type { SeedHost } from './seed-host.ts';
import { seedModelVersion } from './seed-model.ts';
import type { TestClient } from './test-client.ts';

/** Of everybody who is seeded. */
export const PASSWORD = 'correct horse battery';
/** Cheap on purpose: what hashing costs is not what tests are about. */
let passwordHash: Promise<string> | undefined;

export interface SeededPerson {
  row: PersonRow;
  globalId: string;
  client: TestClient;
}

export interface SeededToken {
  id: string;
  secret: string;
  client: TestClient;
}

export interface SeededStation {
  station: StationRow;
  cameras: CameraRow[];
  node: EdgeNodeRow;
}

export interface SeededLine {
  line: LineRow;
  stations: SeededStation[];
}

export interface PlantShape {
  code?: string;
  /** Codes become `line-1` … */
  lines?: number;
  stationsPerLine?: number;
  camerasPerStation?: number;
  /** Stations take them in turn. */
  nodes?: number;
}

export type { SeededVersion } from './seed-model.ts';
export type Seed = ReturnType<typeof createSeed>;
export type SeededPlant = Awaited<ReturnType<Seed['plant']>>;

let counter = 0;
/** Unique in this process, in the form of a code. */
export function freshCode(prefix: string): string {
  counter += 1;
  return `${prefix}-${counter}`;
}

export function createSeed(server: SeedHost) {
  const { db, services } = server;
  const at = () => services.now();

  /** A person with a session; without plants an administrator of the installation. */
  async function person(memberships: readonly { plantId: string; role: PersonRole }[]): Promise<SeededPerson> {
    passwordHash ??= hash(PASSWORD, { memoryCost: 1024, timeCost: 1, parallelism: 1 });
    const name = freshCode(memberships[0]?.role ?? 'installer').replace('_', ' ');
    const row: PersonRow = {
      id: newId(),
      email: `${name.replace(' ', '-')}@lehr.test`,
      name,
      password_hash: await passwordHash,
      is_administrator: memberships.length === 0,
      created_at: at(),
      disabled_at: null,
    };
    await db.insertInto('person').values(row).execute();
    for (const { plantId, role } of memberships) {
      await db
        .insertInto('membership')
        .values({ person_id: row.id, plant_id: plantId, role, granted_at: at() })
        .execute();
    }
    const session = { id: newId(), expiresAt: new Date(at().getTime() + 3_600_000) };
    await db
      .insertInto('session')
      .values({
        id: session.id,
        person_id: row.id,
        created_at: at(),
        expires_at: session.expiresAt,
        revoked_at: null,
      })
      .execute();
    const cookie = `lehr_session=${await server.authenticator.signSession(session)}`;
    return { row, globalId: encodeGlobalId('Person', row.id), client: server.client({ cookie }) };
  }

  async function plant(shape: PlantShape = {}) {
    const row: PlantRow = {
      id: newId(),
      code: shape.code ?? freshCode('plant'),
      name: 'Plant',
      sector: 'glass',
      time_zone: 'Europe/Berlin',
      created_at: at(),
      retired_at: null,
    };
    const part = (code: string) => ({
      id: newId(),
      plant_id: row.id,
      code,
      name: code,
      created_at: at(),
      retired_at: null,
    });
    await db.insertInto('plant').values(row).execute();
    await db.insertInto('stream').values({ kind: 'event', id: row.id, plant_id: row.id }).execute();
    const area: AreaRow = part('area-1');
    await db.insertInto('area').values(area).execute();

    const nodes: EdgeNodeRow[] = [];
    for (let number = 1; number <= (shape.nodes ?? 1); number++) {
      const rest = { last_seen_at: null, skew_ms: null, status: null };
      nodes.push(
        await db
          .insertInto('edge_node')
          .values({ ...part(`node-${number}`), ...rest })
          .returningAll()
          .executeTakeFirstOrThrow(),
      );
    }
    const [firstNode] = nodes;
    if (!firstNode) throw new Error('a plant takes at least one node');

    const lines: SeededLine[] = [];
    let stationCount = 0;
    for (let number = 1; number <= (shape.lines ?? 1); number++) {
      const line: LineRow = { ...part(`line-${number}`), area_id: area.id, target_rate_per_min: 60 };
      await db.insertInto('line').values(line).execute();
      await db.insertInto('stream').values({ kind: 'inspection', id: line.id, plant_id: row.id }).execute();
      const stations: SeededStation[] = [];
      for (let place = 1; place <= (shape.stationsPerLine ?? 1); place++) {
        const node = nodes[stationCount++ % nodes.length] ?? firstNode;
        const station: StationRow = { ...part(`station-${place}`), line_id: line.id, edge_node_id: node.id };
        await db.insertInto('station').values(station).execute();
        const cameras: CameraRow[] = [];
        for (let eye = 1; eye <= (shape.camerasPerStation ?? 1); eye++) {
          const camera: CameraRow = { ...part(`camera-${eye}`), station_id: station.id };
          await db.insertInto('camera').values(camera).execute();
          cameras.push(camera);
        }
        stations.push({ station, cameras, node });
      }
      lines.push({ line, stations });
    }
    server.authenticator.forgetAll();

    const owner = await person([{ plantId: row.id, role: 'administrator' }]);
    return {
      row,
      globalId: encodeGlobalId('Plant', row.id),
      area,
      lines,
      nodes,
      cameras: lines.flatMap(({ stations }) => stations.flatMap(({ cameras }) => cameras)),
      /** Administrator of this plant only. */
      owner,
      person: (...roles: PersonRole[]) => person(roles.map((role) => ({ plantId: row.id, role }))),
      edgeToken: (node: EdgeNodeRow) => token(row.id, owner, 'edge_node', node.id),
      mesToken: () => token(row.id, owner, 'mes', null),
      modelVersion: () => seedModelVersion(server, row.id, owner.row.id),
    };
  }

  async function token(
    plantId: string,
    owner: SeededPerson,
    role: 'edge_node' | 'mes',
    edgeNodeId: string | null,
  ): Promise<SeededToken> {
    const secret = `lehr_${randomBytes(32).toString('base64url')}`;
    const id = newId();
    await db
      .insertInto('token')
      .values({
        id,
        plant_id: plantId,
        name: freshCode(role),
        role,
        edge_node_id: edgeNodeId,
        hash: createHash('sha256').update(secret).digest(),
        created_by: owner.row.id,
        created_at: at(),
        expires_at: null,
        revoked_at: null,
      })
      .execute();
    return { id, secret, client: server.client({ authorization: `Bearer ${secret}` }) };
  }

  return {
    plant,
    person,
    /** Administrator of the installation: may make plants and sees all. */
    installer: () => person([]),
  };
}
