/** Tables of the plant after ISA-95: plant, area, line, station, camera, edge node, and what is made by which recipe and from what. */
import type { Selectable } from 'kysely';
import type { Defaulted, Json } from '../../../database/column-types.ts';
import type { NodeReport } from './node-report.table.ts';
import type { ShiftRow, ShiftsTables } from './shifts.table.ts';

export type SectorName = 'glass' | 'packaging' | 'pharma' | 'food' | 'other';

export interface PlantTable {
  id: string;
  code: string;
  name: string;
  sector: SectorName;
  time_zone: string;
  created_at: Date;
  retired_at: Date | null;
}

export interface AreaTable {
  id: string;
  plant_id: string;
  code: string;
  name: string;
  created_at: Date;
  retired_at: Defaulted<Date | null>;
}

export interface LineTable {
  id: string;
  plant_id: string;
  area_id: string;
  code: string;
  name: string;
  target_rate_per_min: number | null;
  created_at: Date;
  retired_at: Defaulted<Date | null>;
}

export interface EdgeNodeTable {
  id: string;
  plant_id: string;
  code: string;
  name: string;
  created_at: Date;
  retired_at: Defaulted<Date | null>;
  last_seen_at: Date | null;
  /** Node clock minus server clock. */
  skew_ms: number | null;
  status: Json<NodeReport> | null;
  /** When a person last asked it to send again what the server had refused. */
  dead_letter_retry_at: Defaulted<Date | null>;
}

export interface StationTable {
  id: string;
  plant_id: string;
  line_id: string;
  edge_node_id: string | null;
  code: string;
  name: string;
  created_at: Date;
  retired_at: Defaulted<Date | null>;
}

export interface CameraTable {
  id: string;
  plant_id: string;
  station_id: string;
  code: string;
  name: string;
  created_at: Date;
  retired_at: Defaulted<Date | null>;
}

export interface ProductTable {
  id: string;
  plant_id: string;
  code: string;
  name: string;
  created_at: Date;
  retired_at: Defaulted<Date | null>;
}

export interface RecipeTable {
  id: string;
  plant_id: string;
  code: string;
  /** null: known only by its code. */
  name: Defaulted<string | null>;
  created_at: Date;
  retired_at: Defaulted<Date | null>;
}

export interface MaterialBatchTable {
  id: string;
  plant_id: string;
  code: string;
  /** null: known only by its code. */
  name: Defaulted<string | null>;
  supplier: Defaulted<string | null>;
  created_at: Date;
  retired_at: Defaulted<Date | null>;
}

export interface PlantsTables {
  plant: PlantTable;
  area: AreaTable;
  line: LineTable;
  edge_node: EdgeNodeTable;
  station: StationTable;
  camera: CameraTable;
  product: ProductTable;
  recipe: RecipeTable;
  material_batch: MaterialBatchTable;
}

export type PlantRow = Selectable<PlantTable>;
export type AreaRow = Selectable<AreaTable>;
export type LineRow = Selectable<LineTable>;
export type EdgeNodeRow = Selectable<EdgeNodeTable>;
export type StationRow = Selectable<StationTable>;
export type CameraRow = Selectable<CameraTable>;
export type ProductRow = Selectable<ProductTable>;
export type RecipeRow = Selectable<RecipeTable>;
export type MaterialBatchRow = Selectable<MaterialBatchTable>;

/** The tables of the plant model; all have `id`, `code` and `retired_at`. */
export interface PlantModelRows {
  plant: PlantRow;
  area: AreaRow;
  line: LineRow;
  station: StationRow;
  camera: CameraRow;
  edge_node: EdgeNodeRow;
  product: ProductRow;
  recipe: RecipeRow;
  material_batch: MaterialBatchRow;
  shift: ShiftRow;
}
export type PlantModelTable = keyof PlantModelRows & (keyof PlantsTables | keyof ShiftsTables);
