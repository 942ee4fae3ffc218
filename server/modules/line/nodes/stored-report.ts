/** The report of an edge node as it is stored: keys for ids, null for what was not said. */
import type { Context } from '../../../kit/context.ts';
import { NotFoundError } from '../../../kit/errors.ts';
import { keyOf, optionalKeyOf } from '../../../kit/global-id.ts';
import type { ViewingNode } from '../../../kit/viewing-node.ts';
import type {
  CameraReport,
  DeadLetter,
  GateReport,
  MachineReport,
  NodeHardware,
  NodeReport,
} from '../../plant/parts/node-report.table.ts';
import { told } from '../signals/signals.ts';
import { selectServedCameras, selectServedStations } from './machines.queries.ts';
import type { DeadLetterInput, MachineReportInput, NodeHardwareInput, NodeReportInput } from './node-report.ts';

/** Throws `NotFoundError` for a camera or station that is not the node's. */
export async function storedReport(context: Context, node: ViewingNode, input: NodeReportInput): Promise<NodeReport> {
  const { version, outboxResults, outboxImages, deadLetters, droppedFrames, machineConnected } = input;
  return {
    version,
    startedAt: input.startedAt.toISOString(),
    outboxResults,
    outboxImages,
    deadLetters,
    droppedFrames,
    machineConnected,
    outboxImageBytes: input.outboxImageBytes ?? null,
    outboxLimitShare: input.outboxLimitShare ?? null,
    oldestResultAt: iso(input.oldestResultAt),
    sacrificedImages: input.sacrificedImages ?? null,
    sacrificedResults: input.sacrificedResults ?? null,
    deadLetterSamples: (input.deadLetterSamples ?? []).map(deadLetter),
    certificateExpiresAt: iso(input.certificateExpiresAt),
    problem: told(input.problem),
    hardware: input.hardware ? hardware(input.hardware) : null,
    disk: input.disk ? { freeBytes: input.disk.freeBytes, totalBytes: input.disk.totalBytes } : null,
    cameras: await cameras(context, node, input),
    machines: input.machines.map(machine),
    gates: await gates(context, node, input),
  };
}

async function cameras({ db }: Context, node: ViewingNode, input: NodeReportInput): Promise<CameraReport[]> {
  const reports = input.cameras.map((camera, index): CameraReport => {
    const path = `input.cameras[${index}]`;
    return {
      cameraId: keyOf('Camera', camera.cameraId, `${path}.cameraId`),
      framesTaken: camera.framesTaken,
      lastFrameAt: iso(camera.lastFrameAt),
      modelVersionId: optionalKeyOf('ModelVersion', camera.modelVersionId, `${path}.modelVersionId`),
      p50LatencyMs: camera.p50LatencyMs ?? null,
      problem: told(camera.problem),
      shadowModelVersionId: optionalKeyOf('ModelVersion', camera.shadowModelVersionId, `${path}.shadowModelVersionId`),
      droppedFrames: camera.droppedFrames ?? null,
      p99LatencyMs: camera.p99LatencyMs ?? null,
    };
  });
  const ids = reports.map(({ cameraId }) => cameraId);
  const own = await selectServedCameras(db, node.edgeNodeId, ids);
  const foreign = ids.findIndex((id) => !own.has(id));
  if (foreign >= 0) throw new NotFoundError(`input.cameras[${foreign}].cameraId`, input.cameras[foreign]?.cameraId);
  return reports;
}

async function gates({ db }: Context, node: ViewingNode, { gates }: NodeReportInput): Promise<GateReport[]> {
  if (!gates || gates.length === 0) return [];
  const ids = gates.map(({ stationId }, index) => keyOf('Station', stationId, `input.gates[${index}].stationId`));
  const own = await selectServedStations(db, node.edgeNodeId, ids);
  const foreign = ids.findIndex((id) => !own.has(id));
  if (foreign >= 0) throw new NotFoundError(`input.gates[${foreign}].stationId`, gates[foreign]?.stationId);
  return gates.map((gate, index) => ({
    stationId: ids[index] ?? '',
    mode: gate.mode,
    isEnabled: gate.isEnabled ?? null,
    isTracking: gate.isTracking ?? null,
    confirmed: gate.confirmed ?? null,
    notConfirmed: gate.notConfirmed ?? null,
    unexpected: gate.unexpected ?? null,
    late: gate.late ?? null,
    lastCommandAt: iso(gate.lastCommandAt),
    problem: told(gate.problem),
  }));
}

function machine(report: MachineReportInput, index: number): MachineReport {
  return {
    lineId: keyOf('Line', report.lineId, `input.machines[${index}].lineId`),
    isConnected: report.isConnected ?? null,
    clockOffsetMs: report.clockOffsetMs ?? null,
    clockUncertaintyMs: report.clockUncertaintyMs ?? null,
    security: told(report.security),
    problem: told(report.problem),
  };
}

function deadLetter({ id, kind, key, reason, field, value, at }: DeadLetterInput): DeadLetter {
  const words = { key: told(key), reason: told(reason), field: told(field), value: value ?? null };
  return { id, kind, ...words, at: iso(at) };
}

function hardware({ hostname, system, processor, cores, memoryBytes }: NodeHardwareInput): NodeHardware {
  const words = { hostname: told(hostname), system: told(system), processor: told(processor) };
  return { ...words, cores: cores ?? null, memoryBytes: memoryBytes ?? null };
}

function iso(time: Date | null | undefined): string | null {
  return time?.toISOString() ?? null;
}
