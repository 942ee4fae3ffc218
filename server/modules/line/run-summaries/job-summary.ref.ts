/** The types of a job's summary by name, so that other modules can add to them. */
import { builder } from '../../../kit/builder.ts';
import type { ModelUse } from './job-quality.ts';

export const ModelUseRef = builder.objectRef<ModelUse>('ModelUse');
