/** Good bottles for the first model: every glass, and the spread of light and position that the rendered line shows. */
import { renderBottle } from '../render-bottle.ts';
import type { TrainingImage } from './upload-images.ts';

const IMAGES_PER_GLASS = 48;
const FIRST_SEED = 900_000_000;

/** About 150 images, the same at every call. */
export async function renderTrainingImages(): Promise<TrainingImage[]> {
  const glasses = ['clear', 'amber', 'green'] as const;
  const images: TrainingImage[] = [];
  for (const [index, glass] of glasses.entries()) {
    for (let number = 0; number < IMAGES_PER_GLASS; number++) {
      const seed = FIRST_SEED + index * IMAGES_PER_GLASS + number;
      const part = number / (IMAGES_PER_GLASS - 1);
      const { image } = await renderBottle({ seed, glass, lighting: 0.9 + 0.16 * part, defect: 'none' });
      images.push({ bytes: image, contentType: 'image/jpeg' });
    }
  }
  return images;
}
