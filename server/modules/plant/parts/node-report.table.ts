/**
 * What a node last said of itself, as it is stored (`edge_node.status`): keys for ids, times as ISO text, counters since the node's start.
 * What is optional is missing in what older nodes have reported.
 */

export interface CameraReport {
  cameraId: string;
  framesTaken: number;
  lastFrameAt: string | null;
  modelVersionId: string | null;
  p50LatencyMs: number | null;
  problem: string | null;
  shadowModelVersionId?: string | null;
  droppedFrames?: number | null;
  p99LatencyMs?: number | null;
}

/** The connection to the machine of a line; what the machine says is in `machine_status`. */
export interface MachineReport {
  lineId: string;
  isConnected: boolean | null;
  /** The machine's clock minus the node's. */
  clockOffsetMs: number | null;
  clockUncertaintyMs: number | null;
  /** Policy and mode, such as `Basic256Sha256 SignAndEncrypt`. */
  security: string | null;
  problem: string | null;
}

export type GateMode = 'active' | 'dry_run' | 'off';

export interface GateReport {
  stationId: string;
  mode: GateMode;
  isEnabled: boolean | null;
  isTracking: boolean | null;
  confirmed: number | null;
  notConfirmed: number | null;
  unexpected: number | null;
  late: number | null;
  lastCommandAt: string | null;
  problem: string | null;
}

export type DeadLetterKind = 'result' | 'image' | 'event' | 'counts' | 'revision';

/** One thing that the server refused. */
export interface DeadLetter {
  /** The node's own name for it. */
  id: string;
  kind: DeadLetterKind;
  key: string | null;
  reason: string | null;
  field: string | null;
  value: string | null;
  at: string | null;
}

export interface NodeHardware {
  hostname: string | null;
  system: string | null;
  processor: string | null;
  cores: number | null;
  memoryBytes: number | null;
}

export interface NodeDisk {
  freeBytes: number;
  totalBytes: number;
}

export interface NodeReport {
  version: string;
  startedAt: string;
  outboxResults: number;
  outboxImages: number;
  deadLetters: number;
  droppedFrames: number;
  machineConnected: boolean;
  cameras: CameraReport[];
  machines?: MachineReport[];
  gates?: GateReport[];
  hardware?: NodeHardware | null;
  disk?: NodeDisk | null;
  outboxImageBytes?: number | null;
  /** 0 to 1, the fuller of results and image bytes. */
  outboxLimitShare?: number | null;
  oldestResultAt?: string | null;
  sacrificedImages?: number | null;
  sacrificedResults?: number | null;
  /** The newest ones, newest first. */
  deadLetterSamples?: DeadLetter[];
  certificateExpiresAt?: string | null;
  problem?: string | null;
}
