/** What operators say at the line, in the schema: shapes only. */
import { READERS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { PoolImageRef } from '../../images/pool/pool.ref.ts';
import { InspectionRef } from '../../line/inspections/inspections.ref.ts';
import { PersonRef } from '../../people/access/access.ref.ts';
import { loadPerson } from '../../people/access/people.service.ts';
import { LabelSuggestionRef } from '../annotations/annotations.ref.ts';
import { isBlind } from '../annotations/blind-image.ts';
import { SuggestionKindEnum } from './review.ref.ts';
import { inspectionOf, SUGGESTERS, suggestionsOf, suggestionsOfImage, suggestLabel } from './suggest-label.service.ts';

const readers = { roles: READERS };

LabelSuggestionRef.implement({
  description: 'What a person said of a part at the line. It asks reviewers to look; it is no label.',
  authScopes: readers,
  fields: (t) => ({
    kind: t.expose('kind', { type: SuggestionKindEnum, description: 'What was said.' }),
    person: t.field({
      type: PersonRef,
      description: 'Who said so.',
      resolve: (row, _args, context) => loadPerson(context, row.person_id),
    }),
    madeAt: t.expose('made_at', { type: 'DateTime', description: 'When, the last time.' }),
    inspection: t.field({
      type: InspectionRef,
      nullable: true,
      description: 'Of which part; null when its result is kept no more.',
      resolve: (row, _args, context) => inspectionOf(context, row),
    }),
  }),
});

builder.objectField(InspectionRef, 'suggestions', (t) =>
  t.field({
    type: [LabelSuggestionRef],
    authScopes: readers,
    description: 'What was said of it at the line, of each person the last word.',
    resolve: (inspection, _args, context) => suggestionsOf(context, inspection),
  }),
);

builder.objectField(PoolImageRef, 'suggestions', (t) =>
  t.field({
    type: [LabelSuggestionRef],
    authScopes: readers,
    description: 'What was said at the line of the parts that it shows, of each person the last word.',
    resolve: (row, _args, context) => (isBlind(row) ? [] : suggestionsOfImage(context, row.plant_id, row.image_sha256)),
  }),
);

const SuggestLabelInput = builder.inputType('SuggestLabelInput', {
  description: 'What the caller says of a part.',
  fields: (t) => ({
    inspectionId: t.id({ required: true, description: 'The part’s inspection.' }),
    kind: t.field({ type: SuggestionKindEnum, required: true, description: 'What is to be said.' }),
  }),
});

builder.mutationField('suggestLabel', (t) =>
  t.field({
    type: LabelSuggestionRef,
    description: 'Says of a part that its verdict was wrong or right. Saying something else later replaces it.',
    authScopes: { roles: SUGGESTERS },
    errors: { types: [InvalidInputError, NotFoundError] },
    args: { input: t.arg({ type: SuggestLabelInput, required: true, description: 'Which part, and what.' }) },
    resolve: (_root, { input }, context) => suggestLabel(context, input),
  }),
);
