/** The defect book in the schema: names and shapes only. */
import { READERS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { PoolImageRef } from '../../images/pool/pool.ref.ts';
import { loadPoolImage } from '../../images/pool/pool.service.ts';
import { PersonRef } from '../../people/access/access.ref.ts';
import { loadPerson } from '../../people/access/people.service.ts';
import { PlantRef } from '../../plant/parts/plants.ref.ts';
import { loadPart } from '../../plant/parts/plants.service.ts';
import type { TouchedCount } from './defect-book.queries.ts';
import { DefectBookRef, DefectClassRef } from './defect-book.ref.ts';
import {
  findDefectBook,
  listDefectBooks,
  listTouched,
  loadBookOf,
  loadClasses,
  loadExamples,
  touchedCounts,
} from './defect-book.service.ts';
import type { DefectBookRow, DefectExampleRow, DefectLimit, Severity } from './defect-book.table.ts';

const readers = { roles: READERS };

const DefectBookStateEnum = builder.enumType('DefectBookState', {
  description: 'Whether a version of the defect book can still change.',
  values: {
    DRAFT: { value: 'draft' as DefectBookRow['state'], description: 'People write it.' },
    SIGNED: { value: 'signed' as DefectBookRow['state'], description: 'A person has signed it; it stays as it is.' },
  },
});

export const SeverityEnum = builder.enumType('DefectSeverity', {
  description: 'How bad a defect is.',
  values: {
    CRITICAL: { value: 'critical' as Severity, description: 'May hurt somebody, or must never leave the plant.' },
    MAJOR: { value: 'major' as Severity, description: 'Makes the product unfit for its use.' },
    MINOR: { value: 'minor' as Severity, description: 'A blemish that does not impair its use.' },
  },
});

const DefectLimitRef = builder.objectRef<DefectLimit>('DefectLimit').implement({
  description: 'From where on, or up to where, something is of the class.',
  authScopes: readers,
  fields: (t) => ({
    quantity: t.exposeString('quantity', { description: 'What is measured.' }),
    unit: t.exposeString('unit', { description: 'Its unit.' }),
    min: t.exposeFloat('min', { nullable: true, description: 'It counts from here on.' }),
    max: t.exposeFloat('max', { nullable: true, description: 'It counts up to here.' }),
  }),
});

interface Translation {
  language: string;
  name: string;
  definition: string;
}

const DefectTranslationRef = builder.objectRef<Translation>('DefectTranslation').implement({
  description: 'A class in another language.',
  authScopes: readers,
  fields: (t) => ({
    language: t.exposeString('language', { description: 'Tag such as de.' }),
    name: t.exposeString('name', { description: 'Its name.' }),
    definition: t.exposeString('definition', { description: 'Its definition.' }),
  }),
});

const DefectExampleRef = builder.objectRef<DefectExampleRow>('DefectExample').implement({
  description: 'An image that shows where a class begins.',
  authScopes: readers,
  fields: (t) => ({
    image: t.field({
      type: PoolImageRef,
      nullable: true,
      description: 'The image; null when the pool has it no more.',
      resolve: (row, _args, context) => loadPoolImage(context, row.plant_id, row.image_sha256),
    }),
    imageSha256: t.expose('image_sha256', { type: 'Sha256', description: 'The image’s hash.' }),
    isDefect: t.exposeBoolean('is_defect', { description: 'Just bad enough; false: just still good.' }),
    note: t.exposeString('note', { nullable: true, description: 'What to look at.' }),
  }),
});

DefectClassRef.implement({
  description: 'A kind of defect as a version of the book defines it.',
  authScopes: readers,
  fields: (t) => ({
    code: t.exposeString('code', { description: 'The same in every version; what labels name.' }),
    revision: t.exposeInt('revision', { description: 'Counts the changes of its meaning.' }),
    name: t.exposeString('name', { description: 'What people call it.' }),
    definition: t.exposeString('definition', { description: 'What counts and what does not.' }),
    severity: t.expose('severity', { type: SeverityEnum, description: 'How bad it is.' }),
    limits: t.field({ type: [DefectLimitRef], description: 'From where on it counts.', resolve: (row) => row.limits }),
    translations: t.field({
      type: [DefectTranslationRef],
      description: 'In other languages, by language.',
      resolve: (row) =>
        Object.entries(row.translations)
          .map(([language, words]) => ({ language, ...words }))
          .sort((a, b) => (a.language < b.language ? -1 : 1)),
    }),
    ordinal: t.exposeInt('ordinal', { description: 'Its place in lists and on the number keys.' }),
    isRetired: t.exposeBoolean('is_retired', { description: 'Kept for old labels, not offered for new ones.' }),
    examples: t.field({
      type: [DefectExampleRef],
      description: 'Images at its boundary: first those that are still good.',
      resolve: (row, _args, context) => loadExamples(context, row.book_id, row.code),
    }),
  }),
});

const TouchedClassRef = builder.objectRef<TouchedCount>('TouchedClass').implement({
  description: 'How many labels a class touches.',
  authScopes: readers,
  fields: (t) => ({
    code: t.exposeString('code', { description: 'The class.' }),
    isRetired: t.exposeBoolean('isRetired', { description: 'Touched because the class is retired.' }),
    labels: t.exposeInt('labels', { description: 'Images whose label names it.' }),
  }),
});

builder.node(DefectBookRef, {
  description: 'A version of what counts as which defect in a plant. Labels refer to the version they were made under.',
  authScopes: readers,
  id: { resolve: (row) => row.id, description: 'Global id.' },
  loadManyWithoutCache: (ids: string[], context) => Promise.all(ids.map((id) => findDefectBook(context, id))),
  fields: (t) => ({
    number: t.exposeInt('number', { description: 'Counts the versions of the plant.' }),
    state: t.expose('state', { type: DefectBookStateEnum, description: 'Draft or signed.' }),
    plant: t.field({
      type: PlantRef,
      description: 'Whose book it is.',
      resolve: (row, _args, context) => loadPart(context, 'plant', row.plant_id),
    }),
    classes: t.field({
      type: [DefectClassRef],
      description: 'In the order of the book.',
      resolve: (row, _args, context) => loadClasses(context, row.id),
    }),
    createdAt: t.expose('created_at', { type: 'DateTime', description: 'When the draft was opened.' }),
    createdBy: t.field({
      type: PersonRef,
      description: 'Who opened it.',
      resolve: (row, _args, context) => loadPerson(context, row.created_by),
    }),
    signedAt: t.expose('signed_at', { type: 'DateTime', nullable: true, description: 'When it was signed.' }),
    signedBy: t.field({
      type: PersonRef,
      nullable: true,
      description: 'Who signed it.',
      resolve: (row, _args, context) => (row.signed_by === null ? null : loadPerson(context, row.signed_by)),
    }),
    meaning: t.exposeString('meaning', { nullable: true, description: 'What the signature says.' }),
    contentHash: t.expose('content_hash', {
      type: 'Sha256',
      nullable: true,
      description: 'SHA-256 of its canonical content; null while it is a draft.',
    }),
    touchedClasses: t.field({
      type: [TouchedClassRef],
      description: 'Classes that mean something else than when labels were made under them, or are retired.',
      resolve: (row, _args, context) => touchedCounts(context, row),
    }),
    touched: t.connection({
      type: PoolImageRef,
      description: 'Images whose labels it touches, by hash.',
      args: { codes: t.arg.stringList({ description: 'Only by these classes.' }) },
      resolve: (row, { codes, ...args }, context) => listTouched(context, row, codes ?? null, args),
    }),
  }),
});

builder.objectFields(PlantRef, (t) => ({
  defectBook: t.field({
    type: DefectBookRef,
    nullable: true,
    authScopes: readers,
    description: 'What labels are made under now: the newest signed version.',
    resolve: (plant, _args, context) => loadBookOf(context, plant.id, 'signed'),
  }),
  defectBookDraft: t.field({
    type: DefectBookRef,
    nullable: true,
    authScopes: readers,
    description: 'The version that people write.',
    resolve: (plant, _args, context) => loadBookOf(context, plant.id, 'draft'),
  }),
}));

builder.queryField('defectBooks', (t) =>
  t.connection({
    type: DefectBookRef,
    description: 'Versions of a plant’s defect book in the order they were opened.',
    authScopes: readers,
    args: { plantId: t.arg.id({ required: true, description: 'The plant.' }) },
    resolve: (_root, { plantId, ...args }, context) =>
      listDefectBooks(context, keyOf('Plant', plantId, 'plantId'), args),
  }),
);
