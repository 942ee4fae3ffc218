/** A version as its page shows it, and what its parts need of it. */
import type { ResultOf } from '#schema/graphql.ts';
import type { DatasetVersionPage } from './datasets.documents.ts';

type Node = NonNullable<ResultOf<typeof DatasetVersionPage>['node']>;
export type VersionData = Extract<Node, { __typename: 'DatasetVersion' }>;

export interface PartProps {
  version: VersionData;
  /** The person may change the draft. */
  mayChange: boolean;
  /** Reads the version again. */
  onChanged: () => Promise<void>;
}

export const splits = ['TRAIN', 'VALIDATION', 'GOLDEN'] as const;

export interface CountCell {
  label: string;
  split: (typeof splits)[number];
  images: number;
}

/** Images of each class on each side, by class; the first row is the sum. */
export function countTable(counts: readonly CountCell[]): { label: string | null; images: number[] }[] {
  const labels = [...new Set(counts.map(({ label }) => label))].sort();
  const row = (label: string | null) => ({
    label,
    images: splits.map((split) =>
      counts
        .filter((cell) => cell.split === split && (label === null || cell.label === label))
        .reduce((sum, { images }) => sum + images, 0),
    ),
  });
  return [row(null), ...labels.map(row)];
}
