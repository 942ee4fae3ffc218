/** The image's type by name, so that other modules can point to it. */
import { builder } from '../../../kit/builder.ts';
import type { ImageRow } from './images.table.ts';

export const ImageRef = builder.objectRef<ImageRow>('Image');
