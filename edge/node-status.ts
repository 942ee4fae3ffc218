/** What a node tells of itself: to the server once a second and to whoever reads its metrics. */
import { readFileSync } from 'node:fs';
import type { MachineNow } from './devices/device.ts';
import type { PipelineState } from './pipeline/pipeline.ts';
import type { OutboxCounts } from './uplink/outbox-messages.ts';

export interface NodeView {
  startedAt: Date;
  skewMs: number | undefined;
  outbox: Readonly<OutboxCounts>;
  isServerUp: boolean;
  machines: { lineId: string | undefined; now: MachineNow; isConnected: boolean }[];
  cameras: {
    cameraId: string;
    code: string;
    state: PipelineState;
    rejectedFiles: number;
    modelVersionId: string | undefined;
    problem: string | undefined;
  }[];
}

const packageFile = new URL('../package.json', import.meta.url);
const { version }: { version: string } = JSON.parse(readFileSync(packageFile, 'utf8'));

/** In the shape of the API's ReportNodeStatusInput. */
export function describeStatus(view: NodeView, now: Date): Record<string, unknown> {
  return {
    sentAt: now.toISOString(),
    startedAt: view.startedAt.toISOString(),
    version,
    machineConnected: view.machines.length > 0 && view.machines.every(({ isConnected }) => isConnected),
    outboxResults: view.outbox.results,
    outboxImages: view.outbox.images,
    deadLetters: view.outbox.deadLetters,
    droppedFrames: view.cameras.reduce((sum, { rejectedFiles }) => sum + rejectedFiles, 0),
    cameras: view.cameras.map(({ cameraId, state, modelVersionId, problem }) => ({
      cameraId,
      framesTaken: state.framesTaken,
      lastFrameAt: state.lastFrameAtMs === undefined ? null : new Date(state.lastFrameAtMs).toISOString(),
      modelVersionId: modelVersionId ?? null,
      p50LatencyMs: state.p50LatencyMs ?? null,
      problem: problem?.slice(0, 500) ?? null,
    })),
    machines: view.machines.flatMap(({ lineId, now: machine }) => (lineId ? [{ lineId, ...machine }] : [])),
  };
}
