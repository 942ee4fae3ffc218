/** A node that tells of its line side, for the tests of it. */
import { encodeGlobalId } from '../../../server/kit/global-id.ts';
import { createSeed, type SeededPlant } from '../../support/seed.ts';
import type { TestServer } from '../../support/server.ts';
import type { TestClient } from '../../support/test-client.ts';
import type { Outcome } from './inspections/recording.ts';

export interface LineSidePlant {
  plant: SeededPlant;
  node: TestClient;
  reader: TestClient;
  lineId: string;
  stationId: string;
  cameraId: string;
  /** Of the other line, which another node serves. */
  foreign: { lineId: string; stationId: string; cameraId: string };
}

/** Two lines, each with a node of its own. */
export async function lineSidePlant(server: TestServer): Promise<LineSidePlant> {
  const plant = await createSeed(server).plant({ lines: 2, nodes: 2 });
  const [node] = plant.nodes;
  const [own, other] = plant.lines;
  if (!node || !own || !other) throw new Error('seeded');
  const idsOf = ({ line, stations }: typeof own) => ({
    lineId: encodeGlobalId('Line', line.id),
    stationId: encodeGlobalId('Station', stations[0]?.station.id ?? ''),
    cameraId: encodeGlobalId('Camera', stations[0]?.cameras[0]?.id ?? ''),
  });
  return {
    plant,
    node: (await plant.edgeToken(node)).client,
    reader: (await plant.person('operator')).client,
    ...idsOf(own),
    foreign: idsOf(other),
  };
}

export interface Told {
  __typename: string;
  items: Outcome[];
  field?: string;
  remedy?: string;
}

const TYPES = {
  recordNodeEvents: 'NodeEventInput',
  recordPartCounts: 'PartCountsInput',
  reviseCaptures: 'CaptureRevisionInput',
};

/** One call; its outcomes, or the refusal of the whole. */
export async function tell(
  client: TestClient,
  field: keyof typeof TYPES,
  input: readonly Record<string, unknown>[],
): Promise<Told> {
  const payload = `${field.charAt(0).toUpperCase()}${field.slice(1)}Payload`;
  const { told } = await client.read<{ told: Told }>(
    `mutation ($input: [${TYPES[field]}!]!) { told: ${field}(input: $input) { __typename
      ... on ${payload} { items { id outcome field value reason } }
      ... on InvalidInputError { field remedy } } }`,
    { input },
  );
  return told;
}
