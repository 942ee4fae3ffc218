/** Which nodes of one session the signals lead to: those of the configuration, and those that PackML's types give. */
import type { DataValue } from 'node-opcua';
import { type MachineConfig, signalNames } from '../config/machine-config.ts';
import type { OpcuaCalls } from './opcua-calls.ts';
import { findPackmlUnit, type PackmlUnit } from './opcua-packml.ts';
import { type FoundSignal, resolveSignals } from './opcua-paths.ts';
import { type OpcuaReading, readDataValue } from './opcua-value.ts';
import { LEVELS, type Level, nestedState } from './packml-nesting.ts';

export interface OpcuaNodes {
  /** The nodes of the signals as they are now, each of PackML's nested machines apart. `reasons` tells why a signal has none. */
  find(signals: string[]): Promise<{ found: FoundSignal[]; reasons: Map<string, string> }>;
  /** Takes the value of one of PackML's nested machines. */
  takeLevel(name: string, dataValue: DataValue, isFirst: boolean): void;
  /** The state that the nested machines make up; undefined while it is not known, or as it was told. */
  newState(): { reading: OpcuaReading; isFirst: boolean } | undefined;
}

/** The nested machines are heard under names that no signal can have. */
const LEVEL_PREFIX = 'PackML ';

export function createOpcuaNodes(calls: OpcuaCalls, config: MachineConfig): OpcuaNodes {
  const levels = new Map<Level, OpcuaReading>();
  const byTypes = signalNames(config).filter((name) => !config.signals[name]);
  let unit: PackmlUnit | undefined;
  let toldState = '';
  let isFirst = false;

  return {
    async find(signals) {
      const reasons = new Map<string, string>();
      const all = await resolveSignals(calls, config);
      if (byTypes.some((name) => signals.includes(name))) all.push(...(await findByTypes(reasons)));
      return { found: all.filter(({ name }) => signals.includes(signalOf(name))), reasons };
    },
    takeLevel(name, dataValue, isFirstOfLevel) {
      isFirst ||= isFirstOfLevel;
      const reading = readDataValue(dataValue);
      const state = typeof reading.value === 'string' ? unit?.states.get(reading.value) : undefined;
      const known: OpcuaReading =
        state === undefined
          ? { ...reading, value: null, quality: 'BAD', status: reading.status ?? 'a state without a name' }
          : { ...reading, value: state, type: 'String' };
      levels.set(name.slice(LEVEL_PREFIX.length) as Level, known);
    },
    newState() {
      const state = levels.size === 0 ? undefined : nestedState(levels);
      const text = JSON.stringify(state);
      if (!state || text === toldState) return undefined;
      toldState = text;
      const told = { reading: state, isFirst };
      isFirst = false;
      return told;
    },
  };

  async function findByTypes(reasons: Map<string, string>): Promise<FoundSignal[]> {
    try {
      unit = await findPackmlUnit(calls, config);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      for (const name of byTypes) reasons.set(name, reason);
      return [];
    }
    const nodes = [
      { name: 'machineMode', nodeId: unit.mode },
      { name: 'speedPerMin', nodeId: unit.speed },
      ...LEVELS.map((level) => ({ name: `${LEVEL_PREFIX}${level}`, nodeId: unit?.levels.get(level) })),
    ];
    return nodes.filter(({ name }) => byTypes.includes(signalOf(name)));
  }
}

export function isLevel(name: string): boolean {
  return name.startsWith(LEVEL_PREFIX);
}

export function signalOf(name: string): string {
  return isLevel(name) ? 'machineState' : name;
}
