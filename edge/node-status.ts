/** What a node tells of itself: to the server once a second and to whoever reads its metrics. */
import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, hostname, release, totalmem, type } from 'node:os';
import type { OutboxConfig } from './config/outbox-config.ts';
import type { ClockOffset, MachineNow } from './devices/device.ts';
import type { GateState } from './gate/station-gate.ts';
import type { PipelineState } from './pipeline/pipeline.ts';
import type { DeadLetter, OutboxCounts } from './uplink/outbox-messages.ts';
import { shareOfLimits } from './uplink/share-of-limits.ts';

export interface NodeView {
  startedAt: Date;
  skewMs: number | undefined;
  outbox: Readonly<OutboxCounts>;
  outboxLimits: OutboxConfig;
  /** Newest first. */
  deadLetters: readonly DeadLetter[];
  isServerUp: boolean;
  /** When the first of the certificates ends that the node shows to its machines. */
  certificateExpiresAt: Date | undefined;
  /** What keeps the node as a whole from working. */
  problem: string | undefined;
  machines: {
    line: string;
    lineId: string | undefined;
    now: MachineNow;
    isConnected: boolean;
    clockOffset: ClockOffset | undefined;
    security: string;
    problem: string | undefined;
  }[];
  cameras: {
    cameraId: string;
    code: string;
    state: PipelineState;
    rejectedFiles: number;
    modelVersionId: string | undefined;
    /** A model that looks on and decides nothing. */
    shadowModelVersionId: string | undefined;
    problem: string | undefined;
  }[];
  gates: GateState[];
}

const packageFile = new URL('../package.json', import.meta.url);
const { version }: { version: string } = JSON.parse(readFileSync(packageFile, 'utf8'));
/** The most that the API takes of a sentence, and of a name. */
const SENTENCE = 500;
const NAME = 100;
const GATE_MODES = { active: 'ACTIVE', 'dry-run': 'DRY_RUN', off: 'OFF', 'no-gate': 'OFF' } as const;

const hardware = {
  hostname: cut(hostname(), NAME),
  system: cut(`${type()} ${release()} ${arch()}`, NAME),
  processor: cut(cpus()[0]?.model.trim() ?? null, NAME),
  cores: availableParallelism(),
  memoryBytes: totalmem(),
};

/** In the shape of the API's ReportNodeStatusInput. */
export function describeStatus(view: NodeView, now: Date): Record<string, unknown> {
  const { outbox } = view;
  return {
    sentAt: now.toISOString(),
    startedAt: view.startedAt.toISOString(),
    version,
    hardware,
    disk: { freeBytes: outbox.freeBytes, totalBytes: outbox.totalBytes },
    machineConnected: view.machines.length > 0 && view.machines.every(({ isConnected }) => isConnected),
    outboxResults: outbox.results,
    outboxImages: outbox.images,
    outboxImageBytes: outbox.imageBytes,
    outboxLimitShare: shareOfLimits(outbox, view.outboxLimits),
    oldestResultAt: outbox.oldestResultAt,
    sacrificedImages: outbox.sacrificedImages,
    sacrificedResults: outbox.sacrificedResults,
    deadLetters: outbox.deadLetters,
    deadLetterSamples: view.deadLetters.map(describeDeadLetter),
    certificateExpiresAt: view.certificateExpiresAt?.toISOString() ?? null,
    problem: cut(view.problem, SENTENCE),
    droppedFrames: view.cameras.reduce((sum, camera) => sum + uninspected(camera), 0),
    cameras: view.cameras.map(describeCamera),
    machines: view.machines.flatMap(({ lineId, now: machine, isConnected, clockOffset, security, problem }) => {
      if (lineId === undefined) return [];
      return [
        {
          lineId,
          ...machine,
          isConnected,
          clockOffsetMs: clockOffset?.offsetMs ?? null,
          clockUncertaintyMs: clockOffset?.uncertaintyMs ?? null,
          security,
          problem: cut(problem, SENTENCE),
        },
      ];
    }),
    gates: view.gates.map(({ mode, lastCommandAt, problem, ...gate }) => ({
      stationId: gate.stationId,
      mode: GATE_MODES[mode],
      isEnabled: gate.isEnabled,
      isTracking: gate.isTracking,
      confirmed: gate.confirmed,
      notConfirmed: gate.notConfirmed,
      unexpected: gate.unexpected,
      late: gate.late,
      lastCommandAt: lastCommandAt?.toISOString() ?? null,
      problem: cut(problem, SENTENCE),
    })),
  };
}

function describeCamera(camera: NodeView['cameras'][number]): Record<string, unknown> {
  const { cameraId, state, modelVersionId, shadowModelVersionId, problem } = camera;
  return {
    cameraId,
    framesTaken: state.framesTaken,
    droppedFrames: uninspected(camera),
    lastFrameAt: state.lastFrameAtMs === undefined ? null : new Date(state.lastFrameAtMs).toISOString(),
    modelVersionId: modelVersionId ?? null,
    shadowModelVersionId: shadowModelVersionId ?? null,
    p50LatencyMs: state.p50LatencyMs ?? null,
    p99LatencyMs: state.p99LatencyMs ?? null,
    problem: cut(problem, SENTENCE),
  };
}

function describeDeadLetter({ seq, kind, key, reason, field, value, at }: DeadLetter): Record<string, unknown> {
  return {
    id: String(seq),
    kind: kind.toUpperCase(),
    key: cut(key, SENTENCE),
    reason: cut(reason, SENTENCE),
    field: cut(field, SENTENCE),
    value: cut(value, SENTENCE),
    at,
  };
}

/** Images of which no inspection was made: broken ones, and those that were dropped for newer ones. */
function uninspected({ rejectedFiles, state }: NodeView['cameras'][number]): number {
  return rejectedFiles + state.droppedFrames;
}

function cut(text: string | null | undefined, length: number): string | null {
  return text?.slice(0, length).replaceAll('\u0000', '').toWellFormed() ?? null;
}
