/**
 * Renders a bottle as an inspection camera sees it against a diffuse backlight: absorption by the path of the light through the
 * glass (Beer and Lambert), the dark edge of total reflection, striae, mould seam, dust, sensor noise. The same request gives the same bytes.
 */
import sharp from 'sharp';
import { createDefect, type DefectEffect, type DefectKind } from './bottle-defects.ts';
import { BASE_X, BASE_Y, BOTTLE, BOTTLE_HEIGHT, HEIGHT, WIDTH } from './bottle-shape.ts';
import type { Glass } from './line-process.ts';
import { between, normal, type Random, seededRandom, seedFrom } from './seeded-random.ts';

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
  /** JPEG. */
  readonly image: Buffer;
  /** Grey PNG of the image's size, 255 where the defect is; null for a good bottle. */
  readonly mask: Buffer | null;
}

/** Absorption per pixel of glass, for red, green and blue. */
const ABSORPTION: Record<Glass, readonly [number, number, number]> = {
  clear: [0.0085, 0.0055, 0.0075],
  amber: [0.021, 0.079, 0.24],
  green: [0.088, 0.03, 0.096],
};
const WALL_PX = 4.6;
const BACKLIGHT = [0.905, 0.925, 0.935] as const;
const JPEG_QUALITY = 92;
const NOISE_LENGTH = 1 << 16;
/** One table for all pictures, read from a random place: 400,000 fresh normals would cost half the time of a picture. */
const NOISE = noiseTable();

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

function paint(request: BottleRequest, random: Random): { pixels: Uint8Array; mask: Uint8Array | undefined } {
  const place = placeOf(request, random);
  const look = lookOf(random);
  const defect = createDefect(request.defect, random);
  const mask = defect && new Uint8Array(WIDTH * HEIGHT);
  const pixels = new Uint8Array(WIDTH * HEIGHT * 3);
  const level = request.lighting * look.exposure;
  const absorption = ABSORPTION[request.glass];
  const effect: DefectEffect = { transmits: 1, glint: 0, isMissing: false, isDefect: false };
  const glass: GlassPoint = { path: 0, transmits: 1, glint: 0, cover: 0 };
  let noiseAt = Math.floor(random() * NOISE_LENGTH);

  for (let y = 0; y < HEIGHT; y++) {
    const belt = beltShade(y);
    for (let x = 0; x < WIDTH; x++) {
      const px = x - BASE_X - place.dx;
      const py = BASE_Y + place.dy - y;
      const u = px * place.cos - py * place.sin;
      const height = px * place.sin + py * place.cos;

      effect.transmits = 1;
      effect.glint = 0;
      effect.isMissing = false;
      effect.isDefect = false;
      const box = defect?.box;
      if (box && u > box.u0 && u < box.u1 && height > box.h0 && height < box.h1) defect.at(u, height, effect);
      throughGlass(u, height, look, glass);

      if (effect.isDefect && glass.cover > 0.5 && mask) mask[y * WIDTH + x] = 255;
      const cover = effect.isMissing ? 0 : glass.cover;
      const behind = level * backlightAt(x, y, look) * belt;
      const through = glass.transmits * (cover > 0 ? effect.transmits : 1);
      const shine = level * belt * (glass.glint + (cover > 0 ? effect.glint : 0));
      const at = (y * WIDTH + x) * 3;
      for (let c = 0; c < 3; c++) {
        const open = behind * (BACKLIGHT[c] ?? 0);
        const lit = open * through * Math.exp(-(absorption[c] ?? 0) * glass.path) + shine * (BACKLIGHT[c] ?? 0);
        const light = open + (lit - open) * cover;
        // Shot noise grows with the root of the light, read noise does not.
        const noise = (0.0035 + 0.0075 * Math.sqrt(light)) * (NOISE[noiseAt++ & (NOISE_LENGTH - 1)] ?? 0);
        const value = 255 * toneCurve(light + noise);
        pixels[at + c] = value < 0 ? 0 : value > 255 ? 255 : value + 0.5;
      }
    }
  }
  return { pixels, mask };
}

interface GlassPoint {
  /** Pixels of glass the light goes through. */
  path: number;
  /** Light that is not bent out of the camera's view. */
  transmits: number;
  /** Reflected light in parts of the backlight. */
  glint: number;
  /** 0 outside, 1 inside, between on the silhouette. */
  cover: number;
}

