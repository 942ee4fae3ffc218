/**
 * Perceptual hashes within a few bits, without looking at all of them: of 64 bits in four parts, two hashes that differ in
 * at most seven bits have a part that differs in at most one (pigeonhole; multi-index hashing, Norouzi et al., TPAMI 36, 2014).
 */
import { hammingDistance } from './perceptual-hash.ts';

export interface HashTable {
  readonly size: number;
  add(number: number, hash: Uint8Array): void;
  remove(number: number): void;
  /** Numbers within `MOST_BITS`, the nearest first, no more than `most`. */
  find(hash: Uint8Array, most: number): { number: number; bits: number }[];
  save(): Buffer;
}

export const MOST_BITS = 7;
const PARTS = 4;
/** Hashes of one part that are looked at: parts of plain pictures are alike by the thousand, and the vectors find those. */
const MOST_OF_A_PART = 256;
const RECORD_BYTES = 16;

/** `saved`: what `save` gave. */
export function createHashTable(saved?: Uint8Array): HashTable {
  const hashes = new Map<number, Uint8Array>();
  const parts = Array.from({ length: PARTS }, () => new Map<number, number[]>());
  const partOf = (hash: Uint8Array, part: number) => ((hash[2 * part] ?? 0) << 8) | (hash[2 * part + 1] ?? 0);

  const table: HashTable = {
    get size() {
      return hashes.size;
    },
    add(number, hash) {
      if (hashes.has(number)) return;
      hashes.set(number, hash);
      for (const [part, byValue] of parts.entries()) {
        const value = partOf(hash, part);
        const known = byValue.get(value);
        if (known) known.push(number);
        else byValue.set(value, [number]);
      }
    },
    remove(number) {
      const hash = hashes.get(number);
      if (!hash) return;
      hashes.delete(number);
      for (const [part, byValue] of parts.entries()) {
        const value = partOf(hash, part);
        byValue.set(value, byValue.get(value)?.filter((other) => other !== number) ?? []);
      }
    },
    find(hash, most) {
      const found = new Map<number, number>();
      for (const [part, byValue] of parts.entries()) {
        const value = partOf(hash, part);
        for (let bit = -1; bit < 16; bit++) {
          const numbers = byValue.get(bit < 0 ? value : value ^ (1 << bit)) ?? [];
          for (const number of numbers.slice(-MOST_OF_A_PART)) {
            const bits = hammingDistance(hash, hashes.get(number) ?? hash);
            if (bits <= MOST_BITS) found.set(number, bits);
          }
        }
      }
      const all = Array.from(found, ([number, bits]) => ({ number, bits }));
      return all.sort((a, b) => a.bits - b.bits || a.number - b.number).slice(0, most);
    },
    save() {
      const bytes = Buffer.alloc(hashes.size * RECORD_BYTES);
      let at = 0;
      for (const [number, hash] of hashes) {
        bytes.writeDoubleLE(number, at);
        bytes.set(hash, at + 8);
        at += RECORD_BYTES;
      }
      return bytes;
    },
  };
  if (saved) {
    const bytes = Buffer.from(saved);
    for (let at = 0; at + RECORD_BYTES <= bytes.length; at += RECORD_BYTES) {
      table.add(bytes.readDoubleLE(at), Uint8Array.from(bytes.subarray(at + 8, at + RECORD_BYTES)));
    }
  }
  return table;
}
