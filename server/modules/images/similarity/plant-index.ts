/** The index of one plant in the child's memory: vectors and perceptual hashes, saved in the home and read again. */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createHashTable, type HashTable } from './hash-table.ts';
import { openVectorIndex, type VectorIndex } from './vector-index.ts';

export interface PlantIndex {
  vectors: VectorIndex;
  hashes: HashTable;
  /** The highest number that it has taken: it goes on behind. */
  last: number;
  /** Mean distance to the ten nearest, the median of a sample; remembered until the index has grown by a tenth. */
  scale?: { distance: number; size: number };
}

export interface IndexPlace {
  folder: string;
  embedder: string;
  dimensions: number;
}

interface Saved {
  embedder: string;
  last: number;
  size: number;
  vectors: string;
  hashes: string;
  bytes: number;
}

/** What the folder holds; an empty one where nothing is there, it is of another embedder, or it is damaged. */
export function readPlantIndex({ folder, embedder, dimensions }: IndexPlace): PlantIndex {
  try {
    const saved = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as Saved;
    const file = join(folder, saved.vectors);
    if (saved.embedder === embedder && statSync(file).size === saved.bytes) {
      const vectors = openVectorIndex(dimensions, file);
      if (vectors.size === saved.size) {
        const hashes = createHashTable(readFileSync(join(folder, saved.hashes)));
        return { vectors, hashes, last: saved.last };
      }
    }
  } catch {
    // the database has everything: it is built again
  }
  return { vectors: openVectorIndex(dimensions), hashes: createHashTable(), last: 0 };
}

/** Files under new names first, then the one that names them: a process that is killed leaves the old index or the new one. */
export function savePlantIndex({ folder, embedder }: IndexPlace, index: PlantIndex): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const before = readNames(folder);
  const stamp = `${index.last}-${process.pid}-${Date.now()}`;
  const [vectors, hashes] = [`${stamp}.vectors`, `${stamp}.hashes`];
  index.vectors.save(join(folder, vectors));
  writeFileSync(join(folder, hashes), index.hashes.save());
  const bytes = statSync(join(folder, vectors)).size;
  const saved: Saved = { embedder, last: index.last, size: index.vectors.size, vectors, hashes, bytes };
  const draft = join(folder, `${stamp}.json`);
  writeFileSync(draft, JSON.stringify(saved));
  renameSync(draft, join(folder, 'index.json'));
  for (const name of before) rmSync(join(folder, name), { force: true });
}

function readNames(folder: string): string[] {
  try {
    const { vectors, hashes } = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as Saved;
    return [vectors, hashes].filter((name) => dirname(name) === '.');
  } catch {
    return [];
  }
}
