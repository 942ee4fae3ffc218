/** Defects of the simulated bottle, drawn in the bottle's own coordinates: u from the axis, height above the foot, pixels. */
import { BOTTLE, BOTTLE_HEIGHT } from './bottle-shape.ts';
import { between, type Random } from './seeded-random.ts';

export type DefectKind = 'none' | 'crack' | 'chip' | 'inclusion';
export const DEFECT_KINDS: readonly Exclude<DefectKind, 'none'>[] = ['crack', 'chip', 'inclusion'];

/** What a defect does to one point of the picture. */
export interface DefectEffect {
  /** Share of the light that still comes through. */
  transmits: number;
  /** Light added, in parts of the backlight. */
  glint: number;
  /** Share of the glass that is not there, 0 to 1. */
  missing: number;
  isDefect: boolean;
}

export interface Defect {
  /** Nothing of the defect lies outside of this box. */
  readonly box: { u0: number; u1: number; h0: number; h1: number };
  /** Fills `effect` (one object for all points, to spare the garbage) for a point of the bottle. */
  at(u: number, height: number, effect: DefectEffect): void;
}

export function createDefect(kind: DefectKind, random: Random): Defect | undefined {
  if (kind === 'crack') return createCrack(random);
  if (kind === 'chip') return createChip(random);
  if (kind === 'inclusion') return createInclusion(random);
  return undefined;
}

interface Segment {
  readonly u0: number;
  readonly h0: number;
  readonly u1: number;
  readonly h1: number;
  readonly width: number;
}

/** A thin dark line that wanders and branches; one flank catches the light. */
function createCrack(random: Random): Defect {
  const segments: Segment[] = [];
  const grow = (u: number, h: number, heading: number, length: number, width: number, branches: number): void => {
    let direction = heading;
    let [at, up] = [u, h];
    const step = 5;
    const steps = Math.round(length / step);
    const forks = new Set(Array.from({ length: branches }, () => Math.floor(between(random, 0.25, 0.75) * steps)));
    for (let i = 0; i < steps; i++) {
      direction += between(random, -0.42, 0.42) + 0.12 * (heading - direction);
      const next: [number, number] = [at + step * Math.cos(direction), up + step * Math.sin(direction)];
      // The glass ends a little inside of the silhouette, where the edge is dark anyway.
      if (Math.abs(next[0]) > 0.86 * BOTTLE.radius(next[1]) || next[1] < 18 || next[1] > 345) return;
      const taper = width * (1 - (0.55 * i) / steps);
      segments.push({ u0: at, h0: up, u1: next[0], h1: next[1], width: taper });
      [at, up] = next;
      if (forks.has(i)) {
        const side = random() < 0.5 ? -1 : 1;
        grow(
          at,
          up,
          direction + side * between(random, 0.5, 0.95),
          length * between(random, 0.3, 0.5),
          taper * 0.75,
          0,
        );
      }
    }
  };
  const h = between(random, 50, 250);
  const u = between(random, -0.5, 0.5) * BOTTLE.radius(h);
  // Towards the axis, so that it does not leave the glass after two steps.
  const inwards = u > 0 ? Math.PI - between(random, -1.3, 1.3) : between(random, -1.3, 1.3);
  grow(u, h, inwards, between(random, 70, 130), between(random, 1, 1.5), random() < 0.7 ? 2 : 1);

  const reach = 5;
  return {
    box: {
      u0: Math.min(...segments.map((s) => Math.min(s.u0, s.u1))) - reach,
      u1: Math.max(...segments.map((s) => Math.max(s.u0, s.u1))) + reach,
      h0: Math.min(...segments.map((s) => Math.min(s.h0, s.h1))) - reach,
      h1: Math.max(...segments.map((s) => Math.max(s.h0, s.h1))) + reach,
    },
    at(pu, ph, effect) {
      for (const s of segments) {
        const du = s.u1 - s.u0;
        const dh = s.h1 - s.h0;
        const along = Math.min(1, Math.max(0, ((pu - s.u0) * du + (ph - s.h0) * dh) / (du * du + dh * dh)));
        const distance = Math.hypot(pu - s.u0 - along * du, ph - s.h0 - along * dh);
        if (distance > reach) continue;
        const line = Math.exp(-((distance / s.width) ** 2));
        effect.transmits = Math.min(effect.transmits, 1 - 0.82 * line);
        const side = (pu - s.u0) * dh - (ph - s.h0) * du > 0 ? 1 : 0;
        effect.glint = Math.max(effect.glint, 0.055 * side * Math.exp(-(((distance - 1.7 * s.width) / 0.9) ** 2)));
        if (distance < Math.max(1.5, 1.4 * s.width)) effect.isDefect = true;
      }
    },
  };
}

