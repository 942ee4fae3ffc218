/** From the bytes of a captured image to what the model takes: hash, decode, scale, locate, cut, measure. */
import type { ModelInput } from '#schema/model-manifest.ts';
import { MIN_INPUT_SIDE, type PreparedImage, prepareImage } from '#schema/prepare-image.ts';
import type { CameraSetup } from '../camera-setup.ts';
import type { ImageStatistics, Position } from '../frame.ts';
import { cutWindow, placeInImage } from './cut-window.ts';
import type { RgbImage } from './grey-pyramid.ts';
import { imageStatistics } from './image-statistics.ts';
import { type Location, locate, type Reference } from './locate.ts';
import type { Window } from './reference-samples.ts';

/** The image as the model takes it, with what was measured on the way. */
export interface PreparedFrame {
  sha256: string;
  image: RgbImage;
  statistics: ImageStatistics;
  position: Position | null;
  locateProblem: string | undefined;
  /** A point of `image` (pixels) → shares of the original's sides. */
  toOriginal(x: number, y: number): { x: number; y: number };
  times: { decodeMs: number; locateMs: number; statisticsMs: number };
}

/** The reference of a setup, prepared for a window of the model's scale. Rejects when it cannot be had. */
export type FindReference = (setup: CameraSetup, input: ModelInput) => Promise<Reference>;

/** Below this the image and the reference show different things. */
const MIN_CONFIDENCE = 0.5;

/**
 * The whole image without a reference gives the very bytes of `prepareImage`, which are what training saw; a region of interest
 * is cut from those bytes. Throws `ImageError` when the bytes are no whole image within the model's limits.
 */
export async function prepareFrame(
  bytes: Uint8Array<ArrayBuffer>,
  input: ModelInput,
  setup: CameraSetup,
  findReference: FindReference,
): Promise<PreparedFrame> {
  const startedAt = performance.now();
  const [digest, prepared] = await Promise.all([crypto.subtle.digest('SHA-256', bytes), prepareImage(bytes, input)]);
  const decodedAt = performance.now();
  const window = windowOf(setup.roi, prepared);
  const { location, problem } = await locatePart(prepared, setup, input, findReference);
  const isPlaced = location !== undefined && problem === undefined;
  const placement = isPlaced ? location : undefined;
  const image = cutWindow(prepared, window, placement);
  const locatedAt = performance.now();
  const statistics = imageStatistics(image);
  return {
    sha256: Buffer.from(digest).toString('hex'),
    image,
    statistics,
    position: location ? positionOf(location, prepared) : null,
    locateProblem: problem,
    toOriginal: placeInImage(prepared, window, placement),
    times: {
      decodeMs: decodedAt - startedAt,
      locateMs: setup.reference ? locatedAt - decodedAt : 0,
      statisticsMs: performance.now() - locatedAt,
    },
  };
}

/** At least as large as the graphs accept: a region that is too small grows around its centre. */
export function windowOf(roi: CameraSetup['roi'], image: { width: number; height: number }): Window {
  if (!roi) return { x: 0, y: 0, width: image.width, height: image.height };
  const [x, width] = span(roi.x, roi.width, image.width);
  const [y, height] = span(roi.y, roi.height, image.height);
  return { x, y, width, height };
}

function span(start: number, length: number, side: number): [start: number, length: number] {
  const pixels = Math.min(side, Math.max(MIN_INPUT_SIDE, Math.round(length * side)));
  const from = Math.round((start + length / 2) * side - pixels / 2);
  return [Math.min(side - pixels, Math.max(0, from)), pixels];
}

async function locatePart(
  prepared: PreparedImage,
  setup: CameraSetup,
  input: ModelInput,
  findReference: FindReference,
): Promise<{ location: Location | undefined; problem: string | undefined }> {
  if (!setup.reference) return { location: undefined, problem: undefined };
  let reference: Reference;
  try {
    reference = await findReference(setup, input);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { location: undefined, problem: `the reference image cannot be used: ${message}` };
  }
  const maxOffset = (setup.maxOffsetPx * prepared.width) / prepared.originalWidth;
  const { maxRotationDeg } = setup;
  const location = locate(reference, prepared, { maxOffset, maxRotationDeg });
  if (location.confidence < MIN_CONFIDENCE) return { location: undefined, problem: 'the part was not found' };
  const isNear = Math.hypot(location.dx, location.dy) <= maxOffset && Math.abs(location.rotationDeg) <= maxRotationDeg;
  return { location, problem: isNear ? undefined : 'the part lies farther off than the setup allows' };
}

function positionOf({ dx, dy, rotationDeg }: Location, prepared: PreparedImage): Position {
  return {
    offsetXPx: (dx * prepared.originalWidth) / prepared.width,
    offsetYPx: (dy * prepared.originalHeight) / prepared.height,
    rotationDeg,
  };
}
