/** Tables of production: what runs on a line and from what. */
import type { ColumnType, Selectable } from 'kysely';
import type { Defaulted } from '../../database/column-types.ts';
import type { JobOrigin } from './job-succession.ts';

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
  /** Who began it. */
  origin: Defaulted<JobOrigin>;
  /** Whose word it stays by. */
  held_by: Defaulted<JobOrigin>;
  /** null while it runs. */
  ended_by: Defaulted<JobOrigin | null>;
  /** The quality summary (jsonb) as the event log was last told; null while it runs. */
  told_summary: ColumnType<Record<string, unknown> | null, string | null | undefined, string | null>;
}

/** Ended jobs whose summary may differ from what was told. */
export interface JobRecountTable {
  job_id: string;
  since: Date;
}

export interface JobsTables {
  recipe: RecipeTable;
  material_batch: MaterialBatchTable;
  job: JobTable;
  job_recount: JobRecountTable;
}

export type RecipeRow = Selectable<RecipeTable>;
export type MaterialBatchRow = Selectable<MaterialBatchTable>;
export type JobRow = Selectable<JobTable>;
