/** What a version of the defect book says, in one form for one content. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../kit/canonical-json.ts';
import type { DefectClassRow, DefectExampleRow } from './defect-book.table.ts';

/** What makes a definition another one: order, translations, examples and retirement do not. */
type Meaning = Pick<DefectClassRow, 'name' | 'definition' | 'severity' | 'limits'>;

/** Whether two classes mean the same. */
export function isSameMeaning(a: Meaning, b: Meaning): boolean {
  const text = ({ name, definition, severity, limits }: Meaning) =>
    canonicalJson({ name, definition, severity, limits });
  return text(a) === text(b);
}

/** SHA-256 over classes by code and their examples by image; ids, times, people and the version's number are not in it. */
export function bookHash(
  classes: readonly DefectClassRow[],
  examples: readonly Pick<DefectExampleRow, 'code' | 'image_sha256' | 'is_defect' | 'note'>[],
): Buffer {
  const content = {
    format: 1,
    classes: [...classes]
      .sort((a, b) => (a.code < b.code ? -1 : 1))
      .map((each) => ({
        code: each.code,
        revision: each.revision,
        name: each.name,
        definition: each.definition,
        severity: each.severity,
        limits: each.limits,
        translations: each.translations,
        ordinal: each.ordinal,
        isRetired: each.is_retired,
      })),
    examples: examples
      .map(({ code, image_sha256, is_defect, note }) => ({
        code,
        image: image_sha256.toString('hex'),
        isDefect: is_defect,
        note,
      }))
      .sort((a, b) => (`${a.code} ${a.image}` < `${b.code} ${b.image}` ? -1 : 1)),
  };
  return createHash('sha256').update(canonicalJson(content), 'utf8').digest();
}
