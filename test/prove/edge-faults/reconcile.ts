/** Compares what really happened on the line with what the server has of it. */
import { existsSync, readFileSync } from 'node:fs';
import type { Counts, RecordedPart } from './server-view.ts';

export interface Truth {
  /** Numbers of the parts that passed the machine's sensor, from after the first to the last that count. */
  triggered: number;
  ejected: string[];
  /** Part ids of the pictures that the camera has put into the node's folder. */
  pictures: string[];
  /** Of the line without a gate. */
  bulk: string[];
}

export interface Found {
  parts: RecordedPart[];
  bulkParts: RecordedPart[];
  counts: Counts;
}

/** Every name whose value must be 0 for the proof to hold ends in a question that a person can ask. */
export function reconcile(truth: Truth, found: Found): { counted: Record<string, number>; faults: string[] } {
  const line = compare(truth.pictures, found.parts);
  const bulk = compare(truth.bulk, found.bulkParts);
  const { counts } = found;
  const counted = {
    pictures: truth.pictures.length,
    bulkParts: truth.bulk.length,
    missing: line.missing.length + bulk.missing.length,
    twice: line.twice.length + bulk.twice.length,
    withoutImage: line.withoutImage.length + bulk.withoutImage.length,
    /** On a full disk, each told: the results stay. */
    imagesGivenUp: line.givenUp.length + bulk.givenUp.length,
    triggeredByMachine: truth.triggered,
    ...counts,
    notCounted: truth.triggered - counts.triggered,
    ejectedByMachine: truth.ejected.length,
  };
  const mustBeZero = ['missing', 'twice', 'withoutImage', 'unknown', 'difference', 'inTransit', 'notCounted'] as const;
  const faults = mustBeZero.filter((name) => counted[name] !== 0).map((name) => `${name} is ${counted[name]}`);
  const examples = [...line.missing, ...bulk.missing].slice(0, 5);
  if (examples.length > 0) faults.push(`missing: ${examples.join(', ')}`);
  return { counted, faults };
}

function compare(expected: readonly string[], rows: readonly RecordedPart[]) {
  const found = new Map<string, number>();
  for (const { partId } of rows) found.set(partId, (found.get(partId) ?? 0) + 1);
  return {
    missing: expected.filter((id) => !found.has(id)),
    twice: [...found].flatMap(([id, times]) => (times > 1 ? [id] : [])),
    withoutImage: rows.filter(({ image, capture }) => image === null && !isGivenUp(capture)),
    givenUp: rows.filter(({ image, capture }) => image === null && isGivenUp(capture)),
  };
}

function isGivenUp({ isKept, lostAt }: RecordedPart['capture']): boolean {
  return !isKept || lostAt !== null;
}

/** Lines of a JSON-lines file; none when there is no such file yet. */
export function readLines<T>(file: string): T[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}
