/** The types of production by name, so that other modules can point to them. */
import { builder } from '../../kit/builder.ts';
import type { JobRow, MaterialBatchRow, RecipeRow } from './jobs.table.ts';

export const JobRef = builder.objectRef<JobRow>('Job');
export const RecipeRef = builder.objectRef<RecipeRow>('Recipe');
export const MaterialBatchRef = builder.objectRef<MaterialBatchRow>('MaterialBatch');
