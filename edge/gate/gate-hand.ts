/**
 * The gate's hand on the machine: the command and what belongs to it, the request for a stop, the heartbeat. It moves in mode
 * active only. A command that is no longer wanted is written false until the machine takes it, also one that an earlier node left.
 */
import type { GateConfig } from '../config/gate-config.ts';
import type { Machine } from '../devices/device.ts';
import type { Json } from '../pipeline/frame.ts';
import type { GateCommand } from './gate-types.ts';
import { steadyNow, wallAheadMs } from './steady-clock.ts';

export interface GateHand {
  command(isOn: boolean, command: GateCommand): void;
  stopLine(): void;
  /** The machine is connected (again). */
  connected(): void;
  /** What it cannot write, for people. */
  readonly problem: string | undefined;
  /** Resolves when no command stands any more, or the machine did not take that. */
  stop(): Promise<void>;
}

export interface GateHandOptions {
  gate: GateConfig;
  machine: Pick<Machine, 'isConnected' | 'onSample' | 'write' | 'clockOffset'>;
  /** The command was not taken, or was not given at all. */
  onFailed(command: GateCommand, reason: string): void;
  /** The machine took a write after so long. */
  onWritten(tookMs: number): void;
  warn(message: string): void;
}

/** Between two tries to take a command back. */
const RETRY_MS = 500;
/** Where a heartbeat that counts begins again: every integer type of 16 bits and more holds it. */
const HEARTBEAT_END = 32_768;
const HEARTBEAT_END_OF_BYTE = 128;

export function createGateHand({ gate, machine, onFailed, onWritten, warn }: GateHandOptions): GateHand {
  const isActive = gate.mode === 'active';
  const isAnnounced = gate.partNumberSignal !== undefined || gate.deadlineSignal !== undefined;
  const problems = new Map<string, string>();
  /** Whether the machine's command should be true now. */
  let isWanted = false;
  let isReleased = false;
  let onSinceMs = Number.NEGATIVE_INFINITY;
  let retry: NodeJS.Timeout | undefined;
  let isStopped = false;
  /** Whether the machine knows parts by a text. */
  let isNumberText = false;
  /** With an announcement before it, each write waits for the one before. */
  let line = Promise.resolve();
  const stopHeart = isActive ? startHeart() : undefined;
  const stopHearing =
    gate.partNumberSignal === undefined
      ? undefined
      : machine.onSample(gate.partNumberSignal, ({ value }) => {
          isNumberText = typeof value === 'string';
        });

  return {
    command(isOn, command) {
      if (!isActive) return;
      isWanted = isOn;
      if (isOn) isReleased = false;
      clearTimeout(retry);
      if (!isAnnounced) void (isOn ? give(command) : release());
      else line = line.then(() => (isOn ? announce(command) : hold()));
    },
    stopLine() {
      if (isActive && gate.lineStopSignal !== undefined) void write(gate.lineStopSignal, true);
    },
    connected() {
      // What could not be written on the connection before may be possible on this one.
      problems.clear();
      if (isActive && !isWanted) void release();
    },
    get problem() {
      return problems.size === 0 ? undefined : [...problems.values()].join('; ');
    },
    async stop() {
      isStopped = true;
      stopHeart?.();
      stopHearing?.();
      clearTimeout(retry);
      await line;
      if (isActive && !isReleased && machine.isConnected) await release();
    },
  };

  async function give(command: GateCommand): Promise<void> {
    onSinceMs = steadyNow();
    const reason = await write(gate.commandSignal, true);
    if (reason !== undefined) onFailed(command, reason);
  }

  /** For a controller that tracks parts itself: it must know the part before it sees the command. */
  async function announce(command: GateCommand): Promise<void> {
    const validUntilMs = command.validUntilMs + wallAheadMs() + (machine.clockOffset()?.offsetMs ?? 0);
    const said: [string | undefined, Json][] = [
      [gate.partNumberSignal, numberOf(command)],
      [gate.deadlineSignal, Math.round(validUntilMs)],
    ];
    const reasons = await Promise.all(
      said.map(([signal, value]) => (signal === undefined ? undefined : write(signal, value))),
    );
    const reason = reasons.find((each) => each !== undefined);
    if (reason !== undefined) return onFailed(command, reason);
    if (steadyNow() + gate.leadMs > command.validUntilMs) {
      return onFailed(command, 'the machine took the part number when it was too late for the command');
    }
    await give(command);
  }

  function numberOf({ counter, partId }: GateCommand): Json {
    return isNumberText ? (partId ?? String(counter ?? '')) : (counter ?? partId);
  }

  /** A command that waited for its announcement is as long as any other. */
  async function hold(): Promise<void> {
    const leftMs = onSinceMs + gate.pulseMs - steadyNow();
    if (leftMs > 0 && !isStopped) await new Promise<void>((resolve) => setTimeout(resolve, leftMs));
    await release();
  }

  async function release(): Promise<void> {
    const reason = await write(gate.commandSignal, false);
    if (isWanted) return;
    isReleased = reason === undefined;
    clearTimeout(retry);
    // One that is not connected is told at its next connection.
    if (!isReleased && !isStopped && machine.isConnected) {
      retry = setTimeout(() => {
        if (!isWanted && machine.isConnected) void release();
      }, RETRY_MS);
    }
  }

  /** Answers why the machine did not take it. */
  async function write(signal: string, value: Json): Promise<string | undefined> {
    try {
      const fromMs = steadyNow();
      await machine.write(signal, value, gate.writeMs);
      onWritten(steadyNow() - fromMs);
      problems.delete(signal);
      return undefined;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const problem = `${signal} cannot be written: ${reason}`;
      if (problems.get(signal) !== problem) warn(problem);
      problems.set(signal, problem);
      return reason;
    }
  }

  function startHeart(): (() => void) | undefined {
    const { heartbeatSignal } = gate;
    if (heartbeatSignal === undefined) return undefined;
    let beat = 0;
    let isNumber = false;
    let end = HEARTBEAT_END;
    const stopHearing = machine.onSample(heartbeatSignal, ({ value, type }) => {
      isNumber = typeof value === 'number';
      end = type === 'Byte' || type === 'SByte' ? HEARTBEAT_END_OF_BYTE : HEARTBEAT_END;
    });
    const timer = setInterval(() => {
      if (!machine.isConnected) return;
      beat = (beat + 1) % end;
      void write(heartbeatSignal, isNumber ? beat : beat % 2 === 1);
    }, gate.heartbeatMs);
    return () => {
      stopHearing();
      clearInterval(timer);
    };
  }
}
