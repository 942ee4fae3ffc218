/** The machine of a line over OPC UA: values are heard by subscription, kept with their source times and joined by capture time. */
import { type MachineConfig, signalNames } from '../config/machine-config.ts';
import type { Logger } from '../log.ts';
import type { Json } from '../pipeline/frame.ts';
import { createBell, pause, waitFor } from '../wait.ts';
import type { Machine, SignalSample } from './device.ts';
import { type ClockSetting, createMachineClock } from './machine-clock.ts';
import { contextOf, fitsName, statusOf } from './machine-context.ts';
import { createMachineJoin, type Instant } from './machine-join.ts';
import { createNodeClock } from './node-clock.ts';
import { connectOpcua, type OpcuaConnection } from './opcua-connection.ts';
import type { OpcuaReading } from './opcua-value.ts';
import { packmlName } from './packml-names.ts';

const RETRY_MIN_MS = 200;
const RETRY_MAX_MS = 5_000;
/** Time of a notification on its way, beyond sampling and publishing. */
const TRAVEL_MS = 30;
/** A machine that is late now and then is waited for: what it has not told makes a context unsure. */
const LEAST_JOIN_MS = 500;
/** However slowly a server publishes, an image does not wait longer for its context. */
const LONGEST_JOIN_MS = 3_000;
const CLOCK_READ_MS = 2_000;

export interface OpcuaMachine extends Machine {
  /** Why there is no connection, or what of the configuration it cannot give; undefined when all is well. */
  readonly problem: string | undefined;
  /** How the connection is kept from others, e.g. `Basic256Sha256 SignAndEncrypt`. */
  readonly security: string;
}

export type MachineEvent =
  | { kind: 'connected' }
  | { kind: 'disconnected'; reason: string }
  | { kind: 'clock-set'; whose: ClockSetting['whose']; stepMs: number };

