/** What an edge node reports once a second, as the API has coerced it. */
import type { MachineInput } from '#schema/production-context.ts';
import type { DeadLetterKind, GateMode } from '../../plant/parts/node-report.table.ts';
import type { SignalInput } from '../signals/signals.ts';
import type { SignalQuality } from '../signals/stored-signal.ts';

type Maybe<T> = T | null | undefined;

export interface CameraReportInput {
  cameraId: string;
  framesTaken: number;
  lastFrameAt?: Maybe<Date>;
  modelVersionId?: Maybe<string>;
  p50LatencyMs?: Maybe<number>;
  problem?: Maybe<string>;
  shadowModelVersionId?: Maybe<string>;
  droppedFrames?: Maybe<number>;
  p99LatencyMs?: Maybe<number>;
}

export interface MachineReportInput extends Omit<MachineInput, 'machineState' | 'machineMode'> {
  lineId: string;
  quality: SignalQuality;
  state?: Maybe<string>;
  mode?: Maybe<string>;
  sourceTime?: Maybe<Date>;
  signals: readonly SignalInput[];
  isConnected?: Maybe<boolean>;
  clockOffsetMs?: Maybe<number>;
  clockUncertaintyMs?: Maybe<number>;
  security?: Maybe<string>;
  problem?: Maybe<string>;
}

export interface GateReportInput {
  stationId: string;
  mode: GateMode;
  isEnabled?: Maybe<boolean>;
  isTracking?: Maybe<boolean>;
  confirmed?: Maybe<number>;
  notConfirmed?: Maybe<number>;
  unexpected?: Maybe<number>;
  late?: Maybe<number>;
  lastCommandAt?: Maybe<Date>;
  problem?: Maybe<string>;
}

export interface DeadLetterInput {
  id: string;
  kind: DeadLetterKind;
  key?: Maybe<string>;
  reason?: Maybe<string>;
  field?: Maybe<string>;
  value?: Maybe<string>;
  at?: Maybe<Date>;
}

export interface NodeHardwareInput {
  hostname?: Maybe<string>;
  system?: Maybe<string>;
  processor?: Maybe<string>;
  cores?: Maybe<number>;
  memoryBytes?: Maybe<number>;
}

export interface NodeReportInput {
  sentAt: Date;
  startedAt: Date;
  version: string;
  machineConnected: boolean;
  outboxResults: number;
  outboxImages: number;
  deadLetters: number;
  droppedFrames: number;
  cameras: readonly CameraReportInput[];
  machines: readonly MachineReportInput[];
  gates?: Maybe<readonly GateReportInput[]>;
  hardware?: Maybe<NodeHardwareInput>;
  disk?: Maybe<{ freeBytes: number; totalBytes: number }>;
  outboxImageBytes?: Maybe<number>;
  outboxLimitShare?: Maybe<number>;
  oldestResultAt?: Maybe<Date>;
  sacrificedImages?: Maybe<number>;
  sacrificedResults?: Maybe<number>;
  deadLetterSamples?: Maybe<readonly DeadLetterInput[]>;
  certificateExpiresAt?: Maybe<Date>;
  problem?: Maybe<string>;
}
