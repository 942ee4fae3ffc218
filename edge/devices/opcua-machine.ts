/** The machine of a line over OPC UA: values are heard by subscription, kept with their source times and joined by capture time. */
import { type MachineConfig, signalNames } from '../config/machine-config.ts';
import type { Logger } from '../log.ts';
import type { Json } from '../pipeline/frame.ts';
import { createBell, pause, waitFor } from '../wait.ts';
import type { Machine, SignalSample } from './device.ts';
import { type ClockSetting, createMachineClock } from './machine-clock.ts';
import { contextOf, inTypeOf, statusOf, whyUnfit } from './machine-context.ts';
import { createMachineJoin, type Instant } from './machine-join.ts';
import { createNodeClock } from './node-clock.ts';
import { connectOpcua, type OpcuaConnection } from './opcua-connection.ts';
import { intervalTroubles } from './opcua-intervals.ts';
import type { OpcuaReading } from './opcua-value.ts';
import { packmlName } from './packml-names.ts';
import { createSignalCare } from './signal-care.ts';
import { createStampDoubts } from './stamp-doubts.ts';

const RETRY_MIN_MS = 200;
const RETRY_MAX_MS = 5_000;
/** Time of a notification on its way, beyond sampling and publishing. */
const TRAVEL_MS = 30;
/** A machine that is late now and then is waited for: what it has not told makes a context unsure. */
const LEAST_JOIN_MS = 500;
/** However slowly a server publishes, an image does not wait longer for its context. */
const LONGEST_JOIN_MS = 3_000;
const CLOCK_READ_MS = 2_000;
/** A server that publishes more slowly than asked is not silent. */
const MESSAGES_MISSED = 3;
/** Between two looks at the signals. */
const CARE_MS = 250;

export interface OpcuaMachine extends Machine {
  /** Why there is no connection, or what of the configuration it cannot give; undefined when all is well. */
  readonly problem: string | undefined;
  /** How the connection is kept from others, e.g. `Basic256Sha256 SignAndEncrypt`. */
  readonly security: string;
}

