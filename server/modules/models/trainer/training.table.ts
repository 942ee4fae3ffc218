/** Runs of the trainer: asked for by a person, on a frozen dataset version. */
import type { Selectable } from 'kysely';
import type { Defaulted } from '../../../database/column-types.ts';

export type TrainingStateName = 'queued' | 'running' | 'succeeded' | 'failed';

export interface TrainingRunTable {
  id: string;
  plant_id: string;
  model_id: string;
  dataset_version_id: string;
  seed: number;
  false_reject_target: number;
  state: TrainingStateName;
  /** 0 to 1. */
  progress: Defaulted<number>;
  step: string | null;
  error: string | null;
  requested_by: string;
  requested_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
}

export interface TrainingTables {
  training_run: TrainingRunTable;
}

export type TrainingRunRow = Selectable<TrainingRunTable>;
