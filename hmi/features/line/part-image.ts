interface OutlinedPart {
  defects: readonly { class: string; score: number; outline: readonly number[] | null }[];
}

/** Outlines that can be drawn: at least three points. */
export function outlinesOf(part: OutlinedPart): (readonly number[])[] {
  return part.defects.flatMap(({ outline }) => (outline && outline.length >= 6 ? [outline] : []));
}

/** The defect with the highest score names the part. */
export function worstDefect<Defect extends { score: number }>(defects: readonly Defect[]): Defect | undefined {
  return defects.reduce<Defect | undefined>(
    (worst, defect) => (worst === undefined || defect.score > worst.score ? defect : worst),
    undefined,
  );
}

export function thumbnailOf(imageUrl: string): string {
  return `${imageUrl}?w=320`;
}
