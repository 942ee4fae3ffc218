/**
 * What a frozen dataset version is, byte for byte: the rule that its content hash follows. No row ids, times or persons are in it, and the
 * order is made here: the same content has the same hash in whatever database, in whatever order it was put together.
 */
import { createHash } from 'node:crypto';
import type { Region } from '#schema/region.ts';
import { canonicalJson } from '../../../kit/canonical-json.ts';
import type { SplitPolicy } from './split-policy.ts';

export interface ManifestItem {
  /** 64 lower-case hexadecimal digits. */
  imageSha256: string;
  label: string;
  split: string;
}

/** SHA-256 (32 bytes) of the items by image hash: format 1, of versions that froze before regions were kept. */
export function contentHash(items: readonly ManifestItem[]): Buffer {
  const sorted = [...items].sort((a, b) => (a.imageSha256 < b.imageSha256 ? -1 : 1));
  const lines = sorted.map(({ imageSha256, label, split }) => canonicalJson({ imageSha256, label, split }));
  return createHash('sha256')
    .update(`lehr.dataset.1\n${lines.join('\n')}\n`)
    .digest();
}

export interface RegionItem extends ManifestItem {
  regions: readonly Region[];
}

export interface ManifestHead {
  /** Content hash of the defect book, in hexadecimal digits; null: the plant had none. */
  bookHash: string | null;
  splitPolicy: SplitPolicy | null;
}

/** Format 2, fed item by item: 64 bytes are held for each, so that a version of a million images can be hashed page by page. */
export class ManifestHash {
  readonly #items: { image: string; digest: Buffer }[] = [];

  add({ imageSha256, label, split, regions }: RegionItem): void {
    const line = canonicalJson({ imageSha256, label, regions: regions.map(canonicalRegion).sort(), split });
    this.#items.push({ image: imageSha256, digest: createHash('sha256').update(line).digest() });
  }

  get size(): number {
    return this.#items.length;
  }

  /** SHA-256 (32 bytes) over the head and the SHA-256 of each item's line, by image hash. Throws when an image came twice. */
  digest({ bookHash, splitPolicy }: ManifestHead): Buffer {
    const sorted = this.#items.sort((a, b) => (a.image < b.image ? -1 : 1));
    const hash = createHash('sha256').update(`lehr.dataset.2\n${canonicalJson({ bookHash, splitPolicy })}\n`);
    for (const [index, { image, digest }] of sorted.entries()) {
      if (image === sorted[index + 1]?.image) throw new Error(`image ${image} is in the manifest twice`);
      hash.update(digest);
    }
    return hash.digest();
  }
}

/** Only what says where the region is and of which class; what else a row may carry has no part in the hash. */
function canonicalRegion(region: Region): string {
  const { classCode, kind } = region;
  if (region.kind === 'box') {
    const { x, y, width, height } = region;
    return canonicalJson({ classCode, kind, x, y, width, height });
  }
  if (region.kind === 'polygon') return canonicalJson({ classCode, kind, rings: region.rings });
  const { width, height, counts } = region;
  return canonicalJson({ classCode, kind, width, height, counts });
}