/** A piece broken off the lip or the heel: the backlight shows through, the shell-shaped break is dark and bright in rings. */
function createChip(random: Random): Defect {
  const side = random() < 0.5 ? -1 : 1;
  const isLip = random() < 0.75;
  const h = isLip ? BOTTLE_HEIGHT - between(random, 0, 5) : between(random, 3, 12);
  const u =
    side * (isLip ? between(random, 0.45, 0.95) : between(random, 0.95, 1.02)) * BOTTLE.radius(Math.min(h, 390));
  const outwards = isLip ? 1 : -1;
  const size = between(random, 12, 18);
  const waves = Array.from({ length: 3 }, (_, i) => ({
    n: i + 2,
    a: between(random, 0.04, 0.14),
    p: between(random, 0, 6.3),
  }));
  const reach = size * 1.6;
  const beyond = 60;
  return {
    box: {
      u0: u - (side < 0 ? beyond : reach),
      u1: u + (side > 0 ? beyond : reach),
      h0: h - (outwards < 0 ? beyond : reach),
      h1: h + (outwards > 0 ? beyond : reach),
    },
    at(pu, ph, effect) {
      // Drawn out outwards, so that no sliver of glass is left hanging beyond the break.
      const du = (side * (pu - u) > 0 ? 0.3 : 1) * (pu - u);
      const dh = (outwards * (ph - h) > 0 ? 0.3 : 1) * (ph - h);
      const angle = Math.atan2(dh, du);
      const edge = size * (1 + waves.reduce((sum, w) => sum + w.a * Math.sin(w.n * angle + w.p), 0));
      const inside = edge - Math.hypot(du, dh * 1.12);
      if (inside > 0) {
        effect.isDefect = true;
        // At the rim of the break glass still stands and shows its rings.
        effect.missing = Math.min(1, Math.max(0, inside - 4));
        effect.transmits = 0.3 + 0.4 * (inside / 4.5) * (0.62 + 0.3 * Math.sin(inside * 1.9));
        effect.glint = 0.08 * Math.exp(-(((inside - 2.6) / 0.8) ** 2));
      } else if (inside > -3) {
        effect.transmits = 1 - 0.55 * (1 + inside / 3);
      }
    },
  };
}

/** A stone: unmelted batch in the wall, dark and ragged, with the lens-like halo of the strained glass around it. */
function createInclusion(random: Random): Defect {
  const h = between(random, 40, 235);
  const u = between(random, -0.68, 0.68) * BOTTLE.radius(h);
  const size = between(random, 5.5, 9);
  const stretch = between(random, 0.75, 1.3);
  const waves = Array.from({ length: 4 }, (_, i) => ({
    n: i + 2,
    a: between(random, 0.03, 0.13),
    p: between(random, 0, 6.3),
  }));
  const reach = size * 3.2;
  return {
    box: { u0: u - reach, u1: u + reach, h0: h - reach, h1: h + reach },
    at(pu, ph, effect) {
      const angle = Math.atan2(ph - h, pu - u);
      const edge = size * (1 + waves.reduce((sum, w) => sum + w.a * Math.sin(w.n * angle + w.p), 0));
      const ratio = Math.hypot((pu - u) * stretch, (ph - h) / stretch) / edge;
      if (ratio > 2.6) return;
      const stone = 1 / (1 + Math.exp((ratio - 1) * 7));
      const halo = Math.exp(-(((ratio - 1.5) / 0.32) ** 2));
      const ring = Math.exp(-(((ratio - 2) / 0.28) ** 2));
      effect.transmits = (1 - 0.85 * stone) * (1 - 0.16 * ring);
      effect.glint = 0.05 * halo;
      effect.isDefect = ratio < 1.35;
    },
  };
}
