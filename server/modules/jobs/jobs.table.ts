/** Tables of production: what runs on a line and from what. */
import type { Selectable } from 'kysely';

export interface RecipeTable {
  id: string;
  plant_id: string;
  code: string;
  created_at: Date;
}

export interface MaterialBatchTable {
  id: string;
  plant_id: string;
  code: string;
  created_at: Date;
}

export interface JobTable {
  id: string;
  plant_id: string;
  line_id: string;
  code: string;
  product_id: string | null;
  recipe_id: string | null;
  batch_id: string | null;
  started_at: Date;
  ended_at: Date | null;
}

export interface JobsTables {
  recipe: RecipeTable;
  material_batch: MaterialBatchTable;
  job: JobTable;
}

export type RecipeRow = Selectable<RecipeTable>;
export type MaterialBatchRow = Selectable<MaterialBatchTable>;
export type JobRow = Selectable<JobTable>;