/** The optics of one point: a hollow cylinder of the local radius, seen from the side. */
function throughGlass(u: number, height: number, look: Look, out: GlassPoint): void {
  out.cover = 0;
  if (height < -1 || height > BOTTLE_HEIGHT + 1) return;
  // The lens stands a little above the middle: level rings of the bottle sag towards their centre.
  const outer = BOTTLE.radius(Math.min(BOTTLE_HEIGHT, Math.max(0, height)));
  const distance = Math.abs(u);
  const inside = outer - distance;
  if (inside < -0.7) return;
  out.cover = Math.min(1, Math.max(0, inside + 0.7) / 1.4);
  if (height < 0) out.cover *= 1 + height;
  if (height > BOTTLE_HEIGHT) out.cover *= 1 + BOTTLE_HEIGHT - height;

  const s = Math.min(0.999, distance / outer);
  const bow = Math.sqrt(1 - s * s);
  const seen = Math.min(BOTTLE_HEIGHT, Math.max(0, height - look.sag * (1 - bow)));
  const slope = BOTTLE.slope(seen);
  const striae = 1 + look.striae * striaAt(u, height, look);
  const wall = WALL_PX * look.wall * striae * BOTTLE.wall(seen);
  const inner = Math.max(0, 1 - wall / outer);
  const hollow = s < inner ? Math.sqrt(inner * inner - s * s) : 0;
  out.path = 2 * outer * (bow - hollow) * 0.86 * Math.sqrt(1 + slope * slope * 0.5);

  const edge = smooth(inner - 0.06, Math.min(1, inner + 0.045), s);
  const rim = smooth(0.965, 1, s);
  const bend = 1 - 0.62 * edge + 0.2 * rim * edge;
  const tilt = 1 - 0.5 * (slope / (0.8 + slope)) * (0.45 + 0.55 * s);
  const foot = 1 - 0.55 * band(seen, 12, 3.2) - 0.4 * band(seen, 2, 2.2) + 0.12 * band(seen, 7, 2);
  const rings = 1 - 0.3 * band(seen, 354.5, 1.7) - 0.3 * band(seen, 373, 1.8) - 0.22 * band(seen, 384, 1.3);
  const seam = 1 - 0.055 * band(u, look.seam * outer, 1.1) * (height < 350 ? 1 : 0.4);
  out.transmits = bend * tilt * foot * rings * seam;

  const upright = 1 / (1 + 2.2 * slope);
  const body = smooth(4, 40, seen);
  const left = Math.exp(-(((u / outer + 0.62) / 0.045) ** 2));
  const wide = Math.exp(-(((u / outer + 0.52) / 0.1) ** 2));
  const right = Math.exp(-(((u / outer - 0.68) / 0.035) ** 2));
  out.glint = body * upright * (look.shine * (0.16 * left + 0.05 * wide + 0.1 * right));
  for (const dust of look.dust) {
    const d = (u - dust.u) ** 2 + (height - dust.h) ** 2;
    if (d < 9) out.transmits *= 1 - dust.dark * Math.exp(-d / dust.size);
  }
}

interface Look {
  readonly exposure: number;
  readonly wall: number;
  readonly striae: number;
  readonly phases: readonly number[];
  readonly sag: number;
  /** Place of the mould seam in parts of the radius. */
  readonly seam: number;
  readonly shine: number;
  readonly lampX: number;
  readonly lampY: number;
  readonly dust: readonly { u: number; h: number; size: number; dark: number }[];
}

/** What differs from one good bottle to the next. */
function lookOf(random: Random): Look {
  return {
    exposure: 1 + 0.008 * normal(random),
    wall: between(random, 0.93, 1.07),
    striae: between(random, 0.05, 0.11),
    phases: Array.from({ length: 6 }, () => between(random, 0, 2 * Math.PI)),
    sag: between(random, 3.2, 3.8),
    seam: Math.sin(between(random, -1.3, 1.3)),
    shine: between(random, 0.85, 1.15),
    lampX: BASE_X + between(random, -6, 6),
    lampY: HEIGHT * 0.46 + between(random, -6, 6),
    dust: Array.from({ length: Math.floor(between(random, 0, 5)) }, () => ({
      u: between(random, -70, 70),
      h: between(random, 25, 330),
      size: between(random, 0.5, 1.3),
      dark: between(random, 0.06, 0.16),
    })),
  };
}

function placeOf(request: BottleRequest, random: Random): { dx: number; dy: number; cos: number; sin: number } {
  const drawn = { dx: 2.6 * normal(random), dy: 0.8 * normal(random), rotation: 0.45 * normal(random) };
  const radians = ((request.rotation ?? drawn.rotation) * Math.PI) / 180;
  return { dx: request.dx ?? drawn.dx, dy: request.dy ?? drawn.dy, cos: Math.cos(radians), sin: Math.sin(radians) };
}

/** Slow waves of the wall's thickness, longer along the axis than around it. */
function striaAt(u: number, height: number, look: Look): number {
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = look.phases;
  return (
    Math.sin(u * 0.047 + 0.8 * Math.sin(height * 0.017 + a) + b) +
    0.6 * Math.sin(u * 0.11 - height * 0.021 + c) +
    0.5 * Math.sin(height * 0.043 + 0.9 * Math.sin(u * 0.031 + d) + e)
  );
}

function backlightAt(x: number, y: number, look: Look): number {
  const rx = (x - look.lampX) / WIDTH;
  const ry = (y - look.lampY) / HEIGHT;
  return 1 - 0.3 * rx * rx - 0.26 * ry * ry;
}

/** The conveyor: the backlight ends at its far edge, the belt itself is dark with a thin bright edge. */
function beltShade(y: number): number {
  const below = y - (BASE_Y - 2);
  if (below < -6) return 1;
  const belt = smooth(-6, 3, below);
  return 1 - belt * (0.84 - 0.3 * Math.exp(-(((below - 7) / 2.2) ** 2)) + 0.05 * smooth(8, 24, below));
}

/** The camera's gamma is 1 up to its knee, above it the highlights roll off. */
function toneCurve(light: number): number {
  return light < 0.86 ? light : 0.86 + 0.14 * (1 - Math.exp(-(light - 0.86) / 0.14));
}

function smooth(low: number, high: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - low) / (high - low)));
  return t * t * (3 - 2 * t);
}

function band(value: number, centre: number, width: number): number {
  const t = (value - centre) / width;
  return t > 3 || t < -3 ? 0 : Math.exp(-t * t);
}

function noiseTable(): Float32Array {
  const random = seededRandom(7);
  return Float32Array.from({ length: NOISE_LENGTH }, () => normal(random));
}
