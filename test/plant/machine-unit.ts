/** One line's unit in the OPC UA address space: the PackML instance, its vendor nodes, its methods. It publishes and decides nothing. */
import {
  AccessLevelFlag,
  type AddressSpace,
  coerceLocalizedText,
  DataType,
  type EUInformation,
  type ISessionContext,
  type LocalizedText,
  makeAccessLevelFlag,
  type Namespace,
  NodeId,
  resolveNodeId,
  type StatusCode,
  StatusCodes,
  standardUnits,
  type UAMethod,
  type UAObject,
  type UAObjectType,
  type UAVariable,
  Variant,
  VariantArrayType,
} from 'node-opcua';
import { nestedStates, PACKML_COMMANDS, type PackMlCommand, type PackMlState, STATE_NUMBER } from './packml-state.ts';

export const PACKML_URI = 'http://opcfoundation.org/UA/PackML/';
export const VENDOR_URI = 'urn:lehr:plant:bottle-line';
/** Parts per minute. */
const SPEED_RANGE = { low: 1, high: 1_200 };
const LIGHTING_RANGE = { low: 20, high: 150 };

/** What the unit asks the machine to do; each answers the OPC UA status of the call. */
export interface UnitHandlers {
  command(command: PackMlCommand): StatusCode;
  setSpeed(partsPerMinute: number): StatusCode;
  setMode(mode: number): StatusCode;
  setLighting(percent: number): void;
}

export interface UnitValues {
  readonly state: PackMlState;
  readonly mode: number;
  readonly speedSetpoint: number;
  readonly speed: number;
  readonly partsProcessed: number;
  readonly partsDefective: number;
  readonly product: string;
  readonly recipe: string;
  readonly batch: string;
  readonly job: string;
  readonly temperature: number;
  readonly humidity: number;
  readonly lighting: number;
  readonly lightingSetpoint: number;
  readonly encoderMm: number;
  readonly partPitchMm: number;
}

export interface MachineUnit {
  readonly unit: UAObject;
  /** The folder of the vendor's own nodes. */
  readonly process: UAObject;
  /** Writes what differs from the last call, with `at` as its source timestamp; equal values keep the time they became true. */
  publish(values: Partial<UnitValues>, at: Date): void;
}

