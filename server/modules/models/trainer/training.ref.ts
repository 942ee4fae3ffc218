/** The training run by name, so that other modules can point to it. */
import { builder } from '../../../kit/builder.ts';
import type { TrainingRunRow } from './training.table.ts';

export const TrainingRunRef = builder.objectRef<TrainingRunRow>('TrainingRun');
