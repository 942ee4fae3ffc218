/** Which class of defect a part is counted under. */

/**
 * The class of the defect with the highest score, of the first reported of equals; null without defects. Every part is counted
 * once, so that counts by class add up to the total. Scores are compared as they are stored, in single precision.
 */
export function defectClass(defects: readonly { class: string; score: number }[]): string | null {
  let found: string | null = null;
  let highest = Number.NEGATIVE_INFINITY;
  for (const defect of defects) {
    const score = Math.fround(defect.score);
    if (score <= highest) continue;
    highest = score;
    found = defect.class;
  }
  return found;
}
