/** What is heard of one session's nodes, and written to them: the signals of the configuration and those that PackML's types give. */
import { AttributeIds, type ClientSession, type DataType, type DataValue } from 'node-opcua';
import { type MachineConfig, signalNames } from '../config/machine-config.ts';
import type { Json } from '../pipeline/frame.ts';
import { findPackmlUnit, type PackmlUnit } from './opcua-packml.ts';
import { type FoundSignal, readUnits, resolveSignals } from './opcua-paths.ts';
import { type SubscribedSignal, type Subscription, subscribe } from './opcua-subscription.ts';
import { type OpcuaReading, readDataValue, writableVariant } from './opcua-value.ts';
import { LEVELS, type Level, nestedState } from './packml-nesting.ts';

export type SignalKind = 'slow' | 'fast';

export interface OpcuaListener {
  value(signal: string, reading: OpcuaReading): void;
  /** The server has told all that it knew at `machineMs` by its clock of the signals of one kind. */
  published(kind: SignalKind, machineMs: number | undefined): void;
  unit(signal: string, unit: string): void;
}

export interface OpcuaWatch {
  /** Signals without a value, each with the reason. */
  readonly missing: ReadonlyMap<string, string>;
  /** The nodes of the others. */
  readonly nodes: ReadonlyMap<string, FoundSignal['nodeId']>;
  slow: Subscription;
  fast: Subscription;
  /** Looks again for what is missing; answers the names of what was found. */
  retry(): Promise<string[]>;
  /** Rejects, with what to do about it, when the server does not take the value. */
  write(signal: string, value: Json): Promise<void>;
}

/** The nested machines are heard under names that no signal can have. */
const LEVEL_PREFIX = 'PackML ';

/** Resolves when every signal that can be heard has given its present value. */
export async function watchSignals(
  session: ClientSession,
  config: MachineConfig,
  listener: OpcuaListener,
  lost: (reason: string) => void,
): Promise<OpcuaWatch> {
  const missing = new Map<string, string>();
  const nodes = new Map<string, FoundSignal['nodeId']>();
  const types = new Map<string, DataType>();
  const levels = new Map<Level, OpcuaReading>();
  let unit: PackmlUnit | undefined;
  let toldState = '';

  const names = signalNames(config);
  const kindOf = (name: string): SignalKind => (config.signals[name]?.fast ? 'fast' : 'slow');
  const listen = (kind: SignalKind, publishingMs: number, samplingMs: number) =>
    subscribe(
      session,
      { publishingMs, samplingMs, lifetimeMs: 10 * config.staleAfterMs },
      {
        value: take,
        published(machineMs) {
          tellState();
          listener.published(kind, machineMs);
        },
        lost,
      },
    );
  const slow = await listen('slow', config.publishingIntervalMs, config.samplingIntervalMs);
  const hasFast = names.some((name) => kindOf(name) === 'fast');
  const fast = hasFast ? await listen('fast', config.fastPublishingIntervalMs, 0) : slow;
  await lookFor(names);
  return { missing, nodes, slow, fast, retry: () => lookFor([...missing.keys()]), write };

  async function lookFor(wanted: string[]): Promise<string[]> {
    const found = (await findNodes()).filter(({ name }) => wanted.includes(signalOf(name)));
    const present = found.flatMap(({ name, nodeId }) => (nodeId ? [{ name, nodeId }] : []));
    for (const name of wanted) missing.set(name, missing.get(name) ?? 'no node at its path');
    const refused = new Map([...(await add(slow, 'slow', present)), ...(await add(fast, 'fast', present))]);
    for (const { name } of present) if (!refused.has(name)) missing.delete(signalOf(name));
    for (const [name, reason] of refused) missing.set(signalOf(name), reason);
    for (const { name, nodeId } of present) if (!refused.has(name)) nodes.set(name, nodeId);
    const unitless = present.filter(({ name }) => config.signals[name]?.unit === undefined && !isLevel(name));
    for (const [name, text] of await readUnits(session, unitless)) listener.unit(name, text);
    return wanted.filter((name) => !missing.has(name));
  }

  function add(subscription: Subscription, kind: SignalKind, present: SubscribedSignal[]) {
    if (kind === 'fast' && !hasFast) return new Map<string, string>();
    return subscription.add(present.filter(({ name }) => kindOf(name) === kind));
  }

  async function findNodes(): Promise<FoundSignal[]> {
    const mapped = await resolveSignals(session, config);
    if (!config.packml) return mapped;
    try {
      unit ??= await findPackmlUnit(session, config);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      for (const name of names) if (!config.signals[name]) missing.set(name, reason);
      return mapped;
    }
    const byType = [
      { name: 'machineMode', nodeId: unit.mode },
      { name: 'speedPerMin', nodeId: unit.speed },
      ...LEVELS.map((level) => ({ name: `${LEVEL_PREFIX}${level}`, nodeId: unit?.levels.get(level) })),
    ];
    return [...mapped, ...byType.filter(({ name }) => !config.signals[signalOf(name)])];
  }

  function take(name: string, dataValue: DataValue): void {
    if (!isLevel(name)) {
      if (dataValue.value) types.set(name, dataValue.value.dataType);
      listener.value(name, readDataValue(dataValue));
      return;
    }
    const reading = readDataValue(dataValue);
    const state = typeof reading.value === 'string' ? unit?.states.get(reading.value) : undefined;
    const quality = state === undefined ? 'BAD' : reading.quality;
    levels.set(name.slice(LEVEL_PREFIX.length) as Level, { ...reading, value: state ?? null, quality });
  }

  /** After a whole message, so that the three machines are told together. */
  function tellState(): void {
    const state = levels.size === 0 ? undefined : nestedState(levels);
    const text = JSON.stringify(state);
    if (!state || text === toldState) return;
    toldState = text;
    listener.value('machineState', state);
  }

  async function write(name: string, value: Json): Promise<void> {
    const nodeId = nodes.get(name);
    if (!nodeId)
      throw new Error(`${name} is not written: ${missing.get(name) ?? 'it is not mapped'}; correct its path`);
    const dataType = types.get(name) ?? (await session.getBuiltInDataType(nodeId));
    const status = await session.write({
      nodeId,
      attributeId: AttributeIds.Value,
      value: { value: writableVariant(name, value, dataType) },
    });
    if (!status.isGood())
      throw new Error(`the machine does not take ${JSON.stringify(value)} for ${name}: ${status.name}`);
  }
}

function isLevel(name: string): boolean {
  return name.startsWith(LEVEL_PREFIX);
}

function signalOf(name: string): string {
  return isLevel(name) ? 'machineState' : name;
}
