/** Which of an image's neighbours may be the same photograph, and which say how alike different ones are. */

/** Neighbours that are looked at: the nearest may be the same, those from `GROUND_FROM` on hardly are. */
export const NEIGHBOURS = 110;
/** Of the index; the perceptual hashes add as many at most. */
export const CANDIDATES = 16;
/** Neighbours whose ground is taken together with the image's own. */
export const GROUND_NEIGHBOURS = 40;
const GROUND_FROM = 30;
const GROUND = 12;

/**
 * `nearest` and `alike`: numbers of other images, the nearest first. In a small pool the nearer half may be the same and the
 * other half is the ground: its own images say better how alike different ones are than any assumption.
 */
export function imagePairs(nearest: readonly number[], alike: readonly number[]) {
  const near = nearest.slice(0, Math.min(CANDIDATES, Math.ceil(nearest.length / 2)));
  const candidates = [...new Set([...near, ...alike.slice(0, CANDIDATES)])];
  const known = new Set(candidates);
  const rest = nearest.filter((number) => !known.has(number));
  const far = rest.slice(GROUND_FROM - CANDIDATES);
  const from = far.length >= GROUND ? far : rest.slice(-GROUND);
  const step = Math.max(1, from.length / GROUND);
  const ground = Array.from({ length: Math.min(GROUND, from.length) }, (_, at) => from[Math.floor(at * step)] ?? 0);
  return { candidates, ground };
}
