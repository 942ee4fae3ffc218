/** The types of labels by name, so that other modules can point to them and add to them. */
import { builder } from '../../../kit/builder.ts';
import type {
  AnnotationOrigin,
  AnnotationRow,
  DecisionRule,
  LabelDecisionRow,
  LabelSuggestionRow,
  ReviewItemRow,
} from './annotations.table.ts';

export const AnnotationRef = builder.objectRef<AnnotationRow>('Annotation');
export const LabelDecisionRef = builder.objectRef<LabelDecisionRow>('LabelDecision');
export const LabelSuggestionRef = builder.objectRef<LabelSuggestionRow>('LabelSuggestion');
export const ReviewItemRef = builder.objectRef<ReviewItemRow>('ReviewItem');

export const AnnotationOriginEnum = builder.enumType('AnnotationOrigin', {
  description: 'On what occasion a person said something of an image.',
  values: {
    REVIEW: { value: 'review' as AnnotationOrigin, description: 'Asked by the queue.' },
    DIRECT: { value: 'direct' as AnnotationOrigin, description: 'Without being asked.' },
    IMPORT: { value: 'import' as AnnotationOrigin, description: 'With an import that the person answers for.' },
    RESTORE: { value: 'restore' as AnnotationOrigin, description: 'By saying again what was said before.' },
  },
});

export const DecisionRuleEnum = builder.enumType('DecisionRule', {
  description: 'How many people it took.',
  values: {
    ONE: { value: 'one' as DecisionRule, description: 'One reviewer.' },
    TWO: { value: 'two' as DecisionRule, description: 'Two who agree.' },
    THIRD: { value: 'third' as DecisionRule, description: 'The larger side of three or more.' },
  },
});
