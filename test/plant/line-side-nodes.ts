/** Trigger, gate and faults of one line in the OPC UA address space, below its `Process` and its `Faults`. */
import {
  AccessLevelFlag,
  DataType,
  makeAccessLevelFlag,
  type Namespace,
  StatusCodes,
  type UAObject,
  type UAVariable,
  Variant,
} from 'node-opcua';
import type { Faults } from './line-side.ts';

export interface LineSideWrites {
  gateCommand(isOn: boolean): void;
  gateEnabled(isOn: boolean): void;
  lineStop(isAsked: boolean): void;
  fault(name: keyof Faults, isOn: boolean): void;
  /** From now on the machine's clock is this far ahead of the computer's. */
  clockOffset(ms: number): void;
}

export interface LineSideNodes {
  triggered(count: number, partId: string, at: Date): void;
  confirmed(count: number, partId: string, at: Date): void;
  command(isOn: boolean, at: Date): void;
  lineStop(isAsked: boolean, at: Date): void;
  fault(name: keyof Faults, isOn: boolean, at: Date): void;
}

/** What the nodes show at the start. */
export interface LineSideStart {
  count: number;
  partId: string;
  confirmed: number;
  clockOffsetMs: number;
}

export function createLineSideNodes(
  vendor: Namespace,
  unit: UAObject,
  process: UAObject,
  start: LineSideStart,
  writes: LineSideWrites,
): LineSideNodes {
  const at = new Date();
  const node = (
    componentOf: UAObject,
    browseName: string,
    dataType: DataType,
    initial: unknown,
    isWritable = false,
  ) => {
    const access = makeAccessLevelFlag(isWritable ? 'CurrentRead | CurrentWrite' : 'CurrentRead');
    const variable = vendor.addVariable({
      browseName,
      dataType,
      componentOf,
      accessLevel: access,
      userAccessLevel: isWritable ? access : AccessLevelFlag.CurrentRead,
    });
    set(variable, dataType, initial, at);
    return variable;
  };
  /** A switch that clients write; `write` hears only what is new and not our own. */
  const toggle = (owner: UAObject, browseName: string, initial: boolean, write: (isOn: boolean) => void) => {
    let shown = initial;
    const variable = node(owner, browseName, DataType.Boolean, initial, true);
    variable.on('value_changed', ({ value }) => {
      if (value.value === shown) return;
      shown = value.value === true;
      write(shown);
    });
    return (isOn: boolean, when: Date): void => {
      if (isOn === shown) return;
      shown = isOn;
      set(variable, DataType.Boolean, isOn, when);
    };
  };

  const partCounter = node(process, 'PartCounter', DataType.UInt32, start.count);
  const partId = node(process, 'PartId', DataType.String, start.partId);
  const confirmCount = node(process, 'GateConfirmCount', DataType.UInt32, start.confirmed);
  const confirmPartId = node(process, 'GateConfirmPartId', DataType.String, '');
  const command = toggle(process, 'GateCommand', false, writes.gateCommand);
  toggle(process, 'GateEnabled', true, writes.gateEnabled);
  const lineStop = toggle(process, 'LineStopRequest', false, writes.lineStop);

  const folder = vendor.addObject({ browseName: 'Faults', componentOf: unit });
  const clockOffset = node(folder, 'ClockOffsetMs', DataType.Double, start.clockOffsetMs, true);
  clockOffset.on('value_changed', ({ value }) => writes.clockOffset(Number(value.value)));
  const fault = (browseName: string, name: keyof Faults) =>
    toggle(folder, browseName, false, (isOn) => writes.fault(name, isOn));
  const faults: Record<keyof Faults, (isOn: boolean, when: Date) => void> = {
    gateJammed: fault('GateJammed', 'gateJammed'),
    gateSpurious: fault('GateSpurious', 'gateSpurious'),
    triggerLost: fault('TriggerLost', 'triggerLost'),
    encoderSlip: fault('EncoderSlip', 'encoderSlip'),
  };

  return {
    triggered(count, id, when) {
      set(partId, DataType.String, id, when);
      set(partCounter, DataType.UInt32, count, when);
    },
    confirmed(count, id, when) {
      set(confirmPartId, DataType.String, id, when);
      set(confirmCount, DataType.UInt32, count, when);
    },
    command,
    lineStop,
    fault: (name, isOn, when) => faults[name](isOn, when),
  };
}

function set(node: UAVariable, dataType: DataType, value: unknown, at: Date): void {
  node.setValueFromSource(new Variant({ dataType, value }), StatusCodes.Good, at);
}
