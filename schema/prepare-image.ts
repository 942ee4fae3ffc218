/**
 * From an encoded image to the bytes that a model's graph takes. Trainer and edge both call this one function, so that
 * a model sees at the line exactly what it was taught and calibrated on.
 */
import sharp from 'sharp';
import type { ModelInput } from './model-manifest.ts';

export interface PreparedImage {
  /** RGB, row-major, [height, width, 3]. */
  data: Uint8Array;
  width: number;
  height: number;
  /** Size of the decoded image, upright (EXIF orientation applied), as a browser shows it. */
  originalWidth: number;
  originalHeight: number;
}

/** Smallest side that the graphs accept, in pixels after scaling. */
export const MIN_INPUT_SIDE = 32;

/** The image cannot be used as it is; `message` says what is wrong and what to do. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
}

/**
 * Decodes PNG, JPEG or WebP, drops alpha, converts to 8-bit sRGB and scales both sides by `input.scale`, rounded.
 * Throws `ImageError` for anything that is not a whole image, is larger than `input.maxPixels` or smaller than 32 px after scaling.
 */
export async function prepareImage(source: Uint8Array | string, input: ModelInput): Promise<PreparedImage> {
  const name = typeof source === 'string' ? source : `image of ${source.byteLength} bytes`;
  // The limit is checked on the header below, where both sides are known for the message; sharp's own stands behind it.
  const { width: originalWidth, height: originalHeight } = await imageSize(source, name);
  if (originalWidth * originalHeight > input.maxPixels) {
    throw new ImageError(
      `${name}: ${originalWidth}×${originalHeight} px is more than maxPixels = ${input.maxPixels}; scale the image down or train with larger images`,
    );
  }
  const width = Math.round(originalWidth * input.scale);
  const height = Math.round(originalHeight * input.scale);
  if (width < MIN_INPUT_SIDE || height < MIN_INPUT_SIDE) {
    throw new ImageError(
      `${name}: ${originalWidth}×${originalHeight} px becomes ${width}×${height} px, less than ${MIN_INPUT_SIDE} px a side; give larger images`,
    );
  }
  try {
    const { data, info } = await open(source, input.maxPixels)
      .autoOrient()
      .removeAlpha()
      .toColourspace('srgb')
      .resize(width, height, { fit: 'fill', kernel: input.kernel })
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) throw new Error(`${info.channels} channels instead of 3`);
    return { data, width, height, originalWidth, originalHeight };
  } catch (cause) {
    throw new ImageError(`${name}: cannot be decoded (${reason(cause)}); give a whole PNG, JPEG or WebP image`, {
      cause,
    });
  }
}

/** Upright size in pixels from the header alone. Throws `ImageError` when the bytes are no image. */
export async function imageSize(
  source: Uint8Array | string,
  name = String(source),
): Promise<{ width: number; height: number }> {
  try {
    const { autoOrient } = await open(source, false).metadata();
    return { width: autoOrient.width, height: autoOrient.height };
  } catch (cause) {
    throw new ImageError(`${name}: is not an image (${reason(cause)}); give a PNG, JPEG or WebP image`, { cause });
  }
}

function open(source: Uint8Array | string, limitInputPixels: number | false) {
  return sharp(source, { failOn: 'error', limitInputPixels, sequentialRead: true });
}

function reason(cause: unknown): string {
  return cause instanceof Error ? (cause.message.split('\n')[0] ?? cause.message) : String(cause);
}
