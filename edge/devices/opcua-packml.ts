/** A PackML unit (OPC 30050) recognised by its types: where its state, mode and speed are, whatever the unit is called and wherever it lies. */
import {
  BrowseDirection,
  makeBrowsePath,
  NodeClass,
  type NodeId,
  ObjectIds,
  ObjectTypeIds,
  type ReferenceDescription,
  ReferenceTypeIds,
  resolveNodeId,
} from 'node-opcua';
import type { MachineConfig } from '../config/machine-config.ts';
import type { OpcuaCalls } from './opcua-calls.ts';
import { resolvePaths } from './opcua-paths.ts';
import { LEVELS, type Level } from './packml-nesting.ts';

const PACKML_URI = 'http://opcfoundation.org/UA/PackML/';
/** `PackMLBaseObjectType` in PackML's own nodeset; found by its name, since its number differs between editions. */
const UNIT_TYPE = 'PackMLBaseObjectType';
/** A unit lies near the top; a server of a hundred thousand nodes is not searched through. */
const MAX_DEPTH = 5;
const MAX_OBJECTS = 2_000;

export interface PackmlUnit {
  mode: NodeId | undefined;
  speed: NodeId | undefined;
  /** Id of the current state of each of the nested machines. */
  levels: Map<Level, NodeId>;
  /** Names of states by the node that stands for them. */
  states: Map<string, string>;
}

/** Rejects, with what to do about it, when there is no unit or more than one. */
export async function findPackmlUnit(calls: OpcuaCalls, config: MachineConfig): Promise<PackmlUnit> {
  const uris = await calls.session.readNamespaceArray();
  const packml = uris.indexOf(PACKML_URI);
  const unitType = packml < 0 ? undefined : await findType(calls, packml);
  if (!unitType)
    throw new Error('it has no PackML types (OPC 30050); map state, mode and speed in signals instead of packml');
  const unit = await chooseUnit(calls, config, uris, unitType);
  const below = await Promise.all(
    [
      'Status/UnitModeCurrent',
      'Status/CurMachSpeed',
      ...LEVELS.map((_, depth) => [...LEVELS.slice(0, depth + 1), '0:CurrentState', '0:Id'].join('/')),
      ...LEVELS.map((_, depth) => LEVELS.slice(0, depth + 1).join('/')),
    ].map((path) => stepDown(calls, unit, packml, path)),
  );
  const [mode, speed, ...rest] = below;
  const ids = rest.slice(0, LEVELS.length);
  const machines = rest.slice(LEVELS.length).flatMap((machine) => (machine ? [machine] : []));
  return {
    mode,
    speed,
    levels: new Map(LEVELS.flatMap((level, depth) => (ids[depth] ? [[level, ids[depth]]] : []))),
    states: new Map((await Promise.all(machines.map((machine) => statesOf(calls, machine)))).flat()),
  };
}

async function chooseUnit(calls: OpcuaCalls, config: MachineConfig, uris: string[], unitType: NodeId) {
  if (typeof config.packml === 'object') {
    const { unit } = config.packml;
    const found = (await resolvePaths(calls, [unit], config.namespaces, uris)).get(unit);
    if (!found) throw new Error(`no node at ${unit}; correct packml.unit`);
    return found;
  }
  const units = await findUnits(calls, unitType);
  const [only] = units;
  if (only && units.length === 1) return only.nodeId;
  const names = units.map(({ browseName }) => browseName.name).join(', ');
  throw new Error(
    units.length === 0
      ? 'it has no PackML unit near its Objects folder; give its path in packml.unit'
      : `it has several PackML units (${names}); give the path of one in packml.unit`,
  );
}

