/** Units of the configuration that are not those of the gate: the gate would look for parts where they are not. */
import type { MachineConfig } from './machine-config.ts';
import type { FieldPath, Mistake } from './mistake.ts';
import { encoderUnitTrouble, speedUnitTrouble, temperatureUnitTrouble, type UnitTrouble } from './signal-units.ts';
import type { StationConfig } from './station-config.ts';

export interface UnitFinding {
  mistake: Mistake;
  isSure: boolean;
}

type UnitOf = (line: string, signal: string) => string | undefined;

export function findUnitMistakes(stations: readonly StationConfig[], machines: readonly MachineConfig[]): Mistake[] {
  const unitOf: UnitOf = (line, signal) => {
    const machine = machines.find((candidate) => candidate.line === line);
    return machine && Object.hasOwn(machine.signals, signal) ? machine.signals[signal]?.unit : undefined;
  };
  return gateUnits(stations, unitOf).flatMap(({ mistake, isSure }) => (isSure ? [mistake] : []));
}

/** Of encoders and speeds. `unitOf` tells the unit where one is known. */
export function gateUnits(stations: readonly StationConfig[], unitOf: UnitOf): UnitFinding[] {
  return stations.flatMap(({ line, gate }, index) => {
    if (!gate) return [];
    const { encoderSignal, speedSignal, mmPerUnit } = gate;
    const encoderUnit = encoderSignal && unitOf(line, encoderSignal);
    const speedUnit = speedSignal && unitOf(line, speedSignal);
    return [
      ...finding(
        ['stations', index, 'gate', 'encoderSignal'],
        encoderUnit && encoderUnitTrouble(encoderUnit, mmPerUnit),
      ),
      ...finding(['stations', index, 'gate', 'speedSignal'], speedUnit && speedUnitTrouble(speedUnit)),
    ];
  });
}

/** Of signals whose names say in what the value is. */
export function contextUnits(
  { signals }: Pick<MachineConfig, 'signals'>,
  path: FieldPath,
  unitOf: (signal: string) => string | undefined,
): UnitFinding[] {
  if (!Object.hasOwn(signals, 'temperatureC')) return [];
  const unit = unitOf('temperatureC');
  return finding([...path, 'signals', 'temperatureC'], unit && temperatureUnitTrouble(unit));
}

function finding(path: FieldPath, trouble: UnitTrouble | '' | undefined): UnitFinding[] {
  return trouble ? [{ mistake: { path, message: trouble.message }, isSure: trouble.isSure }] : [];
}
