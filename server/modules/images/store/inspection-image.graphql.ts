/** The stored image of an inspection. */
import { builder } from '../../../kit/builder.ts';
import { InspectionRef } from '../../line/inspections/inspections.ref.ts';
import { ImageRef } from './images.ref.ts';
import { loadImage } from './images.service.ts';

builder.objectField(InspectionRef, 'image', (t) =>
  t.field({
    type: ImageRef,
    nullable: true,
    description: 'Null until the image has arrived.',
    resolve: (row, _args, context) =>
      row.image_sha256 === null ? null : loadImage(context, row.plant_id, row.image_sha256),
  }),
);
