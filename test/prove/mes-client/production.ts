/** What a plant makes: one job after the other on every line, each begun by the MES, filled with parts and followed by the next. */
import { newId } from '../../../server/kit/ids.ts';
import type { ProofLine, ProofPlant } from './plant.ts';

export const PARTS_A_JOB = 98;
/** A job is its start, its end and its parts. */
export const ITEMS_A_JOB = PARTS_A_JOB + 2;

const RECORD = `mutation RecordInspections($input: [InspectionInput!]!) { recordInspections(input: $input) {
  __typename ... on RecordInspectionsPayload { recorded } ... on InvalidInputError { message }
} }`;

/** What the server acknowledged, in its order. */
export interface Made {
  /** By line: the ids of its inspections. */
  inspections: Map<string, { id: string; job: string }[]>;
  /** By line: its events, such as `job.started line-1 J7`. */
  events: Map<string, { what: string; job: string }[]>;
}

export function nothingMade(plant: ProofPlant): Made {
  return {
    inspections: new Map(plant.lines.map(({ id }) => [id, []])),
    events: new Map(plant.lines.map(({ id }) => [id, []])),
  };
}

/** One job from start to end on the line; the parts name the job or leave it to the server, in turn. */
export async function makeJob(plant: ProofPlant, line: ProofLine, number: number, made: Made): Promise<void> {
  const job = `J${plant.lines.indexOf(line) + 1}-${number}`;
  const events = made.events.get(line.id) ?? [];
  const started = await plant.mes.client.act('startJob', 'code', { lineId: line.id, code: job, productCode: 'bottle' });
  if (started.__typename !== 'Job') throw new Error(`not started: ${JSON.stringify(started)}`);
  events.push({ what: 'job.started', job });

  const input = Array.from({ length: PARTS_A_JOB }, (_, index) => ({
    id: newId(),
    cameraId: line.cameraId,
    modelVersionId: line.modelVersionId,
    verdict: index % 10 === 0 ? 'REJECT' : 'PASS',
    score: 0.5,
    latencyMs: 20,
    defects: [],
    context: { jobCode: number % 2 === 0 ? job : null, signals: [] },
  }));
  const { recordInspections: recorded } = await line.node.read<{ recordInspections: { recorded?: number } }>(RECORD, {
    input,
  });
  if (recorded.recorded !== PARTS_A_JOB) throw new Error(`not recorded: ${JSON.stringify(recorded)}`);
  made.inspections.get(line.id)?.push(...input.map(({ id }) => ({ id, job })));

  const ended = await plant.mes.client.act('endJob', 'code', { lineId: line.id, code: job });
  if (ended.__typename !== 'Job') throw new Error(`not ended: ${JSON.stringify(ended)}`);
  events.push({ what: 'job.ended', job });
}
