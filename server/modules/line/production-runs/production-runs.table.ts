/** Tables of production: what runs on a line. */
import type { ColumnType, Selectable } from 'kysely';
import type { Defaulted } from '../../../database/column-types.ts';
import type { JobOrigin } from './job-succession.ts';

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
  job: JobTable;
  job_recount: JobRecountTable;
}

export type JobRow = Selectable<JobTable>;
