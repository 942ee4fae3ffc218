/** The models' types by name, so that other modules can point to them and add fields. */
import { builder } from '../../../kit/builder.ts';
import type { ApprovalRow, ModelRow, ModelVersionRow, SigningKeyRow } from './models.table.ts';

export const ModelRef = builder.objectRef<ModelRow>('Model');
export const ModelVersionRef = builder.objectRef<ModelVersionRow>('ModelVersion');
export const SigningKeyRef = builder.objectRef<SigningKeyRow>('SigningKey');
export const ApprovalRef = builder.objectRef<ApprovalRow>('Approval');
