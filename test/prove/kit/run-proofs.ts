/** Runs proofs: `test/prove/NAME.prove.ts`, each exporting `name`, `about` and `run`; `npm test` calls `run` with a small n. */
import { z } from 'zod';
import { type Reporting, runSuite } from '../../support/program-runner.ts';

export interface ProofOptions extends Reporting {
  /** Everything random comes from it (--seed, default 1). */
  seed: number;
  /** How many cases (--n); without it the proof's own full size. */
  n?: number;
}

export interface ProofResult {
  /** How many cases were tried. */
  n: number;
  /** What was counted, by name. */
  counted: Record<string, number>;
  holds: boolean;
  [fact: string]: unknown;
}

const proofResult = z.looseObject({
  n: z.int().positive(),
  counted: z.record(z.string(), z.number()).refine((counted) => Object.keys(counted).length > 0, 'nothing was counted'),
  holds: z.boolean(),
});
const defaultSeed = 1;

/** `entry` is the file that was started, `folder` where the proofs lie. A proof that does not hold, or that tried no case, fails. */
export function runProofs(folder: string, entry: string, args: string[]): Promise<void> {
  return runSuite<Omit<ProofOptions, 'report'>>(
    {
      kind: 'prove',
      folder,
      entry,
      flags: ['seed', 'n'],
      readFlags: ({ seed, n }) => ({
        seed: seed === undefined ? defaultSeed : wholeNumber('seed', seed, 0),
        ...(n === undefined ? {} : { n: wholeNumber('n', n, 1) }),
      }),
      conclude: (name, result, { seed }) => {
        const { n, counted, holds, ...more } = proofResult.parse(result);
        return { line: { name, n, seed, counted, ...more, holds }, failed: !holds };
      },
    },
    args,
  );
}

function wholeNumber(flag: string, text: string, atLeast: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= atLeast) return value;
  throw new Error(`--${flag} is "${text}"; give a whole number from ${atLeast}`);
}
