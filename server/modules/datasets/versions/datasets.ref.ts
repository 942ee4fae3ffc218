/** The datasets' types by name, so that other modules can point to them and add fields. */
import { builder } from '../../../kit/builder.ts';
import type { DatasetItemRow, DatasetRow, DatasetVersionRow, SplitName } from './datasets.table.ts';

export const DatasetRef = builder.objectRef<DatasetRow>('Dataset');
export const DatasetVersionRef = builder.objectRef<DatasetVersionRow>('DatasetVersion');
export const DatasetItemRef = builder.objectRef<DatasetItemRow>('DatasetItem');

export const Split = builder.enumType('Split', {
  description: 'What an image of a dataset version is for.',
  values: {
    TRAIN: { value: 'train' as SplitName, description: 'To learn from.' },
    VALIDATION: { value: 'validation' as SplitName, description: 'To choose and calibrate with.' },
    GOLDEN: { value: 'golden' as SplitName, description: 'To judge with; never trained on.' },
  },
});
