/** The classes of the plant's signed defect book, in the language of the screen. */
import { type Accessor, createMemo } from 'solid-js';
import { createAnswer } from '../../lib/create-answer.ts';
import { language } from '../../lib/language.ts';
import { BookForReview } from './review.documents.ts';
import type { DefectClass } from './review-task.ts';

/** A new version of the book is known within this time. */
const REFRESH_MS = 60_000;

export function createDefectClasses(plantId: Accessor<string>) {
  const answer = createAnswer(BookForReview, () => ({ plantId: plantId() }), REFRESH_MS);
  const classes = createMemo(() => {
    const node = answer.data()?.node;
    const found = node?.__typename === 'Plant' ? (node.defectBook?.classes ?? []) : [];
    return found
      .toSorted((a, b) => a.ordinal - b.ordinal)
      .map((each): DefectClass & { isRetired: boolean } => {
        const translated = each.translations.find((translation) => translation.language === language());
        return {
          code: each.code,
          name: translated?.name ?? each.name,
          definition: translated?.definition ?? each.definition,
          isRetired: each.isRetired,
          examples: each.examples.flatMap(({ image, isDefect, note }) =>
            image ? [{ url: `${image.image.url}?w=160`, isDefect, note }] : [],
          ),
        };
      });
  });
  return {
    isKnown: () => answer.data() !== undefined,
    /** Also those that are not offered any more: old labels name them. */
    all: classes,
    offered: createMemo(() => classes().filter(({ isRetired }) => !isRetired)),
  };
}
