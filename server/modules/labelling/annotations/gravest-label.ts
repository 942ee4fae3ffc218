/** Which word stands for an image with several defects. */
import type { Severity } from '../defect-book/defect-book.table.ts';
import { GOOD } from '../defect-book/good-label.ts';

export interface RankedClass {
  code: string;
  severity: Severity;
  ordinal: number;
}

const rank: Readonly<Record<Severity, number>> = { critical: 0, major: 1, minor: 2 };

/** The most severe class, of equals the first in the book, of unknown ones the first by name; good when there is none. */
export function gravestLabel(codes: Iterable<string>, classes: readonly RankedClass[]): string {
  const known = new Map(classes.map((each) => [each.code, each]));
  const [gravest] = [...new Set(codes)]
    .filter((code) => code !== GOOD)
    .sort((a, b) => {
      const [left, right] = [known.get(a), known.get(b)];
      if (left && right) return rank[left.severity] - rank[right.severity] || left.ordinal - right.ordinal;
      if (left || right) return left ? -1 : 1;
      return a < b ? -1 : 1;
    });
  return gravest ?? GOOD;
}

/** A label as it is said: the gravest of a class given for the whole image and those of its regions; undefined when nothing was said. */
export function labelOf(
  given: string | null,
  regionCodes: readonly string[],
  classes: readonly RankedClass[],
): string | undefined {
  if (given === null && regionCodes.length === 0) return undefined;
  return gravestLabel(given === null ? regionCodes : [given, ...regionCodes], classes);
}
