/**
 * Where the part lies against the recipe's reference image: a rigid registration, coarse to fine. The coarsest level is
 * searched as a whole, so that no start value is needed; finer ones are solved by inverse-compositional Gauss-Newton steps
 * (Baker & Matthews 2004) with Huber weights, so that a defect does not pull the part with it, and with gain and offset of the
 * brightness fitted on the way.
 */
import { type At, compare, type Pose, solveStep } from './align-samples.ts';
import { greyPyramid, type RgbImage } from './grey-pyramid.ts';
import { atLevel, chooseSamples, type Samples, type Window } from './reference-samples.ts';

/** A point p of the reference, seen from the window's centre, lies in the image at R(rotation) · p + (dx, dy). */
export interface Placement {
  dx: number;
  dy: number;
  /** Clockwise as seen on a screen. */
  rotationDeg: number;
}

export interface Location extends Placement {
  /** Correlation of the compensated image with the reference, -1 to 1. */
  confidence: number;
}

export interface LocateLimits {
  /** In the same pixels as the window. */
  maxOffset: number;
  /** 0: the part cannot turn, or is round: only the offset is measured. */
  maxRotationDeg: number;
}

export interface Reference {
  window: Window;
  /** Halvings before the finest level. */
  skipped: number;
  /** Finest first. */
  levels: Samples[];
}

/** A window with fewer pixels a side than this is searched as a whole. */
const COARSEST_SIDE = 24;
/** A window with more pixels a side is halved first: a hundredth of its pixels is exact enough. */
const FINEST_SIDE = 448;
const MAX_STEPS = 10;
/** Pixels that a step still moves the part, at its rim. */
const CONVERGED = 0.01;
/** The search goes beyond the limits, so that a part outside of them is measured too. */
const SEARCH_MARGIN = 1.25;
const CANDIDATES = 3;
const DEGREE = Math.PI / 180;

export function prepareReference(image: RgbImage, window: Window): Reference {
  const side = Math.min(window.width, window.height);
  const skipped = Math.max(0, Math.ceil(Math.log2(side / FINEST_SIDE)));
  const count = Math.max(1, Math.ceil(Math.log2(side / COARSEST_SIDE)) + 1 - skipped);
  const levels = greyPyramid(image, count, skipped).map((level, index) =>
    chooseSamples(level, window, skipped + index),
  );
  return { window, skipped, levels };
}

/** `image` is prepared like the reference and of the same scale; it may differ in size. */
export function locate(reference: Reference, image: RgbImage, limits: LocateLimits): Location {
  const { window, skipped, levels } = reference;
  const centre = { x: window.x + (window.width - 1) / 2, y: window.y + (window.height - 1) / 2 };
  const pyramid = greyPyramid(image, levels.length, skipped);
  let best: Pose[] = [];
  for (let index = levels.length - 1; index >= 0; index--) {
    const samples = levels[index];
    const level = pyramid[index];
    if (!samples || !level) continue;
    const halvings = skipped + index;
    const at = { level, centre: atLevel(centre, halvings), canTurn: limits.maxRotationDeg > 0 };
    if (best.length === 0) best = search(samples, at, limits, 2 ** halvings);
    best = best.map((pose) => refine(samples, at, pose)).sort((a, b) => b.correlation - a.correlation);
    // Only the coarsest level can mistake one place for another.
    best = best.slice(0, 1);
    if (index > 0) best = best.map((pose) => ({ ...pose, dx: pose.dx * 2, dy: pose.dy * 2 }));
  }
  const [found] = best;
  if (!found) return { dx: 0, dy: 0, rotationDeg: 0, confidence: 0 };
  const scale = 2 ** skipped;
  return {
    dx: found.dx * scale,
    dy: found.dy * scale,
    rotationDeg: found.angle / DEGREE,
    confidence: found.correlation,
  };
}

/** The best places of the coarsest level, whole pixels and about one pixel of arc apart. */
function search(samples: Samples, at: At, { maxOffset, maxRotationDeg }: LocateLimits, factor: number): Pose[] {
  const reach = Math.ceil((maxOffset * SEARCH_MARGIN) / factor);
  const turn = maxRotationDeg * DEGREE * SEARCH_MARGIN;
  const turns = Math.ceil(turn * samples.radius);
  const seen = new Float32Array(samples.count);
  const poses: Pose[] = [];
  for (let step = -turns; step <= turns; step++) {
    const angle = turns === 0 ? 0 : (step / turns) * turn;
    for (let dy = -reach; dy <= reach; dy++) {
      for (let dx = -reach; dx <= reach; dx++) {
        const pose = { dx, dy, angle, correlation: 0 };
        poses.push({ ...pose, correlation: compare(samples, at, pose, seen).correlation });
      }
    }
  }
  return poses.sort((a, b) => b.correlation - a.correlation).slice(0, CANDIDATES);
}

function refine(samples: Samples, at: At, start: Pose): Pose {
  const seen = new Float32Array(samples.count);
  let pose = start;
  for (let step = 0; step < MAX_STEPS; step++) {
    const comparison = compare(samples, at, pose, seen);
    pose = { ...pose, correlation: comparison.correlation };
    const change = solveStep(samples, seen, comparison, at.canTurn);
    if (!change) return pose;
    const angle = pose.angle - change.angle;
    const cos = Math.cos(angle);
    const sin = Math.sin(angle);
    pose = {
      ...pose,
      angle,
      dx: pose.dx - (cos * change.dx - sin * change.dy),
      dy: pose.dy - (sin * change.dx + cos * change.dy),
    };
    if (Math.hypot(change.dx, change.dy) + Math.abs(change.angle) * samples.radius < CONVERGED) return pose;
  }
  return { ...pose, correlation: compare(samples, at, pose, seen).correlation };
}
