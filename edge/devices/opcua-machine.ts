/** The machine of a line over OPC UA: values are heard by subscription, kept with their source times and joined by capture time. */
import type { MachineConfig } from '../config.ts';
import type { Logger } from '../log.ts';
import type { Json, SignalAtInstant } from '../pipeline/frame.ts';
import { pause, waitFor } from '../wait.ts';
import { createContactLog } from './contact-log.ts';
import type { Machine } from './device.ts';
import { contextOf, fitsName, statusOf } from './machine-context.ts';
import { connectOpcua } from './opcua-connection.ts';
import type { OpcuaReading } from './opcua-value.ts';
import { packmlName } from './packml-names.ts';
import { createSignalHistory, type SignalHistory } from './signal-history.ts';

const RETRY_MIN_MS = 200;
const RETRY_MAX_MS = 5_000;
/** Time of a notification on its way, beyond sampling and publishing. */
const TRAVEL_MS = 30;

/** Connects in the background and goes on trying for as long as it lives. */
export function createOpcuaMachine(config: MachineConfig, pkiFolder: string, log: Logger): Machine {
  const stopping = new AbortController();
  const contact = createContactLog(config.staleAfterMs);
  const listeners = new Set<() => void>();
  const histories = new Map<string, SignalHistory>(
    Object.keys(config.signals).map((name) => [
      name,
      createSignalHistory({ maxEntries: config.historyEntries, maxAgeMs: config.historyMs }),
    ]),
  );
  const settleMs = config.publishingIntervalMs + config.samplingIntervalMs + TRAVEL_MS;
  const work = supervise();

  return {
    get isConnected() {
      return contact.isOpen;
    },
    async contextAt(instantMs) {
      // Never longer than a change takes to arrive, however far ahead the capture's clock is.
      const waitMs = Math.min(settleMs, instantMs + settleMs - Date.now());
      if (waitMs > 0 && contact.isOpen) await pause(waitMs, stopping.signal);
      return contextOf(signalsAt(instantMs));
    },
    now: () => statusOf(signalsAt(Date.now())),
    onChange: (listener) => listeners.add(listener),
    async stop() {
      stopping.abort();
      await work;
    },
  };

  function signalsAt(instantMs: number): SignalAtInstant[] {
    return [...histories].map(([name, history]): SignalAtInstant => {
      const unit = config.signals[name]?.unit ?? null;
      const sample = history.at(instantMs);
      if (!sample) return { name, value: null, unit, quality: 'BAD', sourceTime: null };

      const { value, sourceMs, confirmedMs } = sample;
      const maxAgeMs = config.signals[name]?.maxAgeMs ?? Number.POSITIVE_INFINITY;
      const isKnown = contact.covers(instantMs, confirmedMs) && instantMs - sourceMs <= maxAgeMs;
      const quality = isKnown || sample.quality === 'BAD' ? sample.quality : 'STALE';
      return { name, value, unit, quality, sourceTime: new Date(sourceMs).toISOString() };
    });
  }

  function record(name: string, reading: OpcuaReading): void {
    const receivedMs = Date.now();
    const value = typeof reading.value === 'number' ? named(name, reading.value) : reading.value;
    const quality = fitsName({ name, value }) ? reading.quality : 'BAD';
    const sourceMs = reading.sourceMs ?? receivedMs;
    histories.get(name)?.record({ sourceMs, receivedMs, value, quality });
    contact.heard(receivedMs);
    if (name === 'machineState') announce();
  }

  function named(name: string, value: number): Json {
    return config.signals[name]?.values?.[String(value)] ?? packmlName(name, value) ?? value;
  }

  function announce(): void {
    for (const listener of listeners) listener();
  }

  async function supervise(): Promise<void> {
    let retryMs = RETRY_MIN_MS;
    let problem = '';
    while (!stopping.signal.aborted) {
      const reason = await stayConnected(() => {
        retryMs = RETRY_MIN_MS;
        problem = '';
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
    let lastAliveMs = Date.now();
    const alive = () => {
      lastAliveMs = Date.now();
      contact.heard(lastAliveMs);
    };
    try {
      const connection = await connectOpcua(config, pkiFolder, { value: record, alive });
      contact.opened(Date.now());
      onOpen();
      log.info({ line: config.line }, `machine ${config.endpoint}: connected`);
      if (connection.missing.length > 0) {
        log.error(
          { line: config.line },
          `machine ${config.endpoint}: no node at the path of ${connection.missing.join(', ')}`,
        );
      }
      announce();
      let reason = 'the node stops';
      const lost = connection.lost.then((why) => (reason = why));
      do {
        await waitFor(lost, stopping.signal, config.staleAfterMs / 2);
        const silentMs = Date.now() - lastAliveMs;
        if (silentMs > 2 * config.staleAfterMs) reason = `no sign of life for ${silentMs} ms`;
      } while (reason === 'the node stops' && !stopping.signal.aborted);
      contact.lost();
      announce();
      await connection.close();
      return reason;
    } catch (error) {
      return error instanceof Error ? (error.message.split('\n')[0] ?? 'unknown') : String(error);
    }
  }
}
