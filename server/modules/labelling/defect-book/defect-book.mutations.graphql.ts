/** Writing and signing the defect book: shapes only. */
import { CURATORS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { TooManyAttemptsError, WrongCredentialsError } from '../../people/access/access.errors.ts';
import { SeverityEnum } from './defect-book.graphql.ts';
import { DefectBookRef } from './defect-book.ref.ts';
import { type BookTemplate, discardDefectBook, openDefectBook, signDefectBook } from './defect-book.service.ts';
import { putDefectClass, putDefectExample, removeDefectClass, removeDefectExample } from './edit-book.service.ts';

const curators = { roles: CURATORS };
const errors = { types: [InvalidInputError, ConflictError, NotFoundError] };
const bookId = { required: true as const, description: 'The draft.' };

const DefectBookTemplateEnum = builder.enumType('DefectBookTemplate', {
  description: 'What the first version of a plant’s book starts from.',
  values: {
    GLASS: {
      value: 'glass' as BookTemplate,
      description: 'Container glass: check, crack, stone, seed, blister, chipped finish.',
    },
    PACKAGING: { value: 'packaging' as BookTemplate, description: 'Packs: seal, fold, label skew, print.' },
    PHARMA: {
      value: 'pharma' as BookTemplate,
      description: 'Tablets: chip, crack, dirt, colour, missing tablet.',
    },
    EMPTY: { value: 'empty' as BookTemplate, description: 'No class.' },
  },
});

const OpenDefectBookInput = builder.inputType('OpenDefectBookInput', {
  description: 'A new draft.',
  fields: (t) => ({
    plantId: t.id({ required: true, description: 'The plant.' }),
    template: t.field({
      type: DefectBookTemplateEnum,
      required: true,
      description: 'Of a plant that has signed none; others go on from their newest.',
    }),
  }),
});

const DefectLimitInput = builder.inputType('DefectLimitInput', {
  description: 'From where on, or up to where, something is of the class.',
  fields: (t) => ({
    quantity: t.string({ required: true, description: 'What is measured.' }),
    unit: t.string({ required: true, description: 'Its unit.' }),
    min: t.float({ description: 'It counts from here on.' }),
    max: t.float({ description: 'It counts up to here.' }),
  }),
});

const DefectTranslationInput = builder.inputType('DefectTranslationInput', {
  description: 'A class in another language.',
  fields: (t) => ({
    language: t.string({ required: true, description: 'Tag such as de.' }),
    name: t.string({ required: true, description: 'Its name.' }),
    definition: t.string({ required: true, description: 'Its definition.' }),
  }),
});

const PutDefectClassInput = builder.inputType('PutDefectClassInput', {
  description: 'A class as it is to be.',
  fields: (t) => ({
    defectBookId: t.id(bookId),
    code: t.string({ required: true, description: 'a-z, 0-9, - and _; labels name it.' }),
    name: t.string({ required: true, description: 'What people call it.' }),
    definition: t.string({ required: true, description: 'What counts and what does not.' }),
    severity: t.field({ type: SeverityEnum, required: true, description: 'How bad it is.' }),
    limits: t.field({ type: [DefectLimitInput], description: 'From where on it counts; none when left out.' }),
    translations: t.field({ type: [DefectTranslationInput], description: 'In other languages; none when left out.' }),
    ordinal: t.int({ description: 'Its place; the last when left out of a new class.' }),
    isRetired: t.boolean({ description: 'Kept for old labels, not offered for new ones.' }),
  }),
});

const RemoveDefectClassInput = builder.inputType('RemoveDefectClassInput', {
  description: 'A class that was never signed.',
  fields: (t) => ({
    defectBookId: t.id(bookId),
    code: t.string({ required: true, description: 'The class.' }),
  }),
});

const PutDefectExampleInput = builder.inputType('PutDefectExampleInput', {
  description: 'An image at the boundary of a class.',
  fields: (t) => ({
    defectBookId: t.id(bookId),
    code: t.string({ required: true, description: 'The class.' }),
    imageSha256: t.field({ type: 'Sha256', required: true, description: 'An image of the plant.' }),
    isDefect: t.boolean({ required: true, description: 'Just bad enough; false: just still good.' }),
    note: t.string({ description: 'What to look at.' }),
  }),
});

const RemoveDefectExampleInput = builder.inputType('RemoveDefectExampleInput', {
  description: 'An image that is no example any more.',
  fields: (t) => ({
    defectBookId: t.id(bookId),
    code: t.string({ required: true, description: 'The class.' }),
    imageSha256: t.field({ type: 'Sha256', required: true, description: 'The image.' }),
  }),
});

const SignDefectBookInput = builder.inputType('SignDefectBookInput', {
  description: 'A signature on a draft.',
  fields: (t) => ({
    defectBookId: t.id(bookId),
    meaning: t.string({ required: true, description: 'What the signature means, in words.' }),
    password: t.string({ required: true, description: 'Given again, for this is a signature.' }),
  }),
});

builder.mutationFields((t) => ({
  openDefectBook: t.field({
    type: DefectBookRef,
    description: 'Opens a draft of the defect book: the newest version again, or a sector’s template.',
    authScopes: curators,
    errors,
    args: { input: t.arg({ type: OpenDefectBookInput, required: true, description: 'Where, and from what.' }) },
    resolve: (_root, { input }, context) => openDefectBook(context, input),
  }),
  discardDefectBook: t.field({
    type: DefectBookRef,
    description: 'Gives up a draft.',
    authScopes: curators,
    errors,
    args: { defectBookId: t.arg.id(bookId) },
    resolve: (_root, { defectBookId }, context) => discardDefectBook(context, defectBookId),
  }),
  putDefectClass: t.field({
    type: DefectBookRef,
    description:
      'Writes a class of a draft. Where it means something else than the signed one its revision is one more.',
    authScopes: curators,
    errors,
    args: { input: t.arg({ type: PutDefectClassInput, required: true, description: 'The class.' }) },
    resolve: (_root, { input }, context) => putDefectClass(context, input),
  }),
  removeDefectClass: t.field({
    type: DefectBookRef,
    description: 'Takes a class out of a draft that was never signed.',
    authScopes: curators,
    errors,
    args: { input: t.arg({ type: RemoveDefectClassInput, required: true, description: 'The class.' }) },
    resolve: (_root, { input }, context) => removeDefectClass(context, input),
  }),
  putDefectExample: t.field({
    type: DefectBookRef,
    description: 'Shows with an image where a class begins.',
    authScopes: curators,
    errors,
    args: { input: t.arg({ type: PutDefectExampleInput, required: true, description: 'The example.' }) },
    resolve: (_root, { input }, context) => putDefectExample(context, input),
  }),
  removeDefectExample: t.field({
    type: DefectBookRef,
    description: 'Takes an example out of a draft.',
    authScopes: curators,
    errors,
    args: { input: t.arg({ type: RemoveDefectExampleInput, required: true, description: 'The example.' }) },
    resolve: (_root, { input }, context) => removeDefectExample(context, input),
  }),
  signDefectBook: t.field({
    type: DefectBookRef,
    description: 'Signs a draft for good. Labels are made under it from now on.',
    authScopes: curators,
    errors: {
      types: [InvalidInputError, ConflictError, NotFoundError, WrongCredentialsError, TooManyAttemptsError],
    },
    args: { input: t.arg({ type: SignDefectBookInput, required: true, description: 'The signature.' }) },
    resolve: (_root, { input }, context) => signDefectBook(context, input),
  }),
}));
