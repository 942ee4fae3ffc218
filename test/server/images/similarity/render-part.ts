/** Photographs of made-up parts, aligned or not: the same form with grain and scratches that are each part's own. */
import sharp from 'sharp';
import { createRandom } from '../../../../server/maths/random.ts';

const SIDE = 256;

/** A disc with a rim, the same for all; texture of the number. As PNG. */
export async function renderPart(number: number): Promise<Buffer> {
  const random = createRandom(number);
  const data = Buffer.alloc(SIDE * SIDE);
  const spots = Array.from({ length: 260 }, () => ({
    x: random() * SIDE,
    y: random() * SIDE,
    radius: 1.5 + 5 * random(),
    light: 40 * (random() - 0.5),
  }));
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      const distance = Math.hypot(column - SIDE / 2, row - SIDE / 2);
      const form = distance < 90 ? 150 : distance < 100 ? 60 : 110;
      data[row * SIDE + column] = form + 10 * (random() - 0.5);
    }
  }
  for (const { x, y, radius, light } of spots) {
    for (let row = Math.max(0, Math.floor(y - 3 * radius)); row < Math.min(SIDE, y + 3 * radius); row++) {
      for (let column = Math.max(0, Math.floor(x - 3 * radius)); column < Math.min(SIDE, x + 3 * radius); column++) {
        const weight = Math.exp(-((column - x) ** 2 + (row - y) ** 2) / (2 * radius ** 2));
        const at = row * SIDE + column;
        data[at] = Math.min(255, Math.max(0, (data[at] ?? 0) + light * weight));
      }
    }
  }
  return sharp(data, { raw: { width: SIDE, height: SIDE, channels: 1 } })
    .toColourspace('srgb')
    .png()
    .toBuffer();
}