/** Objects whose type is the unit's or derived from it, breadth first. */
async function findUnits(calls: OpcuaCalls, unitType: NodeId): Promise<ReferenceDescription[]> {
  const types = new Set((await subtypesOf(calls, unitType)).map(String));
  const found = new Map<string, ReferenceDescription>();
  const seen = new Set<string>();
  let level: NodeId[] = [resolveNodeId(ObjectIds.ObjectsFolder)];
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0 && seen.size < MAX_OBJECTS; depth++) {
    const objects = await browse(calls, level, ReferenceTypeIds.HierarchicalReferences, NodeClass.Object);
    const fresh = objects.filter(({ nodeId }) => !seen.has(String(nodeId)) && seen.add(String(nodeId)));
    for (const object of fresh) if (types.has(String(object.typeDefinition))) found.set(String(object.nodeId), object);
    level = fresh
      .filter(({ nodeId }) => !found.has(String(nodeId)) && String(nodeId) !== String(resolveNodeId(ObjectIds.Server)))
      .map(({ nodeId }) => nodeId)
      .slice(0, MAX_OBJECTS);
  }
  return [...found.values()];
}

async function findType(calls: OpcuaCalls, packml: number): Promise<NodeId | undefined> {
  const types = await subtypesOf(calls, resolveNodeId(ObjectTypeIds.BaseObjectType), packml, UNIT_TYPE);
  return types.at(-1);
}

/** The type and all below it; with a name only down to the first of that name, which is then the last. */
async function subtypesOf(calls: OpcuaCalls, type: NodeId, namespace?: number, name?: string): Promise<NodeId[]> {
  const all: NodeId[] = [type];
  for (let level = [type]; level.length > 0; ) {
    const below = await browse(calls, level, ReferenceTypeIds.HasSubtype, NodeClass.ObjectType);
    const named = below.find(({ browseName }) => browseName.namespaceIndex === namespace && browseName.name === name);
    if (named) return [...all, named.nodeId];
    level = below.map(({ nodeId }) => nodeId);
    all.push(...level);
  }
  return name === undefined ? all : [];
}

/** A machine's states are parts of its type, or of a type above it, and have the names of OPC 30050. */
async function statesOf(calls: OpcuaCalls, machine: NodeId): Promise<[string, string][]> {
  const states: [string, string][] = [];
  const stateTypes = [ObjectTypeIds.StateType, ObjectTypeIds.InitialStateType].map((id) => String(resolveNodeId(id)));
  let types = await browse(calls, [machine], ReferenceTypeIds.HasTypeDefinition, NodeClass.ObjectType);
  while (types.length > 0) {
    const nodeIds = types.map(({ nodeId }) => nodeId);
    const parts = await browse(calls, nodeIds, ReferenceTypeIds.HasComponent, NodeClass.Object);
    for (const { nodeId, browseName, typeDefinition } of parts) {
      if (stateTypes.includes(String(typeDefinition))) states.push([String(nodeId), browseName.name ?? '']);
    }
    types = await browse(calls, nodeIds, ReferenceTypeIds.HasSubtype, NodeClass.ObjectType, BrowseDirection.Inverse);
  }
  return states;
}

async function browse(
  calls: OpcuaCalls,
  nodeIds: NodeId[],
  referenceTypeId: number,
  nodeClass: NodeClass,
  browseDirection = BrowseDirection.Forward,
): Promise<ReferenceDescription[]> {
  return await calls.browse(
    nodeIds.map((nodeId) => ({
      nodeId,
      referenceTypeId: resolveNodeId(referenceTypeId),
      includeSubtypes: true,
      browseDirection,
      nodeClassMask: nodeClass,
      resultMask: 0x3f,
    })),
  );
}

/** Steps are of PackML's namespace unless they begin with `0:`. */
async function stepDown(calls: OpcuaCalls, from: NodeId, packml: number, path: string): Promise<NodeId | undefined> {
  const steps = path.split('/').map((step) => (step.startsWith('0:') ? `/${step}` : `/${packml}:${step}`));
  const { targets } = await calls.session.translateBrowsePath(makeBrowsePath(from, steps.join('')));
  return targets?.[0]?.targetId;
}