export function createMachineUnit(addressSpace: AddressSpace, line: string, handlers: UnitHandlers): MachineUnit {
  const packml = addressSpace.getNamespaceIndex(PACKML_URI);
  const vendor = addressSpace.getNamespace(addressSpace.getNamespaceIndex(VENDOR_URI)) as Namespace;
  const unit = instantiateUnit(addressSpace, vendor, packml, line);
  const part = (path: string): UAObject => find(unit, packml, path) as UAObject;
  const variable = (path: string): UAVariable => find(unit, packml, path) as UAVariable;

  bindMethods(part, handlers);
  for (const path of ['Status/CurMachSpeed', 'Status/MachSpeed']) {
    const range = { low: 0, high: SPEED_RANGE.high };
    const value = addressSpace.constructExtensionObject(resolveNodeId('Range'), range);
    variable(`${path}/0:EURange`).setValueFromSource({ dataType: DataType.ExtensionObject, value });
  }
  const modes = addressSpace.findDataType('ProductionMaintenanceModeEnum', packml);
  if (modes) set(variable('Status/UnitSupportedModes'), DataType.NodeId, modes.nodeId, new Date());
  set(variable('TagID'), DataType.String, line, new Date());
  for (const idle of ['EquipmentBlocked', 'EquipmentStarved']) {
    set(variable(`Status/${idle}`), DataType.Boolean, false, new Date());
  }

  const process = vendor.addObject({ browseName: 'Process', componentOf: unit });
  const plain = (browseName: string, dataType: string): UAVariable =>
    vendor.addVariable({ browseName, dataType, componentOf: process, accessLevel: 'CurrentRead' });
  const analog = (name: string, units: EUInformation, low: number, high: number, isWritable = false): UAVariable =>
    vendor.addAnalogDataItem({
      browseName: name,
      componentOf: process,
      dataType: 'Double',
      engineeringUnits: units,
      engineeringUnitsRange: { low, high },
      // node-opcua refuses a client's write by the instrument's range, not by the engineering units' one.
      instrumentRange: { low, high },
      acceptValueOutOfRange: !isWritable,
      accessLevel: makeAccessLevelFlag(isWritable ? 'CurrentRead | CurrentWrite' : 'CurrentRead'),
      userAccessLevel: isWritable
        ? AccessLevelFlag.CurrentRead | AccessLevelFlag.CurrentWrite
        : AccessLevelFlag.CurrentRead,
    });

  const lightingSetpoint = analog(
    'LightingSetpoint',
    standardUnits.percent,
    LIGHTING_RANGE.low,
    LIGHTING_RANGE.high,
    true,
  );
  const scalars: { [K in Exclude<keyof UnitValues, 'state'>]: readonly [UAVariable, DataType] } = {
    mode: [variable('Status/UnitModeCurrent'), DataType.Int32],
    speedSetpoint: [variable('Status/MachSpeed'), DataType.Float],
    speed: [variable('Status/CurMachSpeed'), DataType.Float],
    partsProcessed: [plain('PartsProcessed', 'UInt32'), DataType.UInt32],
    partsDefective: [plain('PartsDefective', 'UInt32'), DataType.UInt32],
    product: [plain('Product', 'String'), DataType.String],
    recipe: [plain('Recipe', 'String'), DataType.String],
    batch: [plain('Batch', 'String'), DataType.String],
    job: [plain('Job', 'String'), DataType.String],
    temperature: [analog('AmbientTemperature', standardUnits.degree_celsius, -20, 60), DataType.Double],
    humidity: [analog('AmbientHumidity', standardUnits.percent, 0, 100), DataType.Double],
    lighting: [analog('LightingLevel', standardUnits.percent, 0, 150), DataType.Double],
    lightingSetpoint: [lightingSetpoint, DataType.Double],
    encoderMm: [analog('EncoderPosition', standardUnits.millimetre, 0, 1e12), DataType.Double],
    partPitchMm: [analog('PartPitch', standardUnits.millimetre, 0, 10_000), DataType.Double],
  };
  const stateCurrent = plain('StateCurrent', 'Int32');
  const stateName = plain('StateName', 'String');
  const machines = stateMachines(addressSpace, packml, variable);
  const count = countStructures(addressSpace, packml, variable);

  const last: { -readonly [K in keyof UnitValues]?: UnitValues[K] } = {};
  lightingSetpoint.on('value_changed', (written) => {
    const percent: unknown = written.value.value;
    if (typeof percent !== 'number' || percent === last.lightingSetpoint) return;
    last.lightingSetpoint = percent;
    handlers.setLighting(percent);
  });

  return {
    unit,
    process,
    publish(values, at) {
      if (values.state !== undefined && values.state !== last.state) {
        machines.show(values.state, at);
        set(stateCurrent, DataType.Int32, STATE_NUMBER[values.state], at);
        set(stateName, DataType.String, values.state, at);
      }
      for (const name of Object.keys(scalars) as (keyof typeof scalars)[]) {
        const value = values[name];
        if (value === undefined || value === last[name]) continue;
        const [node, dataType] = scalars[name];
        // Noted before the node hears of it: the listener above must not take our own value for a client's.
        Object.assign(last, { [name]: value });
        set(node, dataType, value, at);
        if (name === 'partsProcessed') count.show('ProdProcessedCount', Number(value), at);
        if (name === 'partsDefective') count.show('ProdDefectiveCount', Number(value), at);
      }
      Object.assign(last, values);
    },
  };
}

function instantiateUnit(addressSpace: AddressSpace, vendor: Namespace, packml: number, line: string): UAObject {
  const type = addressSpace.findObjectType('PackMLBaseObjectType', packml);
  const folder = addressSpace.rootFolder.objects.getFolderElementByName('PackMLObjects', packml);
  if (!type || !folder) throw new Error('the PackML nodeset is not loaded');
  return type.instantiate({
    browseName: line,
    organizedBy: folder,
    namespace: vendor,
    optionals: [
      'TagID',
      'PackMLVersion',
      'SetMachSpeed',
      'SetUnitMode',
      'Admin.ProdProcessedCount',
      'Admin.ProdDefectiveCount',
      ...PACKML_COMMANDS.flatMap((command) => commandOwners(command).map((owner) => `${owner}.${command}`)),
    ].map((path) => path.replaceAll('/', '.')),
  });
}

/** Where OPC 30050 puts the method of a command; Reset lives in two machines. */
function commandOwners(command: PackMlCommand): readonly string[] {
  const machine = 'BaseStateMachine/MachineState';
  if (command === 'Abort' || command === 'Clear') return ['BaseStateMachine'];
  if (command === 'Stop') return [machine];
  if (command === 'Reset') return [machine, `${machine}/ExecuteState`];
  return [`${machine}/ExecuteState`];
}

