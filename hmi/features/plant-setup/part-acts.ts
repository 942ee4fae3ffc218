/** Sends what a form holds as the mutation of its kind. */
import type { Act } from '../../lib/create-act.ts';
import { numberOrNull, type PartKind, type PartValues, textOrNull } from './part-fields.ts';
import * as retire from './retire-parts.documents.ts';
import * as write from './write-parts.documents.ts';

export interface Written {
  id: string;
  code: string;
}

const sectors = ['FOOD', 'GLASS', 'OTHER', 'PACKAGING', 'PHARMA'] as const;
export type Sector = (typeof sectors)[number];

export function sectorOf(text: string | undefined): Sector {
  return sectors.find((sector) => sector === text) ?? 'OTHER';
}

/** `parentId` is the id of what it belongs to: an area's plant, a line's area and so on; a plant has none. */
export function createPart(
  act: Act,
  kind: PartKind,
  parentId: string,
  values: PartValues,
): Promise<Written | undefined> {
  const named = { code: (values.code ?? '').trim(), name: (values.name ?? '').trim() };
  switch (kind) {
    case 'plant': {
      const input = { ...named, sector: sectorOf(values.sector), timeZone: values.timeZone ?? '' };
      return act.send(write.CreatePlant, { input });
    }
    case 'area':
      return act.send(write.CreateArea, { input: { ...named, plantId: parentId } });
    case 'line': {
      const input = { ...named, areaId: parentId, targetRatePerMin: numberOrNull(values.targetRatePerMin) };
      return act.send(write.CreateLine, { input });
    }
    case 'station': {
      const input = { ...named, lineId: parentId, edgeNodeId: textOrNull(values.edgeNodeId) };
      return act.send(write.CreateStation, { input });
    }
    case 'camera':
      return act.send(write.CreateCamera, { input: { ...named, stationId: parentId } });
    case 'edgeNode':
      return act.send(write.CreateEdgeNode, { input: { ...named, plantId: parentId } });
    case 'product':
      return act.send(write.CreateProduct, { input: { ...named, plantId: parentId } });
    case 'recipe':
      return act.send(write.CreateRecipe, {
        input: { code: named.code, name: textOrNull(values.name), plantId: parentId },
      });
    case 'materialBatch': {
      const optional = { name: textOrNull(values.name), supplier: textOrNull(values.supplier) };
      return act.send(write.CreateMaterialBatch, { input: { code: named.code, ...optional, plantId: parentId } });
    }
  }
}

export function updatePart(act: Act, kind: PartKind, id: string, values: PartValues): Promise<Written | undefined> {
  const name = (values.name ?? '').trim();
  switch (kind) {
    case 'plant': {
      const input = { id, name, sector: sectorOf(values.sector), timeZone: values.timeZone ?? '' };
      return act.send(write.UpdatePlant, { input });
    }
    case 'area':
      return act.send(write.UpdateArea, { input: { id, name } });
    case 'line': {
      const input = { id, name, targetRatePerMin: numberOrNull(values.targetRatePerMin) };
      return act.send(write.UpdateLine, { input });
    }
    case 'station':
      return act.send(write.UpdateStation, { input: { id, name, edgeNodeId: textOrNull(values.edgeNodeId) } });
    case 'camera':
      return act.send(write.UpdateCamera, { input: { id, name } });
    case 'edgeNode':
      return act.send(write.UpdateEdgeNode, { input: { id, name } });
    case 'product':
      return act.send(write.UpdateProduct, { input: { id, name } });
    case 'recipe':
      return act.send(write.UpdateRecipe, { input: { id, name: textOrNull(values.name) } });
    case 'materialBatch': {
      const input = { id, name: textOrNull(values.name), supplier: textOrNull(values.supplier) };
      return act.send(write.UpdateMaterialBatch, { input });
    }
  }
}

const retiring = {
  plant: [retire.RetirePlant, retire.ReinstatePlant],
  area: [retire.RetireArea, retire.ReinstateArea],
  line: [retire.RetireLine, retire.ReinstateLine],
  station: [retire.RetireStation, retire.ReinstateStation],
  camera: [retire.RetireCamera, retire.ReinstateCamera],
  edgeNode: [retire.RetireEdgeNode, retire.ReinstateEdgeNode],
  product: [retire.RetireProduct, retire.ReinstateProduct],
  recipe: [retire.RetireRecipe, retire.ReinstateRecipe],
  materialBatch: [retire.RetireMaterialBatch, retire.ReinstateMaterialBatch],
  shift: [retire.RetireShift, retire.ReinstateShift],
} as const;

/** True when the server has taken the part out of use, or into use again. */
export async function setRetired(act: Act, kind: PartKind | 'shift', id: string, isRetired: boolean): Promise<boolean> {
  const [out, back] = retiring[kind];
  return (await act.send<object, { id: string }>(isRetired ? out : back, { id })) !== undefined;
}
