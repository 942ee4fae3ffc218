/** Agreement between reviewers and what a plant asks of them, in the schema: shapes only. */
import { CURATORS, READERS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { PoolImageRef } from '../../images/pool/pool.ref.ts';
import { PersonRef } from '../../people/access/access.ref.ts';
import { loadPerson } from '../../people/access/people.service.ts';
import type { AgreementRuleRow } from '../annotations/annotations.table.ts';
import {
  type Agreement,
  addKnownAnswers,
  agreementOf,
  knownCount,
  listKnown,
  type ReviewSettings,
  removeKnownAnswers,
  reviewSettings,
  setAgreementRules,
  setReviewSettings,
} from './agreement.service.ts';
import type { Figure, Method, PairFigure, PersonFigure } from './figures.ts';

const readers = { roles: READERS };
const curators = { roles: CURATORS };

const FigureMethodEnum = builder.enumType('FigureMethod', {
  description: 'How the 95 % interval of a figure is reckoned.',
  values: {
    ASYMPTOTIC: { value: 'asymptotic' as Method, description: 'Fleiss, Cohen and Everitt (1969).' },
    BOOTSTRAP: { value: 'bootstrap' as Method, description: 'Percentiles over resampled images.' },
    WILSON: { value: 'wilson' as Method, description: 'Wilson’s score interval (1927).' },
  },
});

const AgreementFigureRef = builder.objectRef<Figure>('AgreementFigure').implement({
  description: 'A figure with its interval; without a value while there is too little to reckon from.',
  authScopes: readers,
  fields: (t) => ({
    n: t.exposeInt('n', { description: 'What it is reckoned from.' }),
    method: t.expose('method', { type: FigureMethodEnum, description: 'How its interval is reckoned.' }),
    value: t.float({
      nullable: true,
      description: 'The figure; null: not enough.',
      resolve: ({ estimate }) => estimate?.value ?? null,
    }),
    low: t.float({
      nullable: true,
      description: 'Lower end of its 95 % interval.',
      resolve: ({ estimate }) => estimate?.low ?? null,
    }),
    high: t.float({
      nullable: true,
      description: 'Upper end.',
      resolve: ({ estimate }) => estimate?.high ?? null,
    }),
  }),
});

const ClassAgreementRef = builder.objectRef<{ label: string; figure: Figure }>('ClassAgreement').implement({
  description: 'A figure of one class.',
  authScopes: readers,
  fields: (t) => ({
    label: t.exposeString('label', { description: 'good, or the code of a class.' }),
    figure: t.field({ type: AgreementFigureRef, description: 'The figure.', resolve: ({ figure }) => figure }),
  }),
});

const PairAgreementRef = builder.objectRef<PairFigure>('PairAgreement').implement({
  description: 'Two people who looked at the same images.',
  authScopes: readers,
  fields: (t) => ({
    people: t.field({
      type: [PersonRef],
      description: 'The two.',
      resolve: ({ personIds }, _args, context) => Promise.all(personIds.map((id) => loadPerson(context, id))),
    }),
    kappa: t.field({ type: AgreementFigureRef, description: 'Cohen’s kappa.', resolve: ({ kappa }) => kappa }),
  }),
});

const PersonAgreementRef = builder.objectRef<PersonFigure>('PersonAgreement').implement({
  description: 'One person, against known answers and against others.',
  authScopes: readers,
  fields: (t) => ({
    person: t.field({
      type: PersonRef,
      description: 'The person.',
      resolve: (row, _args, context) => loadPerson(context, row.personId),
    }),
    known: t.field({
      type: AgreementFigureRef,
      description: 'Share of known answers that the person gave, too.',
      resolve: (row) => row.known,
    }),
    knownByClass: t.field({
      type: [ClassAgreementRef],
      description: 'The same by what is known to be there.',
      resolve: (row) => row.knownByClass,
    }),
    peers: t.field({
      type: AgreementFigureRef,
      description: 'Share of others’ answers to the same images that were the same.',
      resolve: (row) => row.peers,
    }),
  }),
});

const AgreementRef = builder.objectRef<Agreement>('Agreement').implement({
  description: 'How far people agree who looked at the same images without knowing of each other.',
  authScopes: readers,
  fields: (t) => ({
    enough: t.exposeInt('enough', { description: 'From so many on a figure has a value.' }),
    images: t.exposeInt('images', { description: 'Images that two or more have looked at.' }),
    fleiss: t.field({
      type: AgreementFigureRef,
      description: 'Fleiss’ kappa over all.',
      resolve: ({ fleiss }) => fleiss,
    }),
    regions: t.field({
      type: AgreementFigureRef,
      description: 'Mean intersection over union of what two people drew of one class.',
      resolve: ({ regions }) => regions,
    }),
    classes: t.field({
      type: [ClassAgreementRef],
      description: 'Specific agreement of each class: where one said it, how often the other did.',
      resolve: ({ classes }) => classes,
    }),
    pairs: t.field({ type: [PairAgreementRef], description: 'Of each two people.', resolve: ({ pairs }) => pairs }),
    persons: t.field({
      type: [PersonAgreementRef],
      description: 'Of each person; the order says nothing.',
      resolve: ({ persons }) => persons,
    }),
  }),
});

const AgreementRuleRef = builder.objectRef<AgreementRuleRow>('AgreementRule').implement({
  description: 'How many people it takes to say something.',
  authScopes: readers,
  fields: (t) => ({
    label: t.exposeString('label', {
      nullable: true,
      description: 'good, or the code of a class; null: all that have no rule of their own.',
    }),
    reviewers: t.exposeInt('reviewers', { description: '1, or 2 who agree, otherwise a third decides.' }),
    changedAt: t.expose('changed_at', { type: 'DateTime', description: 'When it was set.' }),
    changedBy: t.field({
      type: PersonRef,
      description: 'Who set it.',
      resolve: (row, _args, context) => loadPerson(context, row.changed_by),
    }),
  }),
});

const ReviewSettingsRef = builder.objectRef<ReviewSettings>('ReviewSettings').implement({
  description: 'What a plant asks of its reviewers.',
  authScopes: readers,
  fields: (t) => ({
    rules: t.field({
      type: [AgreementRuleRef],
      description: 'How many people it takes; one where no rule says otherwise.',
      resolve: ({ rules }) => rules,
    }),
    knownShare: t.exposeFloat('knownShare', {
      description: 'Share of known answers among what a person is shown: 0, or 0.05 to 0.15.',
    }),
    knownAnswers: t.int({
      description: 'How many images have known answers.',
      resolve: ({ plantId }, _args, context) => knownCount(context, plantId),
    }),
    known: t.connection({
      type: PoolImageRef,
      authScopes: curators,
      description: 'Images with known answers, by hash; for those who choose them.',
      resolve: ({ plantId }, args, context) => listKnown(context, plantId, args),
    }),
  }),
});

const AgreementRuleInput = builder.inputType('AgreementRuleInput', {
  description: 'How many people it takes to say something.',
  fields: (t) => ({
    label: t.string({ description: 'good, or the code of a class; left out: all that have no rule of their own.' }),
    reviewers: t.int({ required: true, description: '1 or 2.' }),
  }),
});

const plantId = { required: true as const, description: 'The plant.' };

const SetAgreementRulesInput = builder.inputType('SetAgreementRulesInput', {
  description: 'All rules of a plant anew.',
  fields: (t) => ({
    plantId: t.id(plantId),
    rules: t.field({ type: [AgreementRuleInput], required: true, description: 'One for each class at the most.' }),
  }),
});

const SetReviewSettingsInput = builder.inputType('SetReviewSettingsInput', {
  description: 'What a plant asks of its reviewers.',
  fields: (t) => ({
    plantId: t.id(plantId),
    knownShare: t.float({ required: true, description: 'Share of known answers: 0, or 0.05 to 0.15.' }),
  }),
});

const KnownAnswersInput = builder.inputType('KnownAnswersInput', {
  description: 'Labelled images.',
  fields: (t) => ({
    plantId: t.id(plantId),
    imageSha256s: t.field({ type: ['Sha256'], required: true, description: 'The images.' }),
  }),
});

builder.queryFields((t) => ({
  agreement: t.field({
    type: AgreementRef,
    description: 'How far the people of a plant agreed in a period of a year at the most.',
    authScopes: readers,
    args: {
      plantId: t.arg.id(plantId),
      from: t.arg({ type: 'DateTime', required: true, description: 'What was said from then on …' }),
      to: t.arg({ type: 'DateTime', required: true, description: '… and before then.' }),
    },
    resolve: (_root, args, context) =>
      agreementOf(context, { plantId: keyOf('Plant', args.plantId, 'plantId'), globalId: args.plantId }, args),
  }),
  reviewSettings: t.field({
    type: ReviewSettingsRef,
    description: 'What a plant asks of its reviewers.',
    authScopes: readers,
    args: { plantId: t.arg.id(plantId) },
    resolve: (_root, args, context) =>
      reviewSettings(context, { plantId: keyOf('Plant', args.plantId, 'plantId'), globalId: args.plantId }),
  }),
}));

const some = { types: [InvalidInputError, NotFoundError] };

builder.mutationFields((t) => ({
  setAgreementRules: t.field({
    type: ReviewSettingsRef,
    description: 'Says how many people it takes. What waits for more than it needs now is decided at once.',
    authScopes: curators,
    errors: some,
    args: { input: t.arg({ type: SetAgreementRulesInput, required: true, description: 'The rules.' }) },
    resolve: (_root, { input }, context) => setAgreementRules(context, input),
  }),
  setReviewSettings: t.field({
    type: ReviewSettingsRef,
    description: 'Sets how many known answers people are asked.',
    authScopes: curators,
    errors: some,
    args: { input: t.arg({ type: SetReviewSettingsInput, required: true, description: 'The setting.' }) },
    resolve: (_root, { input }, context) => setReviewSettings(context, input),
  }),
  addKnownAnswers: t.field({
    type: ReviewSettingsRef,
    description: 'Has labelled images asked again, unseen, of people who have not labelled them.',
    authScopes: curators,
    errors: { types: [InvalidInputError, ConflictError, NotFoundError] },
    args: { input: t.arg({ type: KnownAnswersInput, required: true, description: 'The images.' }) },
    resolve: (_root, { input }, context) => addKnownAnswers(context, input),
  }),
  removeKnownAnswers: t.field({
    type: ReviewSettingsRef,
    description: 'Takes images back from what is asked again.',
    authScopes: curators,
    errors: some,
    args: { input: t.arg({ type: KnownAnswersInput, required: true, description: 'The images.' }) },
    resolve: (_root, { input }, context) => removeKnownAnswers(context, input),
  }),
}));
