/** Runs benchmarks: `test/bench/NAME.bench.ts`, each exporting `name`, `about` and `run`. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { type Reporting, runSuite } from '../../support/program-runner.ts';
import { environmentFacts } from './environment.ts';

export interface BenchOptions extends Reporting {
  /** Folder of the data set to measure with (--data). */
  data?: string;
  /** What to measure on (--database); the benchmark's own choice when left out. */
  database?: 'embedded' | 'postgresql';
  /** How large, in the benchmark's own measure (--n); its full size when left out. */
  n?: number;
}

export interface BenchResult {
  value: number;
  unit: string;
  /** Against the floor or peer that `against` names, measured in the same run; null when there is none. */
  ratio: number | null;
  against: string;
  /** How many things were measured. */
  n: number;
  /** The engine's own version text, when one was measured; goes into the environment. */
  database?: string;
  /** More to tell: the interval, percentiles. */
  [fact: string]: unknown;
}

const benchResult = z.looseObject({
  value: z.number(),
  unit: z.string().min(1),
  ratio: z.number().positive().nullable(),
  against: z.string().min(1),
  n: z.int().positive(),
  database: z.string().optional(),
});

/** `entry` is the file that was started, `folder` where the benchmarks lie. A benchmark that measured nothing fails. */
export function runBenches(folder: string, entry: string, args: string[]): Promise<void> {
  return runSuite<Omit<BenchOptions, 'report'>>(
    {
      kind: 'bench',
      folder,
      entry,
      flags: ['data', 'database', 'n'],
      readFlags: ({ data, database, n }) => ({
        ...(data === undefined ? {} : { data: resolve(data) }),
        ...(database === undefined ? {} : { database: databaseKind(database) }),
        ...(n === undefined ? {} : { n: wholeNumber(n) }),
      }),
      conclude: (name, result) => {
        const { database, ...measured } = benchResult.parse(result);
        return { line: { name, ...measured, environment: environmentFacts(database) }, failed: false };
      },
    },
    args,
  );
}

function databaseKind(text: string): 'embedded' | 'postgresql' {
  if (text === 'embedded' || text === 'postgresql') return text;
  throw new Error(`--database is "${text}"; give embedded or postgresql`);
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= 1) return value;
  throw new Error(`--n is "${text}"; give a whole number from 1`);
}
