/** A node that records, for the tests of inspections. */
import { encodeGlobalId } from '../../../../server/kit/global-id.ts';
import { newId } from '../../../../server/kit/ids.ts';
import type { CameraRow, EdgeNodeRow } from '../../../../server/modules/plant/parts/plants.table.ts';
import type { Seed, SeededPlant } from '../../../support/seed.ts';
import type { TestClient } from '../../../support/test-client.ts';

export type Item = Record<string, unknown> & { id: string };

export interface Outcome {
  id: string;
  outcome: 'RECORDED' | 'DUPLICATE' | 'CONFLICT' | 'REFUSED';
  field: string | null;
  value: string | null;
  reason: string | null;
}

export interface Recorded {
  __typename: 'RecordInspectionsPayload';
  items: Outcome[];
  recorded: number;
  duplicates: number;
  conflicts: number;
  refused: number;
}

export interface Refused {
  __typename: 'InvalidInputError';
  field: string;
  value: string;
  remedy: string;
}

const RECORD = `mutation ($input: [InspectionInput!]!) {
  recordInspections(input: $input) {
    __typename
    ... on RecordInspectionsPayload { recorded duplicates conflicts refused items { id outcome field value reason } }
    ... on InvalidInputError { field value remedy }
  }
}`;

export async function tryRecord(client: TestClient, input: readonly Item[]): Promise<Recorded | Refused> {
  return (await client.read<{ recordInspections: Recorded | Refused }>(RECORD, { input })).recordInspections;
}

/** Throws when the whole call is refused. */
export async function record(client: TestClient, input: readonly Item[]): Promise<Recorded> {
  const result = await tryRecord(client, input);
  if (result.__typename !== 'RecordInspectionsPayload') throw new Error(`refused: ${result.field} ${result.remedy}`);
  return result;
}

/** An inspection id captured at that time. */
export function idAt(time: Date | number): string {
  const hex = Number(time).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}${newId().slice(13)}`;
}

export interface RecordingPlant {
  plant: SeededPlant;
  version: Awaited<ReturnType<SeededPlant['modelVersion']>>;
  /** The token of each node. */
  nodes: { row: EdgeNodeRow; client: TestClient }[];
  /** An item that is taken when the camera's node sends it; the rest overrides fields. */
  item(over?: Record<string, unknown>, camera?: CameraRow): Item;
}

/** A plant whose every camera has the same assigned model. */
export async function recordingPlant(seed: Seed, shape: Parameters<Seed['plant']>[0] = {}): Promise<RecordingPlant> {
  const plant = await seed.plant(shape);
  const version = await plant.modelVersion();
  for (const camera of plant.cameras) await version.assign(camera);
  const nodes = [];
  for (const row of plant.nodes) nodes.push({ row, client: (await plant.edgeToken(row)).client });
  const [first] = plant.cameras;
  if (!first) throw new Error('a plant has at least one camera');
  return {
    plant,
    version,
    nodes,
    item: (over = {}, camera = first) => ({
      id: newId(),
      cameraId: encodeGlobalId('Camera', camera.id),
      modelVersionId: version.globalId,
      verdict: 'PASS',
      score: 0.1,
      latencyMs: 20,
      defects: [],
      ...over,
    }),
  };
}

/** The first element; throws when there is none. */
export function only<T>(items: readonly T[]): T {
  const [first] = items;
  if (first === undefined) throw new Error('nothing there');
  return first;
}
