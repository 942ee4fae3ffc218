/** The models' types by name, so that other modules can point to them and add fields. */
import { builder } from '../../kit/builder.ts';
import type { TrainingRunRow } from '../training/training.table.ts';
import type { ApprovalRow, ModelAssignmentRow, ModelRow, ModelVersionRow, SigningKeyRow } from './models.table.ts';

export const ModelRef = builder.objectRef<ModelRow>('Model');
export const ModelVersionRef = builder.objectRef<ModelVersionRow>('ModelVersion');
export const SigningKeyRef = builder.objectRef<SigningKeyRow>('SigningKey');
export const TrainingRunRef = builder.objectRef<TrainingRunRow>('TrainingRun');
export const ApprovalRef = builder.objectRef<ApprovalRow>('Approval');
export const ModelAssignmentRef = builder.objectRef<ModelAssignmentRow>('ModelAssignment');
