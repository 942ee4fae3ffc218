/** Two fingers on a screen: how far their middle moved, and by how much they spread. */
import type { Point } from '../lib/view-transform.ts';

export interface PinchChange {
  dx: number;
  dy: number;
  factor: number;
  /** Between the fingers. */
  at: Point;
}

export function makePinch() {
  const fingers = new Map<number, Point>();
  let isPinch = false;

  const both = () => {
    const [a, b] = [...fingers.values()];
    if (!a || !b) return undefined;
    return { at: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }, apart: Math.max(1, Math.hypot(a.x - b.x, a.y - b.y)) };
  };

  return {
    /** True from the second finger on. */
    down(id: number, at: Point): boolean {
      fingers.set(id, at);
      isPinch ||= fingers.size > 1;
      return isPinch;
    },
    /** Undefined while one finger is down alone. */
    move(id: number, at: Point): PinchChange | undefined {
      if (!fingers.has(id) || !isPinch) return undefined;
      const before = both();
      fingers.set(id, at);
      const after = both();
      if (!before || !after) return { dx: 0, dy: 0, factor: 1, at };
      return {
        dx: after.at.x - before.at.x,
        dy: after.at.y - before.at.y,
        factor: after.apart / before.apart,
        at: after.at,
      };
    },
    /** True while what ends was a pinch: the finger that stays is not drawing. */
    up(id: number): boolean {
      fingers.delete(id);
      const was = isPinch;
      if (fingers.size === 0) isPinch = false;
      return was;
    },
  };
}
