/** Sets up the demo's plant over GraphQL as its administrator would; each step is skipped when a former start has done it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DemoClient, input } from './graphql-client.ts';
import { type DemoPerson, personWith } from './people.ts';

export const PLANT_CODE = 'nord';
export const NODE_CODE = 'node-1';
export const STATION_CODE = 'inspection';
export const CAMERA_CODE = 'cam-1';

export interface DemoLine {
  code: string;
  name: string;
  /** Parts per minute. */
  speed: number;
}

export interface DemoPlant {
  plantId: string;
  /** Camera ids in the order of the lines. */
  cameraIds: string[];
  /** Of the edge node, when it has not enrolled yet. */
  enrolmentCode: string | undefined;
  signingKeys: string[];
}

/** A signed-in client of one of the demo's people. */
export async function signIn(url: string, person: DemoPerson): Promise<DemoClient> {
  const client = new DemoClient(url);
  const values = { email: person.email, password: person.password };
  await client.act('signIn', 'Viewer', '__typename', ...input('signIn', values));
  return client;
}

/** Uses the one-time code that the server printed to make the first administrator. */
export async function createAdministrator(url: string, code: string, person: DemoPerson): Promise<void> {
  const { email, name, password } = person;
  const values = { code, email, name, password };
  await new DemoClient(url).act(
    'createFirstAdministrator',
    'Viewer',
    '__typename',
    ...input('createFirstAdministrator', values),
  );
}

const everyDay = { durationMin: 480, recurrence: 'FREQ=DAILY', validFrom: '2026-01-01' };
const SHIFTS = [
  { code: 'early', name: 'Early', startsAt: '06:00' },
  { code: 'late', name: 'Late', startsAt: '14:00' },
  { code: 'night', name: 'Night', startsAt: '22:00' },
];

interface PlantAnswer {
  plant: {
    id: string;
    areas: { id: string; code: string }[];
    edgeNodes: { id: string; code: string }[];
    lines: {
      id: string;
      code: string;
      stations: { id: string; code: string; cameras: { id: string; code: string }[] }[];
    }[];
  } | null;
  signingKeys: { publicKey: string }[];
}

const PLANT = `query ($code: String!) {
  plant(code: $code) { id areas { id code } edgeNodes { id code } lines { id code stations { id code cameras { id code } } } }
  signingKeys { publicKey }
}`;

/** Makes what is missing of plant, area, lines, stations, cameras, node and people, and a code for a node that has no key in its home. */
export async function setUpPlant(
  admin: DemoClient,
  lines: readonly DemoLine[],
  people: readonly DemoPerson[],
  edgeHome: string,
): Promise<DemoPlant> {
  const read = () => admin.run<PlantAnswer>(PLANT, { code: PLANT_CODE });
  const create = async (field: string, type: string, values: unknown) =>
    (await admin.act<{ id: string }>(field, type, 'id', ...input(field, values))).id;

  const { plant } = await read();
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const plantId =
    plant?.id ?? (await create('createPlant', 'Plant', { code: PLANT_CODE, name: 'Nord', sector: 'GLASS', timeZone }));
  const areaId =
    plant?.areas[0]?.id ?? (await create('createArea', 'Area', { plantId, code: 'cold-end', name: 'Cold end' }));
  const edgeNodeId =
    plant?.edgeNodes[0]?.id ??
    (await create('createEdgeNode', 'EdgeNode', { plantId, code: NODE_CODE, name: 'Edge node 1' }));

  const cameraIds: string[] = [];
  for (const line of lines) {
    const known = plant?.lines.find((candidate) => candidate.code === line.code);
    const lineValues = { areaId, code: line.code, name: line.name, targetRatePerMin: line.speed };
    const lineId = known?.id ?? (await create('createLine', 'Line', lineValues));
    const station = known?.stations[0];
    const stationValues = { lineId, code: STATION_CODE, name: 'Inspection', edgeNodeId };
    const stationId = station?.id ?? (await create('createStation', 'Station', stationValues));
    const cameraValues = { stationId, code: CAMERA_CODE, name: 'Camera 1' };
    cameraIds.push(station?.cameras[0]?.id ?? (await create('createCamera', 'Camera', cameraValues)));
  }
  if (!plant) for (const shift of SHIFTS) await create('createShift', 'Shift', { plantId, ...everyDay, ...shift });
  await setUpPeople(admin, plantId, people);

  const isEnrolled = existsSync(join(edgeHome, 'keys', 'present.json'));
  const enrolment = isEnrolled
    ? undefined
    : await admin.act<{ code: string }>('createEnrolmentCode', 'CreatedEnrolmentCode', 'code', '(edgeNodeId: $id)', {
        id: { type: 'ID!', value: edgeNodeId },
      });
  const { signingKeys } = await read();
  return {
    plantId,
    cameraIds,
    enrolmentCode: enrolment?.code,
    signingKeys: signingKeys.map((key) => key.publicKey),
  };
}

async function setUpPeople(admin: DemoClient, plantId: string, people: readonly DemoPerson[]): Promise<void> {
  const first = personWith(people, 'ADMINISTRATOR');
  for (const person of people) {
    if (person === first || (await isKnown(admin.url, person))) continue;
    const memberships = [{ plantId, roles: [person.role] }];
    const values = { email: person.email, name: person.name, password: person.password, memberships };
    await admin.act('createPerson', 'Person', 'id', ...input('createPerson', values));
  }
}

async function isKnown(url: string, person: DemoPerson): Promise<boolean> {
  try {
    await signIn(url, person);
    return true;
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('signIn: WrongCredentialsError')) return false;
    throw error;
  }
}
