/** What this node has to do: its cameras and their models, asked from the server by the codes of the configuration and kept for a start without it. */
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { CapturePolicySchema } from '../capture/capture-policy.ts';
import type { EdgeConfig } from '../config.ts';
import { NodePlanSchema, SetupSchema } from './answers.ts';
import { NODE_PLAN } from './documents.ts';
import { type ServerClient, UplinkError } from './server-client.ts';

const ModelSchema = z.object({
  modelVersionId: z.string(),
  artifact: z.object({
    sha256: z.string(),
    signature: z.string(),
    signingKeyId: z.string(),
    sizeBytes: z.number(),
    url: z.string(),
  }),
});

export type PlannedSetup = z.infer<typeof SetupSchema>;

const PlannedCameraSchema = z.object({
  station: z.string(),
  line: z.string(),
  camera: z.string(),
  cameraId: z.string(),
  model: ModelSchema.nullable(),
  /** Looks on and decides nothing. */
  shadow: ModelSchema.nullable().default(null),
  setups: z.array(SetupSchema).default([]),
});

const PlanSchema = z.object({
  format: z.literal(1),
  node: z.string(),
  nodeId: z.string(),
  plantCode: z.string(),
  /** Line code → id. */
  lineIds: z.record(z.string(), z.string()),
  /** `line/station` in codes → id. */
  stationIds: z.record(z.string(), z.string()).default({}),
  /** A person wishes all dead letters to be sent again: once for each value. */
  deadLetterRetryAt: z.string().nullable().default(null),
  /** Null: every image is kept. */
  capturePolicy: CapturePolicySchema.nullable().default(null),
  cameras: z.array(PlannedCameraSchema),
});

export type NodePlan = z.infer<typeof PlanSchema>;
export type PlannedCamera = z.infer<typeof PlannedCameraSchema>;

/** Configuration and server contradict each other: a person has to change one of them. */
export class PlanError extends Error {
  override readonly name = 'PlanError';
}

/** Throws `UplinkError` when the server gives no answer and `PlanError` when the answer does not fit the configuration. */
export async function fetchPlan(client: ServerClient, config: EdgeConfig, signal: AbortSignal): Promise<NodePlan> {
  const { viewer } = await client.graphql(NODE_PLAN, '{}', NodePlanSchema, signal).catch((error: unknown) => {
    if (error instanceof UplinkError && error.trouble === 'unauthorised')
      throw new PlanError(refused(config, error.message));
    throw error;
  });
  if (!viewer) throw new PlanError(refused(config, 'the server does not know it'));
  const node = viewer.edgeNode;
  if (!node)
    throw new PlanError(
      `server.token is the token "${viewer.tokenName}", which belongs to no edge node; create one for this node`,
    );
  if (node.code !== config.node) {
    throw new PlanError(`node is "${config.node}"; the token belongs to node "${node.code}", correct one of them`);
  }

  const lineIds: Record<string, string> = {};
  const stationIds: Record<string, string> = {};
  for (const { line, id, code } of node.stations) {
    lineIds[line.code] = line.id;
    stationIds[`${line.code}/${code}`] = id;
  }
  config.machines.forEach(({ line }, index) => {
    if (!lineIds[line])
      throw new PlanError(unknown(`machines[${index}].line`, line, 'a line of this node', Object.keys(lineIds)));
  });
  const cameras = config.stations.flatMap((entry, index) => {
    const atLine = node.stations.filter(({ line }) => line.code === entry.line);
    if (atLine.length === 0)
      throw new PlanError(unknown(`stations[${index}].line`, entry.line, 'a line of this node', Object.keys(lineIds)));
    const station = atLine.find(({ code }) => code === entry.station);
    if (!station) {
      const codes = atLine.map(({ code }) => code);
      throw new PlanError(
        unknown(`stations[${index}].station`, entry.station, `a station of this node on ${entry.line}`, codes),
      );
    }
    return entry.cameras.map(({ camera: code }, at): PlannedCamera => {
      const camera = station.cameras.find((candidate) => candidate.code === code);
      if (!camera) {
        const codes = station.cameras.map((candidate) => candidate.code);
        throw new PlanError(
          unknown(`stations[${index}].cameras[${at}].camera`, code, `a camera of ${entry.station}`, codes),
        );
      }
      return {
        station: entry.station,
        line: entry.line,
        camera: code,
        cameraId: camera.id,
        model: camera.assignment,
        shadow: camera.shadowAssignment,
        setups: camera.setups,
      };
    });
  });
  return {
    format: 1,
    node: node.code,
    nodeId: node.id,
    plantCode: node.plant.code,
    lineIds,
    stationIds,
    deadLetterRetryAt: node.deadLetterRetryAt,
    capturePolicy: node.capturePolicy,
    cameras,
  };
}

function refused({ server }: EdgeConfig, reason: string): string {
  if (server.token === undefined)
    return `the key of this node is refused (${reason}); make a code for the node (createEnrolmentCode) and put it into server.enrolmentCode`;
  return `server.token is refused (${reason}); create a token for this node and put it there`;
}

function unknown(field: string, value: string, what: string, known: string[]): string {
  return `${field} is "${value}"; the server knows no such code as ${what}. It knows: ${known.join(', ') || 'none'}. Correct it, or create it there`;
}

/** Undefined when there is none, or it was made for other cameras than the configuration names now. */
export async function readCachedPlan(config: EdgeConfig): Promise<NodePlan | undefined> {
  try {
    const plan = PlanSchema.parse(JSON.parse(await readFile(join(config.home, 'plan.json'), 'utf8')));
    const wanted = config.stations.flatMap(({ station, line, cameras }) =>
      cameras.map(({ camera }) => `${line}/${station}/${camera}`),
    );
    const known = new Set(plan.cameras.map(({ station, line, camera }) => `${line}/${station}/${camera}`));
    return plan.node === config.node && wanted.every((camera) => known.has(camera)) ? plan : undefined;
  } catch {
    return undefined;
  }
}

export async function cachePlan(home: string, plan: NodePlan): Promise<void> {
  const path = join(home, 'plan.json');
  const file = await open(`${path}.part`, 'w');
  try {
    await file.writeFile(JSON.stringify(plan));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.part`, path);
}
