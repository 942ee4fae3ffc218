/** What an edge node reports once a second, and whether it can be kept. */
import { checkCount, checkQuantity, checkRange, checkText, type Refusal } from '../../kit/check-values.ts';
import { InvalidInputError } from '../../kit/errors.ts';
import type { SignalQuality } from './machines.table.ts';
import { checkSignals, type SignalInput, type SignalLimits } from './signals.ts';

type Maybe<T> = T | null | undefined;

export interface CameraReportInput {
  cameraId: string;
  framesTaken: number;
  lastFrameAt?: Maybe<Date>;
  modelVersionId?: Maybe<string>;
  p50LatencyMs?: Maybe<number>;
  problem?: Maybe<string>;
}

export interface MachineReportInput {
  lineId: string;
  quality: SignalQuality;
  state?: Maybe<string>;
  mode?: Maybe<string>;
  speedPerMin?: Maybe<number>;
  productCode?: Maybe<string>;
  recipeCode?: Maybe<string>;
  batchCode?: Maybe<string>;
  jobCode?: Maybe<string>;
  temperatureC?: Maybe<number>;
  humidityPercent?: Maybe<number>;
  sourceTime?: Maybe<Date>;
  signals: readonly SignalInput[];
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
}

export interface NodeReportLimits extends SignalLimits {
  /** Cameras, and machines, of one node. */
  nodeParts: number;
}

const COUNT_LIMIT = 2 ** 31 - 1;

/** Throws `InvalidInputError` for the first thing that cannot be kept. */
export function checkReport(report: NodeReportInput, limits: NodeReportLimits): void {
  const refusal =
    checkText('input.version', report.version) ??
    checkRange('input.outboxResults', report.outboxResults, 0, COUNT_LIMIT) ??
    checkRange('input.outboxImages', report.outboxImages, 0, COUNT_LIMIT) ??
    checkRange('input.deadLetters', report.deadLetters, 0, COUNT_LIMIT) ??
    checkRange('input.droppedFrames', report.droppedFrames, 0, COUNT_LIMIT) ??
    checkCount('input.cameras', report.cameras.length, limits.nodeParts) ??
    checkCount('input.machines', report.machines.length, limits.nodeParts) ??
    first(report.cameras, (camera, index) => checkCamera(`input.cameras[${index}]`, camera)) ??
    first(report.machines, (machine, index) => checkMachine(`input.machines[${index}]`, machine, limits)) ??
    checkOncePerLine(report.machines);
  if (refusal) throw new InvalidInputError(refusal.field, refusal.value, refusal.reason);
}

function checkCamera(path: string, camera: CameraReportInput): Refusal | undefined {
  return (
    checkRange(`${path}.framesTaken`, camera.framesTaken, 0, COUNT_LIMIT) ??
    checkQuantity(`${path}.p50LatencyMs`, camera.p50LatencyMs) ??
    checkText(`${path}.problem`, camera.problem, 500)
  );
}

function checkMachine(path: string, machine: MachineReportInput, limits: SignalLimits): Refusal | undefined {
  return (
    checkText(`${path}.state`, machine.state) ??
    checkText(`${path}.mode`, machine.mode) ??
    checkText(`${path}.productCode`, machine.productCode) ??
    checkText(`${path}.recipeCode`, machine.recipeCode) ??
    checkText(`${path}.batchCode`, machine.batchCode) ??
    checkText(`${path}.jobCode`, machine.jobCode) ??
    checkQuantity(`${path}.speedPerMin`, machine.speedPerMin) ??
    checkQuantity(`${path}.temperatureC`, machine.temperatureC) ??
    checkQuantity(`${path}.humidityPercent`, machine.humidityPercent) ??
    checkSignals(`${path}.signals`, machine.signals, limits)
  );
}

function checkOncePerLine(machines: readonly MachineReportInput[]): Refusal | undefined {
  const index = machines.findIndex((machine, at) => machines.findIndex(({ lineId }) => lineId === machine.lineId) < at);
  if (index < 0) return undefined;
  const reason = 'is named twice; report each line once';
  return { field: `input.machines[${index}].lineId`, value: machines[index]?.lineId ?? null, reason };
}

function first<T>(items: readonly T[], check: (item: T, index: number) => Refusal | undefined): Refusal | undefined {
  for (const [index, item] of items.entries()) {
    const refusal = check(item, index);
    if (refusal) return refusal;
  }
  return undefined;
}
