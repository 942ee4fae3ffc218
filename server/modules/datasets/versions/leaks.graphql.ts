/** Leaks in the schema: as a list of a version, and as what a freeze is refused with. */
import { READERS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { ErrorRef } from '../../../kit/error.ref.ts';
import { ImageRef } from '../../images/store/images.ref.ts';
import { loadImage } from '../../images/store/images.service.ts';
import { DatasetLeakError } from './datasets.errors.ts';
import { DatasetVersionRef, Split } from './datasets.ref.ts';
import type { LeakEvidence, LeakRow } from './leaks.queries.ts';
import { loadLeaks } from './leaks.service.ts';

const LeakEvidenceEnum = builder.enumType('LeakEvidence', {
  description: 'Why two images count as one picture.',
  values: {
    SAME_IMAGE: { value: 'same_image' as LeakEvidence, description: 'It is the very same file.' },
    PIXELS: { value: 'pixels' as LeakEvidence, description: 'Two files with the same pixels.' },
    PERCEPTUAL_HASH: {
      value: 'perceptual_hash' as LeakEvidence,
      description: 'Nearly the same picture by its perceptual hash.',
    },
    EMBEDDING: { value: 'embedding' as LeakEvidence, description: 'Nearly the same picture by its embedding.' },
  },
});

const DatasetLeakRef = builder.objectRef<LeakRow>('DatasetLeak');
DatasetLeakRef.implement({
  description: 'Two images on two sides of a split that show the same; judging with one of them is no proof.',
  authScopes: { roles: READERS },
  fields: (t) => ({
    imageSha256: t.expose('image_sha256', { type: 'Sha256', description: 'Image of the version.' }),
    otherSha256: t.expose('other_sha256', {
      type: 'Sha256',
      description: 'The other one; in the version or in the golden set of the plant.',
    }),
    split: t.expose('split', { type: Split, description: 'Side of the image.' }),
    otherSplit: t.expose('other_split', { type: Split, description: 'Side of the other.' }),
    evidence: t.expose('evidence', { type: LeakEvidenceEnum, description: 'What tells.' }),
    likeness: t.exposeFloat('likeness', { description: 'How alike, 1 being the same picture.' }),
    image: t.field({
      type: ImageRef,
      nullable: true,
      description: 'The image.',
      resolve: (leak, _args, context) => loadImage(context, leak.plant_id, leak.image_sha256),
    }),
    other: t.field({
      type: ImageRef,
      nullable: true,
      description: 'The other image.',
      resolve: (leak, _args, context) => loadImage(context, leak.plant_id, leak.other_sha256),
    }),
  }),
});

builder.objectType(DatasetLeakError, {
  name: 'DatasetLeakError',
  description: 'Images of a version leak between its splits, so it cannot freeze.',
  interfaces: [ErrorRef],
  authScopes: { public: true },
  fields: (t) => ({
    leaks: t.expose('leaks', { type: [DatasetLeakRef], description: 'The most alike, up to a limit.' }),
    hasMore: t.exposeBoolean('hasMore', { description: 'Whether there are more than those named.' }),
  }),
});

builder.objectField(DatasetVersionRef, 'leaks', (t) =>
  t.field({
    type: [DatasetLeakRef],
    description:
      'Pairs of images across its splits, and between what it trains on and the golden set of the plant, the most alike first.',
    args: { first: t.arg.int({ description: 'At most so many, 20 unless told.' }) },
    resolve: (version, { first }, context) => loadLeaks(context, version.id, first ?? null),
  }),
);