export type MachineEvent =
  | { kind: 'connected' }
  | { kind: 'disconnected'; reason: string }
  | { kind: 'clock-set'; whose: ClockSetting['whose']; stepMs: number }
  /** The stamps of a signal cannot be right: its values count from their arrival. */
  | { kind: 'context-unsure'; signal: string; byMs: number };

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
  const clock = createMachineClock(node, clockWasSet, clockWasRead);
  const care = createSignalCare(config);
  const stampDoubts = createStampDoubts((signal) => join.unsureByMs(signal));
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
      await connection.write(signal, value, limitMs);
    },
    clockOffset: clock.offset,
    nodeOf: (signal) => connection?.nodes.get(signal)?.toString(),
    granted: (signal) => connection?.grantedTo(signal),
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
    const kinds = connection ? [connection.granted('slow'), connection.granted('fast')] : [];
    const kindMs = kinds.map(({ samplingMs, messageMs }) => 3 * samplingMs + 2 * messageMs);
    const wantedMs = Math.max(0, ...kindMs) + clock.at(0).uncertaintyMs * 2 + TRAVEL_MS;
    return Math.min(LONGEST_JOIN_MS, Math.max(LEAST_JOIN_MS, wantedMs));
  }

  function record(name: string, reading: OpcuaReading, isFirst: boolean): void {
    const steadyMs = node.steadyNow();
    const { machineMs, uncertaintyMs } = clock.at(steadyMs);
    const value = inTypeOf(name, typeof reading.value === 'number' ? named(name, reading.value) : reading.value);
    const unfit = reading.quality === 'BAD' ? undefined : whyUnfit(name, value);
    const quality = unfit === undefined ? reading.quality : 'BAD';
    const status = unfit ?? reading.status;
    const sourceMs = reading.sourceMs ?? machineMs;
    join.record(name, {
      sourceMs,
      receivedMs: steadyMs,
      latestMs: machineMs + uncertaintyMs,
      value,
      quality,
      isAfterLoss: reading.isAfterLoss,
      isFirst,
    });
    if (stampDoubts.heard(name)) clock.doubt();
    join.contact.heard(steadyMs);
    care.heard(name, { quality, status, isUnfit: reading.isUnfit || unfit !== undefined }, steadyMs);
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

  /** Only now it is known whether somebody has set the clock by which a stamp cannot be right. */
  function clockWasRead(): void {
    for (const [signal, byMs] of stampDoubts.wasRead()) tell({ kind: 'context-unsure', signal, byMs });
    if (stampDoubts.isWaiting) clock.doubt();
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
    // Of two subscriptions either can fall silent.
    const aliveMs = { slow: node.steadyNow(), fast: node.steadyNow() };
    try {
      const opened = await connectOpcua(config, pkiFolder, {
        value: record,
        unit: join.setUnit,
        clock: clock.add,
        published(kind, publishedMs) {
          const steadyMs = node.steadyNow();
          aliveMs[kind] = steadyMs;
          join.contact.heard(steadyMs);
          if (publishedMs !== undefined) clock.heard(publishedMs);
          join.published(kind, publishedMs ?? clock.at(steadyMs).machineMs - TRAVEL_MS, steadyMs);
          published.ring();
        },
      });
      const following = clock.follow(() => opened.readClock(CLOCK_READ_MS), ending.signal);
      connection = opened;
      join.opened(samplingOf(opened));
      join.contact.opened(node.steadyNow());
      onOpen();
      log.info({ line: config.line }, `machine ${config.endpoint}: connected`);
      const caring = careForSignals(opened, ending.signal);
      tell({ kind: 'connected' });
      announce();
      const reason = await endOf(opened, () => node.steadyNow() - Math.min(aliveMs.slow, aliveMs.fast));
      connection = undefined;
      ending.abort();
      join.contact.lost();
      published.ring();
      tell({ kind: 'disconnected', reason });
      announce();
      await opened.close();
      await Promise.all([following, caring]);
      return reason;
    } catch (error) {
      return error instanceof Error ? (error.message.split('\n')[0] ?? 'unknown') : String(error);
    }
  }

  /** Tells what is not as it should be, and looks anew for what is missing or bad: a controller may be loading its program. */
  async function careForSignals(opened: OpcuaConnection, signal: AbortSignal): Promise<void> {
    let told = '';
    while (!signal.aborted) {
      const due = care.due(opened.missing, node.steadyNow());
      const troubles = [
        ...care.troubles(opened.missing, node.steadyNow()),
        ...stampDoubts.troubles(),
        ...intervalTroubles(config, opened),
      ];
      problem = troubles.length === 0 ? undefined : troubles.join('; ');
      if (problem !== undefined && problem !== told)
        log.error({ line: config.line }, `machine ${config.endpoint}: ${problem}`);
      told = problem ?? '';
      const found = due.length === 0 ? [] : await opened.renew(due).catch(() => []);
      if (due.length > 0) join.opened(samplingOf(opened));
      if (found.length > 0)
        log.info({ line: config.line }, `machine ${config.endpoint}: now gives ${found.join(', ')}`);
      await pause(Math.min(CARE_MS, config.retryPathsMs), signal);
    }
  }

  async function endOf(opened: OpcuaConnection, silenceMs: () => number): Promise<string> {
    let reason: string | undefined;
    const longestMs = Math.max(
      2 * config.staleAfterMs,
      MESSAGES_MISSED * Math.max(opened.granted('slow').messageMs, opened.granted('fast').messageMs),
    );
    const lost = opened.lost.then((why) => {
      reason = why;
    });
    while (reason === undefined && !stopping.signal.aborted) {
      await waitFor(lost, stopping.signal, config.staleAfterMs / 2);
      const silentMs = Math.round(silenceMs());
      if (silentMs > longestMs) reason ??= `no sign of life for ${silentMs} ms`;
    }
    return reason ?? 'the node stops';
  }
}

function samplingOf({ granted }: OpcuaConnection) {
  return { slow: granted('slow').samplingMs, fast: granted('fast').samplingMs };
}

function isLoopback(endpoint: string): boolean {
  const { hostname } = new URL(endpoint.replace('opc.tcp:', 'http:'));
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}
