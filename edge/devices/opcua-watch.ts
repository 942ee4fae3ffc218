/** What is heard of one session's nodes, and written to them. */
import type { DataType, DataValue } from 'node-opcua';
import { type MachineConfig, signalNames } from '../config/machine-config.ts';
import type { Json } from '../pipeline/frame.ts';
import { createBell } from '../wait.ts';
import type { ClockReading } from './clock-offset.ts';
import type { GrantedIntervals } from './device.ts';
import { isText } from './machine-context.ts';
import type { OpcuaCalls } from './opcua-calls.ts';
import { createOpcuaNodes, isLevel, signalOf } from './opcua-nodes.ts';
import { type FoundSignal, readUnits } from './opcua-paths.ts';
import { type Subscription, subscribe } from './opcua-subscription.ts';
import { type OpcuaReading, readDataValue } from './opcua-value.ts';
import { writeNode } from './opcua-write.ts';

export type SignalKind = 'slow' | 'fast';

export interface OpcuaListener {
  /** `isFirst`: the value that held when the watching began, whenever it came to be. */
  value(signal: string, reading: OpcuaReading, isFirst: boolean): void;
  /** The server has told all that it knew at `machineMs` by its clock of the signals of one kind. */
  published(kind: SignalKind, machineMs: number | undefined): void;
  unit(signal: string, unit: string): void;
  /** The machine's clock, read before the first value comes. */
  clock(reading: ClockReading): void;
}

/** What the server granted the signals of one kind: the longest of each. */
export interface GrantedKind extends GrantedIntervals {
  /** The longest time without a message. */
  messageMs: number;
}

export interface OpcuaWatch {
  /** Signals without a value, each with the reason. */
  readonly missing: ReadonlyMap<string, string>;
  /** The nodes of the others. */
  readonly nodes: ReadonlyMap<string, FoundSignal['nodeId']>;
  granted(kind: SignalKind): GrantedKind;
  /** Undefined when the signal is not watched. */
  grantedTo(signal: string): GrantedIntervals | undefined;
  /** Looks for the signals' nodes as they are now and watches those instead; the other signals go on. Answers those that were missing and are not now. */
  renew(signals: string[]): Promise<string[]>;
  /** Rejects, with what to do about it, when the server does not take the value. */
  write(signal: string, value: Json): Promise<void>;
}

/** Of the connection: how it is told, and whether it has come. */
export interface Ending {
  lose(reason: string): void;
  ended: AbortSignal;
}

