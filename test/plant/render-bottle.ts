/**
 * Renders a bottle as an inspection camera sees it before a diffuse backlight: absorption by the light's path through the glass
 * (Beer and Lambert), the dark edge where light is bent away, waves of the wall, mould seam, dust, sensor noise.
 * The same request gives the same bytes.
 */
import sharp from 'sharp';
import { createDefect, type Defect, type DefectEffect, type DefectKind } from './bottle-defects.ts';
import { type BottleLook, COVER, createLook, GLINT, PATH, smooth, TRANSMITS, throughGlass } from './bottle-optics.ts';
import { BASE_X, BASE_Y, HEIGHT, WIDTH } from './bottle-shape.ts';
import type { Glass } from './line-process.ts';
import { normal, type Random, seededRandom, seedFrom } from './seeded-random.ts';

export interface BottleRequest {
  readonly seed: number;
  readonly glass: Glass;
  /** Backlight in parts of its nominal level. */
  readonly lighting: number;
  /** Offset from the reference position in pixels, and turn in degrees; drawn from the seed when absent. */
  readonly dx?: number;
  readonly dy?: number;
  readonly rotation?: number;
  readonly defect: DefectKind;
}

export interface BottlePicture {
  /** JPEG, sRGB, 320 × 448. */
  readonly image: Buffer;
  /** Grey PNG of the image's size, 255 where the defect is; null for a good bottle. */
  readonly mask: Buffer | null;
}

/** Absorption per pixel of glass, for red, green and blue. */
const ABSORPTION: Record<Glass, readonly [number, number, number]> = {
  clear: [0.0085, 0.0055, 0.0075],
  amber: [0.021, 0.079, 0.24],
  green: [0.083, 0.032, 0.112],
};
const BACKLIGHT = Float64Array.of(0.905, 0.925, 0.935);
const JPEG_QUALITY = 92;

/** Longest way through the glass that is told apart, and steps per pixel of it. */
const PATH_PX = 160;
const PATH_STEPS = 8;
const PATH_LENGTH = PATH_PX * PATH_STEPS + 1;
const TONE_STEPS = 2_048;
const TONE_MAX = 2;
const TONE_SCALE = TONE_STEPS / TONE_MAX;
const NOISE_LENGTH = 1 << 16;

/** One table for all pictures, read from a random place: 400,000 fresh normals would cost more than the rest of a picture. */
const NOISE = (() => {
  const random = seededRandom(7);
  return Float32Array.from({ length: NOISE_LENGTH }, () => normal(random));
})();

/** Light to camera value: straight up to the knee, above it the highlights roll off. */
const TONE = Uint8Array.from({ length: TONE_STEPS + 1 }, (_, i) => {
  const light = (i / TONE_STEPS) * TONE_MAX;
  return Math.round(255 * (light < 0.86 ? light : 0.86 + 0.14 * (1 - Math.exp(-(light - 0.86) / 0.14))));
});

const TRANSMISSION: Record<Glass, Float32Array> = {
  clear: transmissionTable(ABSORPTION.clear),
  amber: transmissionTable(ABSORPTION.amber),
  green: transmissionTable(ABSORPTION.green),
};

/** Light left after each length of way, red first, then green and blue. */
function transmissionTable(absorption: readonly number[]): Float32Array {
  return Float32Array.from({ length: 3 * PATH_LENGTH }, (_, i) => {
    const perPixel = absorption[Math.floor(i / PATH_LENGTH)] ?? 0;
    return Math.exp((-perPixel * (i % PATH_LENGTH)) / PATH_STEPS);
  });
}

export async function renderBottle(request: BottleRequest): Promise<BottlePicture> {
  const random = seededRandom(seedFrom(request.seed, request.glass, request.defect));
  const { pixels, mask } = paint(request, random);
  const image = await sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
    .jpeg({ quality: JPEG_QUALITY })
    .toBuffer();
  if (!mask) return { image, mask: null };

  const raw = { width: WIDTH, height: HEIGHT, channels: 1 as const };
  return { image, mask: await sharp(mask, { raw }).toColourspace('b-w').png().toBuffer() };
}

interface Scene {
  readonly place: { dx: number; dy: number; cos: number; sin: number };
  readonly look: BottleLook;
  readonly defect: Defect | undefined;
  readonly mask: Uint8Array | undefined;
  readonly pixels: Uint8Array;
  readonly level: number;
  readonly transmission: Float32Array;
  readonly noiseFrom: number;
  /** Scratch of one point. */
  readonly glass: Float64Array;
  readonly effect: DefectEffect;
}

