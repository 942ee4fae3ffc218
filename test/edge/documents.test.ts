import { readFile } from 'node:fs/promises';
import { buildSchema, coerceInputValue, type GraphQLInputType, parse, typeFromAST, validate } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Capture } from '../../edge/capture/image-keeper.ts';
import { contextOf } from '../../edge/devices/machine-context.ts';
import { describeStatus } from '../../edge/node-status.ts';
import type { InspectionResult } from '../../edge/pipeline/frame.ts';
import {
  NODE_PLAN,
  RECORD_INSPECTIONS,
  RECORD_NODE_EVENTS,
  RECORD_PART_COUNTS,
  REPORT_STATUS,
  REVISE_CAPTURES,
} from '../../edge/uplink/documents.ts';
import { nodeView } from './kit/node-view.ts';

let sdl: string;
beforeAll(async () => {
  sdl = await readFile(new URL('../../schema/schema.graphql', import.meta.url), 'utf8');
});

/** Faults of a variable's value by the schema, as graphql-js words them. */
function faults(document: string, value: unknown): string[] {
  const schema = buildSchema(sdl);
  const [definition] = parse(document).definitions;
  const variable = definition?.kind === 'OperationDefinition' ? definition.variableDefinitions?.[0] : undefined;
  if (!variable) throw new Error('the document takes no variable');
  const found: string[] = [];
  const type = typeFromAST(schema, variable.type) as GraphQLInputType;
  coerceInputValue(JSON.parse(JSON.stringify(value)), type, (path, _value, error) =>
    found.push(`${path.join('.')}: ${error.message}`),
  );
  return found;
}

const signal = {
  name: 'encoderMm',
  value: 12.5,
  unit: 'mm',
  quality: 'GOOD' as const,
  sourceTime: '2026-01-01T00:00:00.000Z',
};

describe('what the edge says to the API', () => {
  it.each([
    ['plan', NODE_PLAN],
    ['results', RECORD_INSPECTIONS],
    ['status', REPORT_STATUS],
    ['events', RECORD_NODE_EVENTS],
    ['counts', RECORD_PART_COUNTS],
    ['revisions', REVISE_CAPTURES],
  ])('asks for %s in words that the schema knows', (_name, document) => {
    expect(validate(buildSchema(sdl), parse(document))).toEqual([]);
  });

  it('sends a result in the shape of InspectionInput', () => {
    const result: InspectionResult = {
      id: '01890a5d-ac96-774b-bcce-b302099a8057',
      cameraId: 'camera',
      modelVersionId: 'version',
      partId: null,
      verdict: 'REJECT',
      score: 0.7,
      latencyMs: 12,
      imageSha256: 'a'.repeat(64),
      imageStats: { brightness: 0.5, contrast: 0.1, colourCast: 0, sharpness: 10 },
      position: null,
      defects: [
        {
          class: 'anomaly',
          score: 0.7,
          box: { x: 0, y: 0, width: 0.1, height: 0.1 },
          outline: [0, 0, 0.1, 0, 0.1, 0.1],
        },
      ],
      context: contextOf([signal]),
    };
    const capture: Capture = { isKept: false, keepProbability: 0.05, reason: 'AUDIT' };
    expect(faults(RECORD_INSPECTIONS, [{ ...result, capture }])).toEqual([]);
    expect(faults(RECORD_INSPECTIONS, [{ ...result, verdict: 'maybe' }])).toHaveLength(1);
  });

  it('sends its status in the shape of ReportNodeStatusInput', () => {
    const now = new Date();
    const status = describeStatus(nodeView(now), now);
    expect(faults(REPORT_STATUS, status)).toEqual([]);
    expect(status.problem).toHaveLength(500);
  });
});