/** Resolves when every signal that can be heard has given its present value, or the time for that is up. */
export async function watchSignals(
  calls: OpcuaCalls,
  config: MachineConfig,
  listener: OpcuaListener,
  { lose, ended }: Ending,
): Promise<OpcuaWatch> {
  const missing = new Map<string, string>();
  const nodes = new Map<string, FoundSignal['nodeId']>();
  const types = new Map<string, DataType>();
  /** Watched, but without a value yet; the nested machines of PackML apart. */
  const mute = new Set<string>();
  const spoken = createBell();
  const finder = createOpcuaNodes(calls, config);
  const names = signalNames(config);
  const kindOf = (name: string): SignalKind => (config.signals[name]?.fast ? 'fast' : 'slow');
  const samplingMs = { slow: config.samplingIntervalMs, fast: 0 };
  const subscriptions = await subscribeKinds();
  await renew(names);
  return { missing, nodes, granted, grantedTo, renew, write };

  /** A server that gives a session only one subscription has all signals in that: at the interval of the fast ones. */
  async function subscribeKinds(): Promise<Record<SignalKind, Subscription>> {
    const hasFast = names.some((name) => kindOf(name) === 'fast');
    const hasSlow = names.some((name) => kindOf(name) === 'slow');
    if (!hasFast || !hasSlow || calls.limits.subscriptions < 2) {
      const only = await listen(['slow', 'fast'], hasFast);
      return { slow: only, fast: only };
    }
    const kinds: SignalKind[] = ['fast'];
    const fast = await listen(kinds, true);
    try {
      return { fast, slow: await listen(['slow'], false) };
    } catch (error) {
      if (!(error instanceof Error && error.message.includes('BadTooManySubscriptions'))) throw error;
      kinds.push('slow');
      return { fast, slow: fast };
    }
  }

  function listen(kinds: SignalKind[], isFast: boolean): Promise<Subscription> {
    const publishingMs = isFast ? config.fastPublishingIntervalMs : config.publishingIntervalMs;
    return subscribe(
      calls,
      { publishingMs, lifetimeMs: 10 * config.staleAfterMs },
      {
        value: take,
        published(machineMs) {
          // After a whole message, so that the nested machines are told together.
          const state = finder.newState();
          if (state) listener.value('machineState', state.reading, state.isFirst);
          for (const kind of kinds) listener.published(kind, machineMs);
        },
        lost: lose,
      },
    );
  }

  function granted(kind: SignalKind): GrantedKind {
    const { publishingMs, messageMs, samplingMs: samplingOf } = subscriptions[kind];
    const ofKind = names.flatMap((name) => (kindOf(name) === kind ? (samplingOf(name) ?? []) : []));
    return { publishingMs, messageMs, samplingMs: Math.max(0, ...ofKind) };
  }

  function grantedTo(signal: string): GrantedIntervals | undefined {
    const { publishingMs, samplingMs: samplingOf } = subscriptions[kindOf(signal)];
    const ofSignal = samplingOf(signal);
    return ofSignal === undefined ? undefined : { publishingMs, samplingMs: ofSignal };
  }

  async function renew(wanted: string[]): Promise<string[]> {
    const before = wanted.filter((name) => missing.has(name));
    const wereMute = new Set(mute);
    const { found, reasons } = await finder.find(wanted);
    const present = found.flatMap(({ name, nodeId }) => (nodeId ? [{ name, nodeId }] : []));
    const lacking = found.filter(({ nodeId }) => !nodeId).map(({ name }) => name);
    for (const name of wanted) {
      if (!present.some((each) => signalOf(each.name) === name))
        missing.set(name, reasons.get(name) ?? 'no node at its path');
    }
    for (const name of [...wanted, ...lacking]) {
      nodes.delete(name);
      types.delete(name);
      mute.delete(name);
    }
    for (const { name } of present) mute.add(name);
    const refused = new Map<string, string>();
    for (const kind of ['slow', 'fast'] as const) {
      await subscriptions[kind].remove(lacking.filter((name) => kindOf(name) === kind));
      const ofKind = present.filter(({ name }) => kindOf(name) === kind);
      const signals = ofKind.map((each) => ({ ...each, samplingMs: samplingMs[kind] }));
      for (const [name, reason] of await subscriptions[kind].add(signals)) refused.set(name, reason);
    }
    for (const { name, nodeId } of present) if (!refused.has(name)) nodes.set(name, nodeId);
    for (const name of refused.keys()) mute.delete(name);
    // The others do not wait again for what was waited for before.
    await waitForFirst(present.flatMap(({ name }) => (wereMute.has(name) ? [] : [name])));
    const unitless = present.filter(({ name }) => config.signals[name]?.unit === undefined && !isLevel(name));
    for (const [name, text] of await readUnits(calls, unitless)) listener.unit(name, text);

    for (const { name } of present) if (!mute.has(name) && !refused.has(name)) missing.delete(signalOf(name));
    for (const { name } of present)
      if (mute.has(name)) missing.set(signalOf(name), `gives no value within ${config.firstValueMs} ms`);
    for (const [name, reason] of refused) missing.set(signalOf(name), reason);
    return before.filter((name) => !missing.has(name));
  }

  async function waitForFirst(asked: string[]): Promise<void> {
    const untilMs = performance.now() + config.firstValueMs;
    while (asked.some((name) => mute.has(name))) {
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0 || ended.aborted) return;
      await spoken.next(ended, leftMs);
    }
  }

  function take(name: string, dataValue: DataValue, isFirst: boolean): void {
    if (mute.delete(name)) {
      spoken.ring();
      const isWhole = ![...mute].some((other) => signalOf(other) === signalOf(name));
      if (isWhole) missing.delete(signalOf(name));
    }
    if (isLevel(name)) {
      finder.takeLevel(name, dataValue, isFirst);
      return;
    }
    if (dataValue.value) types.set(name, dataValue.value.dataType);
    listener.value(name, readDataValue(dataValue, isText(name)), isFirst);
  }

  async function write(name: string, value: Json): Promise<void> {
    const nodeId = nodes.get(name);
    if (!nodeId)
      throw new Error(`${name} is not written: ${missing.get(name) ?? 'it is not mapped'}; correct its path`);
    await writeNode(calls.session, { name, nodeId, type: types.get(name) }, value);
  }
}
