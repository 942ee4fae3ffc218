/** How far people agree, from what they said of the same images without knowing of each other. */
import type { Region } from '../../../../schema/region.ts';
import { wilsonInterval } from '../../../maths/wilson-interval.ts';
import { bootstrap, cohenKappa, type Estimate, fleissKappa } from './kappa.ts';

/** From so many images on a figure is shown; below that it would say more about chance than about people. */
export const ENOUGH = 20;

export interface Opinion {
  sha256: string;
  personId: string;
  label: string;
  regions: readonly Region[];
  width: number;
  height: number;
}

export interface Checked {
  personId: string;
  /** What the person said, and what is known. */
  label: string;
  known: string;
}

export type Method = 'asymptotic' | 'bootstrap' | 'wilson';

/** `estimate` is null while there are not enough. */
export interface Figure {
  n: number;
  method: Method;
  estimate: Estimate | null;
}

export interface PairFigure {
  personIds: [string, string];
  kappa: Figure;
}

export interface PersonFigure {
  personId: string;
  /** Known answers that were right. */
  known: Figure;
  /** The same by what is known to be there. */
  knownByClass: { label: string; figure: Figure }[];
  /** How often another person who looked at the same image said the same. */
  peers: Figure;
}

/** One thing seen by several. */
type Seen = readonly Opinion[];

/** Of all people together, over images that at least two have seen. */
export function fleissFigure(opinions: readonly Opinion[], random: () => number): Figure {
  const labels = [...new Set(opinions.map(({ label }) => label))].sort();
  const rows = seenByMany(opinions).map((seen) =>
    labels.map((label) => seen.filter((opinion) => opinion.label === label).length),
  );
  return figure('bootstrap', rows.length, () => bootstrap(rows, fleissKappa, random));
}

/** Of each two people over what both have seen, in the order of their ids. */
export function pairFigures(opinions: readonly Opinion[]): PairFigure[] {
  const pairs = new Map<string, [Opinion, Opinion][]>();
  for (const seen of seenByMany(opinions))
    for (const [a, b] of pairsOf(seen)) {
      const key = `${a.personId} ${b.personId}`;
      pairs.set(key, [...(pairs.get(key) ?? []), [a, b]]);
    }
  return [...pairs].sort().map(([key, both]) => {
    const [one = '', other = ''] = key.split(' ');
    const labels = [...new Set(both.flat().map(({ label }) => label))].sort();
    const counts = labels.map((left) =>
      labels.map((right) => both.filter(([a, b]) => a.label === left && b.label === right).length),
    );
    return {
      personIds: [one, other],
      kappa: figure('asymptotic', both.length, () => cohenKappa(counts)),
    };
  });
}

/** Of each class: where one of two said it, how often the other did (specific agreement; Fleiss, Statistical Methods, 1981, 13.1). */
export function classFigures(opinions: readonly Opinion[], random: () => number): { label: string; figure: Figure }[] {
  const seen = seenByMany(opinions);
  const labels = [...new Set(seen.flat().map(({ label }) => label))].sort();
  return labels.map((label) => {
    // of each image: pairs in which both said it, and in which one did
    const counts = seen
      .filter((each) => each.some((opinion) => opinion.label === label))
      .map((each): [number, number] => {
        const sayers = each.filter((opinion) => opinion.label === label).length;
        return [(sayers * (sayers - 1)) / 2, sayers * (each.length - sayers)];
      });
    const specific = (sample: readonly [number, number][]) => {
      const both = sample.reduce((all, [pairs]) => all + pairs, 0);
      const one = sample.reduce((all, [, pairs]) => all + pairs, 0);
      return both + one === 0 ? undefined : (2 * both) / (2 * both + one);
    };
    return { label, figure: figure('bootstrap', counts.length, () => bootstrap(counts, specific, random)) };
  });
}

/** Pairs that drew regions of one class on one image, at most `most` of them, evenly over all. */
export function drawnPairs(opinions: readonly Opinion[], most: number): [Opinion, Opinion][] {
  const pairs = seenByMany(opinions)
    .flatMap(pairsOf)
    .filter(([a, b]) => a.label === b.label && a.regions.length > 0 && b.regions.length > 0);
  const step = Math.max(1, pairs.length / most);
  return Array.from(
    { length: Math.min(most, pairs.length) },
    (_, at) => pairs[Math.floor(at * step)] as [Opinion, Opinion],
  );
}

/** Mean of intersections over union. */
export function regionFigure(ious: readonly number[], random: () => number): Figure {
  const mean = (sample: readonly number[]) =>
    sample.length === 0 ? undefined : sample.reduce((all, iou) => all + iou, 0) / sample.length;
  return figure('bootstrap', ious.length, () => bootstrap(ious, mean, random));
}

/** Of each person that has said anything, in the order of their ids. */
export function personFigures(opinions: readonly Opinion[], checks: readonly Checked[]): PersonFigure[] {
  const pairs = seenByMany(opinions).flatMap(pairsOf);
  const ids = new Set([...pairs.flat().map(({ personId }) => personId), ...checks.map(({ personId }) => personId)]);
  return [...ids].sort().map((personId) => {
    const asked = checks.filter((check) => check.personId === personId);
    const own = pairs.filter((pair) => pair.some((opinion) => opinion.personId === personId));
    const classes = [...new Set(asked.map(({ known }) => known))].sort();
    return {
      personId,
      known: rightShare(asked),
      knownByClass: classes.map((label) => ({
        label,
        figure: rightShare(asked.filter(({ known }) => known === label)),
      })),
      peers: shareFigure(own.filter(([a, b]) => a.label === b.label).length, own.length),
    };
  });
}

function rightShare(checks: readonly Checked[]): Figure {
  return shareFigure(checks.filter(({ label, known }) => label === known).length, checks.length);
}

function shareFigure(hits: number, n: number): Figure {
  return figure('wilson', n, () => {
    const interval = wilsonInterval(hits, n);
    return interval && { n, value: interval.rate, low: interval.low, high: interval.high };
  });
}

function figure(method: Method, n: number, reckon: () => Estimate | undefined): Figure {
  return { n, method, estimate: n < ENOUGH ? null : (reckon() ?? null) };
}

function seenByMany(opinions: readonly Opinion[]): Seen[] {
  return [...Map.groupBy(opinions, ({ sha256 }) => sha256).values()].filter((seen) => seen.length >= 2);
}

/** Every two, the one with the lesser id first. */
function pairsOf(seen: Seen): [Opinion, Opinion][] {
  const sorted = [...seen].sort((a, b) => (a.personId < b.personId ? -1 : 1));
  return sorted.flatMap((a, at) => sorted.slice(at + 1).map((b): [Opinion, Opinion] => [a, b]));
}
