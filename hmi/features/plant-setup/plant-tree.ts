/** A plant as a tree of parts, found by the codes that lead to them. Pure. */

import type { PartKind, PartValues } from './part-fields.ts';
import type { PlantInSetUp } from './plant-setup.documents.ts';

export type TreeKind = Extract<PartKind, 'plant' | 'area' | 'line' | 'station' | 'camera'>;

export interface TreePart {
  kind: TreeKind;
  id: string;
  /** Codes from the area down, joined by `/`; empty for the plant. */
  path: string;
  code: string;
  name: string;
  isRetired: boolean;
  values: PartValues;
  children: TreePart[];
}

/** What a part of each kind consists of. */
export const childKinds: Readonly<Record<TreeKind, TreeKind | undefined>> = {
  plant: 'area',
  area: 'line',
  line: 'station',
  station: 'camera',
  camera: undefined,
};

interface Named {
  id: string;
  code: string;
  name: string;
  retiredAt: string | null;
}

export function plantTree(plant: PlantInSetUp): TreePart {
  const under = (parent: string, { code }: Named) => (parent === '' ? code : `${parent}/${code}`);
  const part = (kind: TreeKind, row: Named, path: string, values: PartValues, children: TreePart[]): TreePart => ({
    kind,
    id: row.id,
    path,
    code: row.code,
    name: row.name,
    isRetired: row.retiredAt !== null,
    values: { code: row.code, name: row.name, ...values },
    children,
  });

  const areas = plant.areas.map((area) => {
    const areaPath = under('', area);
    const lines = area.lines.map((line) => {
      const linePath = under(areaPath, line);
      const stations = line.stations.map((station) => {
        const stationPath = under(linePath, station);
        const cameras = station.cameras.map((camera) => part('camera', camera, under(stationPath, camera), {}, []));
        return part('station', station, stationPath, { edgeNodeId: station.edgeNode?.id ?? '' }, cameras);
      });
      const rate = line.targetRatePerMin === null ? '' : String(line.targetRatePerMin);
      return part('line', line, linePath, { targetRatePerMin: rate }, stations);
    });
    return part('area', area, areaPath, {}, lines);
  });
  return part('plant', plant, '', { sector: plant.sector, timeZone: plant.timeZone }, areas);
}

export function findTreePart(root: TreePart, path: string): TreePart | undefined {
  if (root.path === path) return root;
  for (const child of root.children) {
    const found = path === child.path || path.startsWith(`${child.path}/`) ? findTreePart(child, path) : undefined;
    if (found) return found;
  }
  return undefined;
}

/** Without what is out of use, except `keep` and what leads to it. */
export function partsInUse(part: TreePart, keep: string): TreePart {
  const children = part.children
    .filter((child) => !child.isRetired || keep === child.path || keep.startsWith(`${child.path}/`))
    .map((child) => partsInUse(child, keep));
  return { ...part, children };
}

export function countRetired(part: TreePart): number {
  return part.children.reduce((sum, child) => sum + countRetired(child), part.isRetired ? 1 : 0);
}
