/** What imports and exports of sets share in the schema. */

import { READERS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import type { FormatName, Refused } from './formats/format.ts';

export const SetFormat = builder.enumType('SetFormat', {
  description: 'Layout of a labelled set.',
  values: {
    MVTEC: {
      value: 'mvtec' as FormatName,
      description: 'Folders of MVTec AD: train/good, test/CLASS, ground_truth/CLASS.',
    },
    FOLDERS: { value: 'folders' as FormatName, description: 'One folder a class, below one folder a split or none.' },
    COCO: { value: 'coco' as FormatName, description: 'COCO JSON: boxes, polygons, run lengths.' },
    YOLO: { value: 'yolo' as FormatName, description: 'YOLO with data.yaml: boxes and segments.' },
    VOC: { value: 'voc' as FormatName, description: 'Pascal VOC XML: boxes.' },
    CVAT: { value: 'cvat' as FormatName, description: 'CVAT for images 1.1: boxes, polygons, masks, tags.' },
    LABEL_STUDIO: {
      value: 'label_studio' as FormatName,
      description: 'Label Studio JSON: rectangles, polygons, brushes, choices.',
    },
  },
});

/** A file, or an image by its hash, and why something of it stayed out. */
export const LeftOutRef = builder.objectRef<Refused>('LeftOut').implement({
  description: 'Something of a set that could not be taken along.',
  authScopes: { roles: READERS },
  fields: (t) => ({
    path: t.exposeString('path', { description: 'Path in the set, or the hash of the image.' }),
    reason: t.exposeString('reason', { description: 'Why, and what to do.' }),
  }),
});