function paint(request: BottleRequest, random: Random): { pixels: Uint8Array; mask: Uint8Array | undefined } {
  const place = placeOf(request, random);
  const look = createLook(random);
  const defect = createDefect(request.defect, random);
  const scene: Scene = {
    place,
    look,
    defect,
    mask: defect && new Uint8Array(WIDTH * HEIGHT),
    pixels: new Uint8Array(WIDTH * HEIGHT * 3),
    level: request.lighting * look.exposure,
    transmission: TRANSMISSION[request.glass],
    noiseFrom: Math.floor(random() * NOISE_LENGTH),
    glass: new Float64Array(4),
    effect: { transmits: 1, glint: 0, missing: 0, isDefect: false },
  };
  for (let y = 0; y < HEIGHT; y++) paintRow(scene, y);
  return { pixels: scene.pixels, mask: scene.mask };
}

/** One row, a function of its own: V8 optimises what is called often, a loop of 143,000 points it keeps giving up again. */
function paintRow(scene: Scene, y: number): void {
  const { place, look, defect, mask, pixels, transmission, glass, effect } = scene;
  const rowLevel = scene.level * beltShade(y);
  const py = BASE_Y + place.dy - y;
  let noiseAt = scene.noiseFrom + y * WIDTH * 3;
  for (let x = 0; x < WIDTH; x++) {
    const px = x - BASE_X - place.dx;
    const u = px * place.cos - py * place.sin;
    const height = px * place.sin + py * place.cos;
    throughGlass(u, height, look, glass);

    let cover = glass[COVER] ?? 0;
    let transmits = glass[TRANSMITS] ?? 1;
    let glint = glass[GLINT] ?? 0;
    if (defect && cover > 0 && isInside(defect.box, u, height)) {
      effect.transmits = 1;
      effect.glint = 0;
      effect.missing = 0;
      effect.isDefect = false;
      defect.at(u, height, effect);
      if (effect.isDefect && cover > 0.5 && mask) mask[y * WIDTH + x] = 255;
      cover *= 1 - effect.missing;
      transmits *= effect.transmits;
      glint += effect.glint;
    }

    const behind = rowLevel * backlightAt(x - look.lampX, y - look.lampY);
    const path = Math.min(PATH_LENGTH - 1, ((glass[PATH] ?? 0) * PATH_STEPS + 0.5) | 0);
    const at = (y * WIDTH + x) * 3;
    for (let c = 0; c < 3; c++) {
      const through = transmits * (transmission[c * PATH_LENGTH + path] ?? 0) + glint;
      const light = behind * (BACKLIGHT[c] ?? 0) * (1 + cover * (through - 1));
      // Shot noise grows with the root of the light, read noise does not.
      const noise = (0.0035 + 0.0075 * Math.sqrt(light)) * (NOISE[noiseAt++ & (NOISE_LENGTH - 1)] ?? 0);
      pixels[at + c] = TONE[Math.max(0, Math.min(TONE_STEPS, ((light + noise) * TONE_SCALE) | 0))] ?? 0;
    }
  }
}

function isInside(box: Defect['box'], u: number, height: number): boolean {
  return u > box.u0 && u < box.u1 && height > box.h0 && height < box.h1;
}

function placeOf(request: BottleRequest, random: Random): { dx: number; dy: number; cos: number; sin: number } {
  const drawn = { dx: 2.6 * normal(random), dy: 0.8 * normal(random), rotation: 0.45 * normal(random) };
  const radians = ((request.rotation ?? drawn.rotation) * Math.PI) / 180;
  return { dx: request.dx ?? drawn.dx, dy: request.dy ?? drawn.dy, cos: Math.cos(radians), sin: Math.sin(radians) };
}

/** The diffuser is brightest a little above the middle and falls off towards its corners. */
function backlightAt(x: number, y: number): number {
  const rx = (x - BASE_X) / WIDTH;
  const ry = (y - HEIGHT * 0.46) / HEIGHT;
  return 1 - 0.3 * rx * rx - 0.26 * ry * ry;
}

/** The conveyor: the backlight ends at its far edge, the belt is dark with a thin bright line. */
function beltShade(y: number): number {
  const below = y - (BASE_Y - 2);
  const line = Math.exp(-(((below - 7) / 2.2) ** 2));
  return 1 - smooth(-6, 3, below) * (0.84 - 0.3 * line + 0.05 * smooth(8, 24, below));
}
