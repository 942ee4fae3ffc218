/** Which of an image's neighbours may be the same photograph, and which say how alike different ones are. */

/** Neighbours that are looked at: the nearest may be the same, those from `GROUND_FROM` on hardly are. */
export const NEIGHBOURS = 110;
/** Of the index; the perceptual hashes add as many at most. */
export const CANDIDATES = 16;
const GROUND_FROM = 30;
const GROUND = 12;

/** `nearest` and `alike`: numbers of other images, the nearest first. In a small pool the ground begins behind the candidates. */
export function imagePairs(nearest: readonly number[], alike: readonly number[]) {
  const candidates = [...new Set([...nearest.slice(0, CANDIDATES), ...alike.slice(0, CANDIDATES)])];
  const known = new Set(candidates);
  const rest = nearest.filter((number) => !known.has(number));
  const far = rest.slice(GROUND_FROM - CANDIDATES);
  const from = far.length >= GROUND ? far : rest.slice(-GROUND);
  const step = from.length / GROUND;
  const ground =
    from.length <= GROUND ? from : Array.from({ length: GROUND }, (_, at) => from[Math.floor(at * step)] ?? 0);
  return { candidates, ground };
}
