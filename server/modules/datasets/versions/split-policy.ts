/** How the images of a dataset version are divided, and what has to stay on one side. */
import { InvalidInputError } from '../../../kit/errors.ts';

export interface SplitPolicy {
  /** Share of each class that goes to validation; 0: all of it is trained on. */
  validationShare: number;
  /** Share of each class that is proposed for the golden set; golden images that exist already count. 0: none is proposed. */
  goldenShare: number;
  /** The same seed divides the same images in the same way. */
  seed: number;
  /** Images of one camera that were taken no further apart stay together; 0: time says nothing. */
  neighbourMs: number;
  /** Whether the images of one material batch stay together. */
  keepBatches: boolean;
}

export const STANDARD_POLICY: SplitPolicy = {
  validationShare: 0.2,
  goldenShare: 0,
  seed: 1,
  neighbourMs: 2000,
  keepBatches: false,
};

const mostSeed = 2_147_483_647;
const mostNeighbourMs = 86_400_000;

/** Throws InvalidInputError for what no images can be divided by. */
export function checkPolicy(policy: SplitPolicy, field: string): SplitPolicy {
  for (const name of ['validationShare', 'goldenShare'] as const) {
    const share = policy[name];
    if (!(share >= 0 && share <= 0.5))
      throw new InvalidInputError(`${field}.${name}`, share, 'give a share from 0 to 0.5');
  }
  const { seed, neighbourMs } = policy;
  if (!Number.isInteger(seed) || seed < 0 || seed > mostSeed) {
    throw new InvalidInputError(`${field}.seed`, seed, `give a whole number from 0 to ${mostSeed}`);
  }
  if (!Number.isInteger(neighbourMs) || neighbourMs < 0 || neighbourMs > mostNeighbourMs) {
    throw new InvalidInputError(
      `${field}.neighbourMs`,
      neighbourMs,
      `give milliseconds from 0 to ${mostNeighbourMs}, a day`,
    );
  }
  return policy;
}
