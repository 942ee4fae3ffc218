/** What a frozen dataset version is, byte for byte: the rule that its content hash follows. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../kit/canonical-json.ts';

export interface ManifestItem {
  /** 64 lower-case hexadecimal digits. */
  imageSha256: string;
  label: string;
  split: string;
}

/** SHA-256 (32 bytes) of the canonical manifest: the items by image hash, whatever order they were added in. */
export function contentHash(items: readonly ManifestItem[]): Buffer {
  const sorted = [...items].sort((a, b) => (a.imageSha256 < b.imageSha256 ? -1 : 1));
  const lines = sorted.map(({ imageSha256, label, split }) => canonicalJson({ imageSha256, label, split }));
  return createHash('sha256')
    .update(`lehr.dataset.1\n${lines.join('\n')}\n`)
    .digest();
}