function bindMethods(part: (path: string) => UAObject, handlers: UnitHandlers): void {
  for (const command of PACKML_COMMANDS) {
    for (const owner of commandOwners(command)) {
      bind(part(owner), command, async () => ({ statusCode: handlers.command(command) }));
    }
  }
  bind(part(''), 'SetMachSpeed', async ([speed]) => {
    const partsPerMinute = Number(speed?.value);
    const isInRange = partsPerMinute >= SPEED_RANGE.low && partsPerMinute <= SPEED_RANGE.high;
    return { statusCode: isInRange ? handlers.setSpeed(partsPerMinute) : StatusCodes.BadOutOfRange };
  });
  bind(part(''), 'SetUnitMode', async ([mode]) => ({ statusCode: handlers.setMode(Number(mode?.value)) }));
  for (const unused of ['SetParameter', 'SetProduct']) {
    bind(part(''), unused, async () => ({ statusCode: StatusCodes.BadNotSupported }));
  }
}

function bind(owner: UAObject, name: string, run: (inputs: Variant[]) => Promise<{ statusCode: StatusCode }>): void {
  const method: UAMethod | null = owner.getMethodByName(name);
  if (!method) throw new Error(`${owner.browseName.toString()} has no method ${name}`);
  // node-opcua tells promises from callbacks by the number of declared parameters: this one needs its two.
  method.bindMethod(async (inputs: Variant[], _context: ISessionContext) => run(inputs));
}

/** The three nested machines of OPC 30050; an inner one that is not active answers BadStateNotActive. */
function stateMachines(addressSpace: AddressSpace, packml: number, variable: (path: string) => UAVariable) {
  const machine = (path: string, typeName: string) => {
    const type = addressSpace.findObjectType(typeName, packml);
    if (!type) throw new Error(`the PackML nodeset has no ${typeName}`);
    const current = variable(`${path}/0:CurrentState`) as UAVariable & { id?: UAVariable };
    const id = variable(`${path}/0:CurrentState/0:Id`);
    return (state: string | undefined, at: Date): void => {
      const status = state === undefined ? StatusCodes.BadStateNotActive : StatusCodes.Good;
      const text: LocalizedText | null = coerceLocalizedText(state ?? '');
      current.setValueFromSource({ dataType: DataType.LocalizedText, value: text }, status, at);
      id.setValueFromSource({ dataType: DataType.NodeId, value: stateNode(type, state) }, status, at);
    };
  };
  const base = machine('BaseStateMachine', 'PackMLBaseStateMachineType');
  const middle = machine('BaseStateMachine/MachineState', 'PackMLMachineStateMachineType');
  const execute = machine('BaseStateMachine/MachineState/ExecuteState', 'PackMLExecuteStateMachineType');

  return {
    show(state: PackMlState, at: Date): void {
      const nested = nestedStates(state);
      base(nested.base, at);
      middle(nested.machine, at);
      execute(nested.execute, at);
    },
  };
}

function stateNode(type: UAObjectType, state: string | undefined): NodeId {
  if (state === undefined) return NodeId.nullNodeId;
  return type.getComponentByName(state)?.nodeId ?? NodeId.nullNodeId;
}

/** The standard's counters are arrays of structures: one entry, the bottles. */
function countStructures(addressSpace: AddressSpace, packml: number, variable: (path: string) => UAVariable) {
  const type = addressSpace.findDataType('PackMLCountDataType', packml);
  if (!type) throw new Error('the PackML nodeset has no PackMLCountDataType');
  return {
    show(name: 'ProdProcessedCount' | 'ProdDefectiveCount', count: number, at: Date): void {
      const entry = addressSpace.constructExtensionObject(type, {
        id: 1,
        name: 'Bottles',
        unit: standardUnits.one,
        count,
        accCount: count,
      });
      const value = { dataType: DataType.ExtensionObject, arrayType: VariantArrayType.Array, value: [entry] };
      variable(`Admin/${name}`).setValueFromSource(value, StatusCodes.Good, at);
    },
  };
}

function set(node: UAVariable, dataType: DataType, value: unknown, at: Date): void {
  node.setValueFromSource(new Variant({ dataType, value }), StatusCodes.Good, at);
}

/** Walks browse names below the unit: PackML's own unless a part begins with `0:` (the base namespace). Throws when one is missing. */
function find(unit: UAObject, packml: number, path: string): UAObject | UAVariable {
  let node: UAObject | UAVariable = unit;
  for (const step of path.split('/').filter(Boolean)) {
    const isBase = step.startsWith('0:');
    const child = node.getChildByName(isBase ? step.slice(2) : step, isBase ? 0 : packml);
    if (!child) throw new Error(`the PackML instance has no ${path}`);
    node = child as UAObject | UAVariable;
  }
  return node;
}
