/** Words of the queue in the schema. */
import { builder } from '../../../kit/builder.ts';
import type { ReviewPurpose, SuggestionKind } from '../annotations/annotations.table.ts';

export const ReviewPurposeEnum = builder.enumType('ReviewPurpose', {
  description: 'What the queue wants to know of an image.',
  values: {
    LABEL: { value: 'label' as ReviewPurpose, description: 'What it shows: nobody has said so yet.' },
    AGREE: { value: 'agree' as ReviewPurpose, description: 'Whether a second person sees the same.' },
    SETTLE: { value: 'settle' as ReviewPurpose, description: 'Who is right: people disagree.' },
    RECHECK: { value: 'recheck' as ReviewPurpose, description: 'What it is by the definitions of today.' },
    DOUBT: { value: 'doubt' as ReviewPurpose, description: 'Whether its label is right.' },
    SUGGESTION: { value: 'suggestion' as ReviewPurpose, description: 'Whether what was said at the line is right.' },
  },
});

export const SuggestionKindEnum = builder.enumType('SuggestionKind', {
  description: 'What an operator says of a part.',
  values: {
    REJECT_WAS_WRONG: { value: 'reject_was_wrong' as SuggestionKind, description: 'It was rejected and is good.' },
    REJECT_WAS_RIGHT: { value: 'reject_was_right' as SuggestionKind, description: 'It was rejected and is bad.' },
    WAS_BAD: { value: 'was_bad' as SuggestionKind, description: 'It was passed and is bad.' },
  },
});
