/** The assignment by name, so that other modules can point to it. */
import { builder } from '../../../kit/builder.ts';
import type { ModelAssignmentRow } from './assignments.table.ts';

export const ModelAssignmentRef = builder.objectRef<ModelAssignmentRow>('ModelAssignment');
