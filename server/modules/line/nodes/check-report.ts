/** Whether the report of an edge node can be kept. */
import { machineCodes, machineNumbers } from '#schema/production-context.ts';
import { checkNumbers, checkTexts } from '../../../kit/check-factors.ts';
import {
  checkCount,
  checkQuantity,
  checkRange,
  checkText,
  MAGNITUDE,
  type Refusal,
} from '../../../kit/check-values.ts';
import { InvalidInputError } from '../../../kit/errors.ts';
import { checkSignals, type SignalLimits } from '../signals/signals.ts';
import type {
  CameraReportInput,
  DeadLetterInput,
  GateReportInput,
  MachineReportInput,
  NodeReportInput,
} from './node-report.ts';

export interface NodeReportLimits extends SignalLimits {
  /** Cameras, machines and gates of one node, each. */
  nodeParts: number;
  deadLetterSamples: number;
}

const COUNT_LIMIT = 2 ** 31 - 1;
const BYTES_LIMIT = 2 ** 53;
/** Longest sentence that is kept: a problem, or why something was refused. */
const SENTENCE_LENGTH = 500;

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
    checkOncePerLine(report.machines) ??
    checkGates(report.gates ?? [], limits) ??
    checkDeadLetters(report.deadLetterSamples ?? [], limits) ??
    checkComputer(report);
  if (refusal) throw new InvalidInputError(refusal.field, refusal.value, refusal.reason);
}

function checkCamera(path: string, camera: CameraReportInput): Refusal | undefined {
  return (
    checkRange(`${path}.framesTaken`, camera.framesTaken, 0, COUNT_LIMIT) ??
    checkNumber(`${path}.droppedFrames`, camera.droppedFrames, COUNT_LIMIT) ??
    checkQuantity(`${path}.p50LatencyMs`, camera.p50LatencyMs) ??
    checkQuantity(`${path}.p99LatencyMs`, camera.p99LatencyMs) ??
    checkText(`${path}.problem`, camera.problem, SENTENCE_LENGTH)
  );
}

function checkMachine(path: string, machine: MachineReportInput, limits: SignalLimits): Refusal | undefined {
  return (
    checkText(`${path}.state`, machine.state) ??
    checkText(`${path}.mode`, machine.mode) ??
    checkTexts(`${path}.`, machine, machineCodes) ??
    checkNumbers(`${path}.`, machine, machineNumbers) ??
    checkQuantity(`${path}.clockOffsetMs`, machine.clockOffsetMs) ??
    checkNumber(`${path}.clockUncertaintyMs`, machine.clockUncertaintyMs, MAGNITUDE) ??
    checkText(`${path}.security`, machine.security) ??
    checkText(`${path}.problem`, machine.problem, SENTENCE_LENGTH) ??
    checkSignals(`${path}.signals`, machine.signals, limits)
  );
}

function checkGates(gates: readonly GateReportInput[], limits: NodeReportLimits): Refusal | undefined {
  return (
    checkCount('input.gates', gates.length, limits.nodeParts) ??
    first(gates, (gate, index) => {
      const path = `input.gates[${index}]`;
      return (
        checkNumber(`${path}.confirmed`, gate.confirmed, COUNT_LIMIT) ??
        checkNumber(`${path}.notConfirmed`, gate.notConfirmed, COUNT_LIMIT) ??
        checkNumber(`${path}.unexpected`, gate.unexpected, COUNT_LIMIT) ??
        checkNumber(`${path}.late`, gate.late, COUNT_LIMIT) ??
        checkText(`${path}.problem`, gate.problem, SENTENCE_LENGTH)
      );
    })
  );
}

function checkDeadLetters(letters: readonly DeadLetterInput[], limits: NodeReportLimits): Refusal | undefined {
  return (
    checkCount('input.deadLetterSamples', letters.length, limits.deadLetterSamples) ??
    first(letters, ({ id, key, field, value, reason }, index) => {
      const path = `input.deadLetterSamples[${index}]`;
      return (
        checkText(`${path}.id`, id) ??
        checkText(`${path}.key`, key, SENTENCE_LENGTH) ??
        checkText(`${path}.field`, field, SENTENCE_LENGTH) ??
        checkText(`${path}.value`, value, SENTENCE_LENGTH) ??
        checkText(`${path}.reason`, reason, SENTENCE_LENGTH)
      );
    })
  );
}

function checkComputer(report: NodeReportInput): Refusal | undefined {
  const { hardware, disk } = report;
  return (
    checkNumber('input.outboxImageBytes', report.outboxImageBytes, BYTES_LIMIT) ??
    checkNumber('input.outboxLimitShare', report.outboxLimitShare, 1) ??
    checkNumber('input.sacrificedImages', report.sacrificedImages, COUNT_LIMIT) ??
    checkNumber('input.sacrificedResults', report.sacrificedResults, COUNT_LIMIT) ??
    checkText('input.problem', report.problem, SENTENCE_LENGTH) ??
    checkNumber('input.disk.freeBytes', disk?.freeBytes, BYTES_LIMIT) ??
    checkNumber('input.disk.totalBytes', disk?.totalBytes, BYTES_LIMIT) ??
    checkText('input.hardware.hostname', hardware?.hostname, 253) ??
    checkText('input.hardware.system', hardware?.system) ??
    checkText('input.hardware.processor', hardware?.processor) ??
    checkNumber('input.hardware.cores', hardware?.cores, COUNT_LIMIT) ??
    checkNumber('input.hardware.memoryBytes', hardware?.memoryBytes, BYTES_LIMIT)
  );
}

/** A number from 0 on that may be missing. */
function checkNumber(field: string, value: number | null | undefined, high: number): Refusal | undefined {
  return value === null || value === undefined ? undefined : checkRange(field, value, 0, high);
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
