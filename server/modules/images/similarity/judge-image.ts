/** Which of an image's neighbours are the same photograph: candidates are laid on it, farther neighbours say what is usual. */
import { imagePairs } from './pair-candidates.ts';
import { type Ground, groundOf, likenessOf, pairThreshold, pooledGround } from './pair-threshold.ts';
import type { NearDuplicateRow } from './similarity.table.ts';
import type { SketchPlace } from './similarity-calls.ts';

export interface JudgedImage {
  place: SketchPlace;
  /** Numbers of other images, the nearest first. */
  nearest: readonly number[];
  /** Numbers of others with nearly the same perceptual hash, and in how many bits it differs. */
  alike: ReadonlyMap<number, number>;
  /** The ground of each of its neighbours that has one. */
  grounds: readonly Ground[];
}

export interface Judged {
  pairs: JudgedPair[];
  ground: Ground;
}

export interface JudgedPair {
  number: number;
  evidence: NearDuplicateRow['evidence'];
  likeness: number;
}

/** Bits of the perceptual hash up to which it is called the evidence. */
const ALIKE_BITS = 4;

/** `compare` lays the image on others and gives Fisher's z of each, null where one cannot be read. */
export async function judgeImage(
  image: JudgedImage,
  placeOf: (number: number) => SketchPlace,
  compare: (image: SketchPlace, others: readonly SketchPlace[]) => Promise<readonly (number | null)[]>,
): Promise<Judged> {
  const { candidates, ground } = imagePairs(image.nearest, [...image.alike.keys()]);
  if (candidates.length === 0) return { pairs: [], ground: groundOf([]) };
  const likenesses = await compare(image.place, [...candidates, ...ground].map(placeOf));
  const usual = likenesses.slice(candidates.length).filter((z) => z !== null);
  const own = groundOf(usual);
  const threshold = pairThreshold(pooledGround([own, ...image.grounds]), candidates.length);
  const pairs = candidates.flatMap((number, index): JudgedPair[] => {
    const z = likenesses[index] ?? null;
    if (z === null || z < threshold.z) return [];
    const isHash = (image.alike.get(number) ?? 64) <= ALIKE_BITS;
    return [{ number, evidence: isHash ? 'perceptual_hash' : 'embedding', likeness: likenessOf(z) }];
  });
  return { pairs, ground: own };
}
