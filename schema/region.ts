/**
 * Regions that people draw on an image, as they are stored, sent and shown. Coordinates are pixels of the full image, the corner of the
 * first pixel being (0, 0) and its centre (0.5, 0.5), as COCO has it.
 */

interface RegionBase {
  /** Code of a class of the plant's defect book. */
  classCode: string;
}

export interface BoxRegion extends RegionBase {
  kind: 'box';
  x: number;
  y: number;
  width: number;
  height: number;
}

/** One defect of one or several parts, each ring x1, y1, x2, y2 …; they do not overlap. */
export interface PolygonRegion extends RegionBase {
  kind: 'polygon';
  rings: number[][];
}

/** Compressed run lengths of COCO: columns first, from the first pixel that is not in it. */
export interface MaskRegion extends RegionBase {
  kind: 'mask';
  width: number;
  height: number;
  counts: string;
}

export type Region = BoxRegion | PolygonRegion | MaskRegion;
