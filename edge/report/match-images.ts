/**
 * How long after its trigger each image was taken, where nobody says which trigger an image is of. The distance is the one that most
 * images have to some trigger; one that others have nearly as often may be that to the part before or after, and is not known.
 */

export interface ImageDistance {
  leastMs: number;
  mostMs: number;
  /** Images that have a trigger there, and those that have none. */
  count: number;
  without: number;
}

type Window = Omit<ImageDistance, 'without'>;

export type ImageMatch = { distance: ImageDistance } | { problem: string };

/** So far an image may be from its trigger. */
const FARTHEST_MS = 10_000;
/** Of the least time between two parts. In a wider one some images could be matched to the part before or after and nobody would know. */
const WIDTH = 0.5;
const LEAST_SHARE = 0.95;
/** Pairs that the right distance has more than any other. */
const CLEAR = 3;

/** Both ascending, by the same clock. `leastMs`: the least time between two triggers. */
export function matchImages(triggersMs: readonly number[], takenMs: readonly number[], leastMs: number): ImageMatch {
  const widthMs = leastMs * WIDTH;
  const images = takenMs.filter((atMs) => isAmong(triggersMs, atMs));
  const pairs = distances(triggersMs, images).sort((a, b) => a - b);
  const windows = windowsOf(pairs, widthMs);
  const best = pick(windows);
  if (!best) return { problem: 'no image lies near a trigger' };
  if (best.count < LEAST_SHARE * images.length) {
    return { problem: `only ${best.count} of ${images.length} images keep one distance to a trigger` };
  }
  const isApart = ({ leastMs: least, mostMs }: Window) => mostMs < best.leastMs || least > best.mostMs;
  const second = pick(windows.filter(isApart));
  if (second && best.count - second.count < CLEAR) {
    const [a, b] = [best, second].map(({ leastMs: least, mostMs }) => Math.round((least + mostMs) / 2));
    return { problem: `parts come so regularly that images may be ${a} or ${b} ms after their trigger` };
  }
  return { distance: { ...best, without: images.length - best.count } };
}

/** Whether the triggers around it are known, so that one that is missing was not there. */
function isAmong(triggersMs: readonly number[], atMs: number): boolean {
  const [first = 0, last = 0] = [triggersMs[0], triggersMs.at(-1)];
  return atMs >= first - FARTHEST_MS && atMs <= last + FARTHEST_MS;
}

function distances(triggersMs: readonly number[], images: readonly number[]): number[] {
  const found: number[] = [];
  let from = 0;
  for (const atMs of images) {
    while ((triggersMs[from] ?? Number.POSITIVE_INFINITY) < atMs - FARTHEST_MS) from++;
    for (let at = from; (triggersMs[at] ?? Number.POSITIVE_INFINITY) <= atMs + FARTHEST_MS; at++)
      found.push(atMs - (triggersMs[at] ?? 0));
  }
  return found;
}

/** From each distance as far as the width goes. */
function windowsOf(ascending: readonly number[], widthMs: number): Window[] {
  let end = 0;
  return ascending.map((leastMs, start) => {
    while ((ascending[end] ?? Number.POSITIVE_INFINITY) <= leastMs + widthMs) end++;
    return { leastMs, mostMs: ascending[end - 1] ?? leastMs, count: end - start };
  });
}

/** The one with most pairs, the narrowest of several. */
function pick(windows: readonly Window[]): Window | undefined {
  let best: Window | undefined;
  for (const window of windows) {
    const isBetter = !best || window.count > best.count;
    if (isBetter || (best && window.count === best.count && widthOf(window) < widthOf(best))) best = window;
  }
  return best;
}

function widthOf({ leastMs, mostMs }: Window): number {
  return mostMs - leastMs;
}
