/** Which questions to people come first, whatever an image is worth. */
import type { ReviewPurpose } from './annotations.table.ts';

export const TIERS: Readonly<Record<ReviewPurpose, number>> = {
  settle: 4,
  suggestion: 3,
  doubt: 2,
  agree: 1,
  recheck: 1,
  label: 0,
};
