/** The datasets' types by name, so that other modules can point to them and add fields. */
import { builder } from '../../kit/builder.ts';
import type { DatasetItemRow, DatasetRow, DatasetVersionRow } from './datasets.table.ts';

export const DatasetRef = builder.objectRef<DatasetRow>('Dataset');
export const DatasetVersionRef = builder.objectRef<DatasetVersionRow>('DatasetVersion');
export const DatasetItemRef = builder.objectRef<DatasetItemRow>('DatasetItem');
