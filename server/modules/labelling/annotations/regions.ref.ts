/** Regions in the schema. */
import type { BoxRegion, MaskRegion, Region } from '../../../../schema/region.ts';
import { READERS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';

const readers = { roles: READERS };

const RegionKindEnum = builder.enumType('RegionKind', {
  description: 'How a region is drawn.',
  values: {
    BOX: { value: 'box', description: 'A rectangle along the edges of the image.' },
    POLYGON: { value: 'polygon', description: 'One defect of one or several parts, each a ring of points.' },
    MASK: { value: 'mask', description: 'Pixel by pixel.' },
  } as const,
});

const RegionBoxRef = builder.objectRef<BoxRegion>('DrawnBox').implement({
  description: 'A rectangle in pixels of the full image.',
  authScopes: readers,
  fields: (t) => ({
    x: t.exposeFloat('x', { description: 'Left edge.' }),
    y: t.exposeFloat('y', { description: 'Upper edge.' }),
    width: t.exposeFloat('width', { description: 'To the right.' }),
    height: t.exposeFloat('height', { description: 'Downwards.' }),
  }),
});

const RegionMaskRef = builder.objectRef<MaskRegion>('DrawnMask').implement({
  description: 'Pixels of the full image.',
  authScopes: readers,
  fields: (t) => ({
    width: t.exposeInt('width', { description: 'Of the image.' }),
    height: t.exposeInt('height', { description: 'Of the image.' }),
    counts: t.exposeString('counts', { description: 'Run lengths, columns first, packed as COCO packs them.' }),
  }),
});

export const RegionRef = builder.objectRef<Region>('LabelRegion').implement({
  description:
    'Where a defect is, in pixels of the full image; the corner of the first pixel is (0, 0). One of box, rings and mask is given.',
  authScopes: readers,
  fields: (t) => ({
    classCode: t.exposeString('classCode', { description: 'Code of a class of the defect book.' }),
    kind: t.field({ type: RegionKindEnum, description: 'How it is drawn.', resolve: (region) => region.kind }),
    box: t.field({
      type: RegionBoxRef,
      nullable: true,
      description: 'Of a box.',
      resolve: (region) => (region.kind === 'box' ? region : null),
    }),
    rings: t.field({
      type: t.listRef(t.listRef('Float')),
      nullable: true,
      description: 'Of a polygon: x1, y1, x2, y2 … of each ring.',
      resolve: (region) => (region.kind === 'polygon' ? region.rings : null),
    }),
    mask: t.field({
      type: RegionMaskRef,
      nullable: true,
      description: 'Of a mask.',
      resolve: (region) => (region.kind === 'mask' ? region : null),
    }),
  }),
});

const BoxInput = builder.inputType('RegionBoxInput', {
  description: 'A rectangle in pixels of the full image.',
  fields: (t) => ({
    x: t.float({ required: true, description: 'Left edge.' }),
    y: t.float({ required: true, description: 'Upper edge.' }),
    width: t.float({ required: true, description: 'To the right.' }),
    height: t.float({ required: true, description: 'Downwards.' }),
  }),
});

const PolygonInput = builder.inputType('RegionPolygonInput', {
  description: 'One defect of one or several parts that do not overlap.',
  fields: (t) => ({
    rings: t.field({
      type: t.listRef(t.listRef('Float')),
      required: true,
      description: 'x1, y1, x2, y2 … of each ring.',
    }),
  }),
});

const MaskInput = builder.inputType('RegionMaskInput', {
  description: 'Pixels of the full image.',
  fields: (t) => ({
    width: t.int({ required: true, description: 'Of the image.' }),
    height: t.int({ required: true, description: 'Of the image.' }),
    counts: t.string({ required: true, description: 'Run lengths, columns first, packed as COCO packs them.' }),
  }),
});

export const RegionInputRef = builder.inputType('LabelRegionInput', {
  description: 'Where a defect is; exactly one of box, polygon and mask.',
  fields: (t) => ({
    classCode: t.string({ required: true, description: 'Code of a class of the defect book.' }),
    box: t.field({ type: BoxInput, description: 'A rectangle.' }),
    polygon: t.field({ type: PolygonInput, description: 'An outline.' }),
    mask: t.field({ type: MaskInput, description: 'Pixel by pixel.' }),
  }),
});
