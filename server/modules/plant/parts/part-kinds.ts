/** What the parts of a plant have in common: how each is called, and what stands below and above it. */
import type { PlantModelTable } from './plants.table.ts';

export interface PartKind {
  /** Its name in the schema, in words and in audit records. */
  typeName: string;
  /** What its events begin with. */
  event: string;
  /** Its description, with its article. */
  words: string;
  /** It may not be retired while one of these is in use. */
  children: readonly { table: PlantModelTable; column: string }[];
  /** It may not be in use while one of these is retired. */
  parents: readonly { table: PlantModelTable; column: string }[];
}

const inPlant = [{ table: 'plant', column: 'plant_id' }] as const;

export const partKinds: Readonly<Record<PlantModelTable, PartKind>> = {
  plant: {
    typeName: 'Plant',
    event: 'plant',
    words: 'a plant',
    children: [
      { table: 'area', column: 'plant_id' },
      { table: 'edge_node', column: 'plant_id' },
    ],
    parents: [],
  },
  area: {
    typeName: 'Area',
    event: 'area',
    words: 'an area',
    children: [{ table: 'line', column: 'area_id' }],
    parents: inPlant,
  },
  line: {
    typeName: 'Line',
    event: 'line',
    words: 'a line',
    children: [{ table: 'station', column: 'line_id' }],
    parents: [{ table: 'area', column: 'area_id' }],
  },
  station: {
    typeName: 'Station',
    event: 'station',
    words: 'a station',
    children: [{ table: 'camera', column: 'station_id' }],
    parents: [
      { table: 'line', column: 'line_id' },
      { table: 'edge_node', column: 'edge_node_id' },
    ],
  },
  camera: {
    typeName: 'Camera',
    event: 'camera',
    words: 'a camera',
    children: [],
    parents: [{ table: 'station', column: 'station_id' }],
  },
  edge_node: {
    typeName: 'EdgeNode',
    event: 'node',
    words: 'an edge node',
    children: [{ table: 'station', column: 'edge_node_id' }],
    parents: inPlant,
  },
  product: { typeName: 'Product', event: 'product', words: 'a product', children: [], parents: inPlant },
  recipe: { typeName: 'Recipe', event: 'recipe', words: 'a recipe', children: [], parents: inPlant },
  material_batch: {
    typeName: 'MaterialBatch',
    event: 'batch',
    words: 'a batch of material',
    children: [],
    parents: inPlant,
  },
  shift: { typeName: 'Shift', event: 'shift', words: 'a shift', children: [], parents: inPlant },
};
