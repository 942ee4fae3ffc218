/** From a file to all that is measured on it: decoded once, squeezed to the sizes that each measure wants. */
import { createHash } from 'node:crypto';
import sharp, { type Sharp } from 'sharp';
import { EMBEDDING_INPUT_PX } from './embedding-graph.ts';
import { HASH_INPUT_PX, perceptualHash } from './perceptual-hash.ts';
import { QUALITY_INPUT_PX, type QualityScores, qualityScores } from './quality-scores.ts';
import { SKETCH_PX } from './sketch-likeness.ts';

export interface ImageMeasures {
  /** SHA-256 of width and height (32-bit, little-endian) and the upright RGB bytes. */
  pixelHash: Uint8Array;
  perceptualHash: Uint8Array;
  quality: QualityScores;
  /** Luminance, `SKETCH_PX` squared. */
  sketch: Uint8Array;
  /** RGB 0..255, [3, side, side]: what the embedding graph takes. */
  planes: Float32Array;
}

/** Throws when the file is no whole image or has more than `maxPixels`. */
export async function measureImage(path: string, maxPixels: number): Promise<ImageMeasures> {
  const { data, info } = await sharp(path, { failOn: 'error', limitInputPixels: maxPixels, sequentialRead: true })
    .autoOrient()
    .removeAlpha()
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  if (info.channels !== 3) throw new Error(`${info.channels} channels instead of 3`);
  const open = () => sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false });
  const fill = { fit: 'fill', kernel: 'lanczos3' } as const;
  const squeezed = await open().resize(EMBEDDING_INPUT_PX, EMBEDDING_INPUT_PX, fill).raw().toBuffer();
  const inside = { fit: 'inside', withoutEnlargement: true } as const;
  const quality = await open()
    .greyscale()
    .resize(QUALITY_INPUT_PX, QUALITY_INPUT_PX, inside)
    .raw()
    .toBuffer({ resolveWithObject: true });
  const sketch = await luminance(open(), SKETCH_PX);
  const small = await luminance(open(), HASH_INPUT_PX);

  const size = new Uint32Array([width, height]);
  return {
    pixelHash: createHash('sha256').update(new Uint8Array(size.buffer)).update(data).digest(),
    perceptualHash: perceptualHash(small),
    quality: qualityScores(quality.data, quality.info.width, quality.info.height),
    sketch,
    planes: planesOf(squeezed),
  };
}

/** Only the sketch, for images that were measured when sketches were not kept. */
export async function readSketch(path: string, maxPixels: number): Promise<Uint8Array> {
  const image = sharp(path, { failOn: 'error', limitInputPixels: maxPixels });
  return luminance(image.autoOrient().removeAlpha().toColourspace('srgb'), SKETCH_PX);
}

function luminance(image: Sharp, side: number): Promise<Buffer> {
  return image.greyscale().resize(side, side, { fit: 'fill', kernel: 'lanczos3' }).raw({ depth: 'uchar' }).toBuffer();
}

function planesOf(rgb: Uint8Array): Float32Array {
  const area = rgb.length / 3;
  const planes = new Float32Array(rgb.length);
  for (let index = 0; index < area; index++) {
    for (let channel = 0; channel < 3; channel++) {
      planes[channel * area + index] = rgb[index * 3 + channel] as number;
    }
  }
  return planes;
}