/** Connects in the background and goes on trying for as long as it lives. */
export function createOpcuaMachine(
  config: MachineConfig,
  pkiFolder: string,
  log: Logger,
  tell: (event: MachineEvent) => void = () => {},
): OpcuaMachine {
  const stopping = new AbortController();
  const node = createNodeClock();
  const join = createMachineJoin(config);
  const clock = createMachineClock(node, clockWasSet);
  const changed = new Set<() => void>();
  const listeners = new Map<string, Set<(sample: SignalSample) => void>>(
    signalNames(config).map((name) => [name, new Set()]),
  );
  const clockSteps = new Set<(stepMs: number) => void>();
  const published = createBell();
  const security = config.security ?? { mode: 'None', policy: 'None' };
  let connection: OpcuaConnection | undefined;
  let problem: string | undefined = 'not connected yet';
  const work = supervise();

  return {
    get isConnected() {
      return join.contact.isOpen;
    },
    get problem() {
      return problem;
    },
    security: security.mode === 'None' ? 'None' : `${security.policy} ${security.mode}`,
    async contextAt(instantMs) {
      // From now, not from the capture: however far ahead the capture's clock is, the wait is bounded.
      const untilMs = node.steadyNow() + joinMs();
      clock.look();
      let instant = instantOf(instantMs);
      while (join.contact.isOpen && !(clock.isSure && join.isTold(instant)) && !stopping.signal.aborted) {
        const leftMs = untilMs - node.steadyNow();
        if (leftMs <= 0) break;
        await published.next(stopping.signal, leftMs);
        instant = instantOf(instantMs);
      }
      return contextOf(join.at({ ...instant, isAmbiguous: instant.isAmbiguous || !clock.isSure }));
    },
    now: () => statusOf(join.now(instantOf(Date.now()))),
    onChange: (listener) => changed.add(listener),
    onSample(signal, listener) {
      const mapped = listeners.get(signal);
      if (!mapped) throw new Error(`machine of ${config.line}: no signal ${signal} is mapped; add it to signals`);
      mapped.add(listener);
      return () => mapped.delete(listener);
    },
    async write(signal, value, limitMs) {
      if (!connection) throw new Error(`${signal} is not written: the machine is not connected`);
      const late = new AbortController();
      const writing = connection.write(signal, value);
      writing.finally(() => late.abort()).catch(() => {});
      await waitFor(writing, late.signal, limitMs);
      if (!late.signal.aborted) throw new Error(`${signal} is not written: no answer within ${limitMs} ms`);
      await writing;
    },
    clockOffset: clock.offset,
    nodeOf: (signal) => connection?.nodes.get(signal)?.toString(),
    granted(signal) {
      const subscription = config.signals[signal]?.fast ? connection?.fast : connection?.slow;
      return subscription && { publishingMs: subscription.publishingMs, samplingMs: subscription.samplingMs };
    },
    onClockStep(listener) {
      clockSteps.add(listener);
      return () => clockSteps.delete(listener);
    },
    async stop() {
      stopping.abort();
      await work;
    },
  };

  function instantOf(wallMs: number): Instant {
    const { steadyMs, isAmbiguous } = node.steadyAt(wallMs);
    return { steadyMs, isAmbiguous, ...clock.at(steadyMs) };
  }

  /** The longest a change takes from the machine to here, as the server has granted it. */
  function joinMs(): number {
    const { slow, fast } = connection ?? {};
    const kindMs = [slow, fast].map((kind) => (kind ? 3 * kind.samplingMs + 2 * kind.messageMs : 0));
    const wantedMs = Math.max(...kindMs) + clock.at(0).uncertaintyMs * 2 + TRAVEL_MS;
    return Math.min(LONGEST_JOIN_MS, Math.max(LEAST_JOIN_MS, wantedMs));
  }

  function record(name: string, reading: OpcuaReading): void {
    const steadyMs = node.steadyNow();
    const { machineMs, uncertaintyMs } = clock.at(steadyMs);
    const value = typeof reading.value === 'number' ? named(name, reading.value) : reading.value;
    const isFit = fitsName({ name, value });
    const quality = isFit ? reading.quality : 'BAD';
    const status = isFit ? reading.status : `${JSON.stringify(value)} does not fit ${name}`;
    const sourceMs = reading.sourceMs ?? machineMs;
    join.record(name, {
      sourceMs,
      receivedMs: steadyMs,
      latestMs: machineMs + uncertaintyMs,
      value,
      quality,
      isAfterLoss: reading.isAfterLoss,
    });
    join.contact.heard(steadyMs);
    const sample = { value, quality, sourceMs, receivedMs: Date.now(), type: reading.type, status };
    for (const listener of listeners.get(name) ?? []) listener(sample);
    if (name === 'machineState') announce();
  }

  function named(name: string, value: number): Json {
    return config.signals[name]?.values?.[String(value)] ?? packmlName(name, value) ?? value;
  }

  function clockWasSet({ whose, stepMs, sinceMs }: ClockSetting): void {
    if (whose === 'machine') join.shift(stepMs, sinceMs, (steadyMs) => clock.at(steadyMs).machineMs);
    const seconds = (stepMs / 1_000).toFixed(3);
    log.warn({ line: config.line }, `the clock of the ${whose} was set by ${seconds} s; images keep their context`);
    tell({ kind: 'clock-set', whose, stepMs });
    if (whose === 'machine') for (const listener of clockSteps) listener(stepMs);
  }

  function announce(): void {
    for (const listener of changed) listener();
  }

  async function supervise(): Promise<void> {
    if (security.mode === 'None' && !isLoopback(config.endpoint)) {
      const remedy = 'give mode and policy in security';
      log.warn(
        { line: config.line },
        `machine ${config.endpoint}: anybody on the way can read and change it; ${remedy}`,
      );
    }
    let retryMs = RETRY_MIN_MS;
    while (!stopping.signal.aborted) {
      const reason = await stayConnected(() => {
        retryMs = RETRY_MIN_MS;
      });
      if (stopping.signal.aborted) break;
      // One line for each new reason, however often it is tried again.
      if (reason !== problem) log.warn({ line: config.line }, `machine ${config.endpoint}: ${reason}; trying again`);
      problem = reason;
      await pause(retryMs, stopping.signal);
      retryMs = Math.min(retryMs * 2, RETRY_MAX_MS);
    }
  }

  /** One connection from start to end; answers why it ended. */
  async function stayConnected(onOpen: () => void): Promise<string> {
    const ending = new AbortController();
    let lastAliveMs = node.steadyNow();
    try {
      const opened = await connectOpcua(config, pkiFolder, {
        value: record,
        unit: join.setUnit,
        published(kind, publishedMs) {
          lastAliveMs = node.steadyNow();
          join.contact.heard(lastAliveMs);
          if (publishedMs !== undefined) clock.heard(publishedMs);
          join.published(kind, publishedMs ?? clock.at(lastAliveMs).machineMs - TRAVEL_MS);
          published.ring();
        },
      });
      const following = clock.follow(() => opened.readClock(CLOCK_READ_MS), ending.signal);
      connection = opened;
      join.opened({ slow: opened.slow.samplingMs, fast: opened.fast.samplingMs });
      join.contact.opened(node.steadyNow());
      onOpen();
      log.info({ line: config.line }, `machine ${config.endpoint}: connected`);
      const looking = lookForMissing(opened, ending.signal);
      tell({ kind: 'connected' });
      announce();
      const reason = await endOf(opened, () => node.steadyNow() - lastAliveMs);
      connection = undefined;
      ending.abort();
      join.contact.lost();
      published.ring();
      tell({ kind: 'disconnected', reason });
      announce();
      await opened.close();
      await Promise.all([following, looking]);
      return reason;
    } catch (error) {
      return error instanceof Error ? (error.message.split('\n')[0] ?? 'unknown') : String(error);
    }
  }

  /** Tells what is missing, and looks for it again: a controller may still be loading its program. */
  async function lookForMissing(opened: OpcuaConnection, signal: AbortSignal): Promise<void> {
    let told = '';
    while (!signal.aborted) {
      const list = [...opened.missing].map(([name, reason]) => `${name} (${reason})`).join(', ');
      problem = list === '' ? undefined : `does not give ${list}`;
      if (list !== '' && list !== told) log.error({ line: config.line }, `machine ${config.endpoint}: ${problem}`);
      told = list;
      if (list === '') return;
      await pause(config.retryPathsMs, signal);
      if (signal.aborted) return;
      const found = await opened.retry().catch(() => []);
      if (found.length === 0) continue;
      join.opened({ slow: opened.slow.samplingMs, fast: opened.fast.samplingMs });
      log.info({ line: config.line }, `machine ${config.endpoint}: now gives ${found.join(', ')}`);
    }
  }

  async function endOf(opened: OpcuaConnection, silenceMs: () => number): Promise<string> {
    let reason: string | undefined;
    const lost = opened.lost.then((why) => {
      reason = why;
    });
    while (reason === undefined && !stopping.signal.aborted) {
      await waitFor(lost, stopping.signal, config.staleAfterMs / 2);
      const silentMs = Math.round(silenceMs());
      if (silentMs > 2 * config.staleAfterMs) reason ??= `no sign of life for ${silentMs} ms`;
    }
    return reason ?? 'the node stops';
  }
}

function isLoopback(endpoint: string): boolean {
  const { hostname } = new URL(endpoint.replace('opc.tcp:', 'http:'));
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}
