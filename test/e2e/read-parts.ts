/** What the product has recorded of a line, read back over GraphQL. */
import type { DemoClient } from '../plant/demo/graphql-client.ts';
import { PLANT_CODE } from '../plant/demo/setup-plant.ts';

export interface RecordedPart {
  /** As the camera named it, such as `L1-00000042`. */
  partId: string;
  verdict: 'PASS' | 'REJECT' | 'UNCERTAIN';
  imageSha256: string;
  score: number;
}

interface Page {
  inspections: { edges: { node: RecordedPart }[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
}

const PARTS = `query ($filter: InspectionFilter, $after: String) {
  inspections(filter: $filter, first: 500, after: $after) {
    edges { node { partId verdict imageSha256 score } } pageInfo { hasNextPage endCursor }
  }
}`;

/** All parts of the line, newest first. */
export async function readParts(client: DemoClient, lineCode: string): Promise<RecordedPart[]> {
  const { plant } = await client.run<{ plant: { lines: { id: string; code: string }[] } }>(
    'query ($code: String!) { plant(code: $code) { lines { id code } } }',
    { code: PLANT_CODE },
  );
  const lineId = plant.lines.find(({ code }) => code === lineCode)?.id;
  if (lineId === undefined) throw new Error(`the plant has no line ${lineCode}`);
  const parts: RecordedPart[] = [];
  for (let after: string | null = null, more = true; more; ) {
    const { inspections }: Page = await client.run<Page>(PARTS, { filter: { lineId }, after });
    parts.push(...inspections.edges.map(({ node }) => node));
    ({ hasNextPage: more, endCursor: after } = inspections.pageInfo);
  }
  return parts;
}

/** 42 of `L1-00000042`. */
export function numberOf({ partId }: Pick<RecordedPart, 'partId'>): number {
  return Number(partId.split('-')[1]);
}
