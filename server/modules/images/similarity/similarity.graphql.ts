/** Similar images in the schema: names and shapes only. */
import { READERS, requireRole } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { InvalidInputError } from '../../../kit/errors.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { PoolImageRef } from '../pool/pool.ref.ts';
import { loadPoolImage } from '../pool/pool.service.ts';
import { poolCondition } from '../pool/pool-condition.ts';
import { PoolFilter } from '../pool/pool-filter.ref.ts';
import { readPoolFilter } from '../pool/read-filter.ts';
import {
  findSimilar,
  loadIsTold,
  loadNearDuplicates,
  type NearDuplicate,
  type SimilarImage,
} from './similarity.service.ts';

const readers = { roles: READERS };
const STANDARD_FIRST = 12;
/** Of one image: the rest is in its group. */
const MOST_NEAR_DUPLICATES = 20;

const SimilarImageRef = builder.objectRef<SimilarImage>('SimilarImage').implement({
  description: 'An image and how much it looks like the one that was asked for.',
  authScopes: readers,
  fields: (t) => ({
    poolImage: t.expose('poolImage', { type: PoolImageRef, description: 'The image.' }),
    likeness: t.exposeFloat('likeness', {
      description: 'Cosine of their embeddings, 1 at most; it compares images of one plant, and says nothing alone.',
    }),
  }),
});

const NearDuplicateEvidenceEnum = builder.enumType('NearDuplicateEvidence', {
  description: 'What says that two images are nearly the same picture.',
  values: {
    PIXELS: { value: 'pixels', description: 'The same pixels in different files.' },
    PERCEPTUAL_HASH: {
      value: 'perceptual_hash',
      description: 'Nearly the same perceptual hash, and one photograph when laid on each other.',
    },
    EMBEDDING: {
      value: 'embedding',
      description: 'Near in their embeddings, and one photograph when laid on each other.',
    },
  } as const,
});

const NearDuplicateRef = builder.objectRef<NearDuplicate>('NearDuplicate').implement({
  description:
    'An image that is nearly the same picture: cut, turned, brightened or compressed, or taken of a part at rest.',
  authScopes: readers,
  fields: (t) => ({
    poolImage: t.field({
      type: PoolImageRef,
      description: 'The other image.',
      resolve: async (pair, _args, context) => {
        const image = await loadPoolImage(context, pair.plantId, pair.other);
        if (!image) throw new Error('An image of a pair is not in the pool.');
        return image;
      },
    }),
    evidence: t.expose('evidence', { type: NearDuplicateEvidenceEnum, description: 'The strongest evidence.' }),
    likeness: t.exposeFloat('likeness', { description: 'How alike, 1 being the same picture.' }),
  }),
});

builder.objectField(PoolImageRef, 'nearDuplicates', (t) =>
  t.field({
    type: [NearDuplicateRef],
    authScopes: readers,
    description: `Images that are nearly the same picture, the most alike first, ${MOST_NEAR_DUPLICATES} at most; all of them have its nearGroup.`,
    resolve: (image, _args, context) => loadNearDuplicates(context, image, MOST_NEAR_DUPLICATES),
  }),
);

builder.objectField(PoolImageRef, 'nearDuplicatesTold', (t) =>
  t.boolean({
    nullable: true,
    authScopes: readers,
    description:
      'Whether changed copies of it can be told from other parts; false where parts look so much alike that only copies that were hardly changed are found; null while it was not compared.',
    resolve: (image, _args, context) => loadIsTold(context, image),
  }),
);

builder.queryField('similarImages', (t) =>
  t.field({
    type: [SimilarImageRef],
    description:
      'Images of the plant that look most like one of them, the most similar first; none while that one has not been measured.',
    authScopes: readers,
    args: {
      plantId: t.arg.id({ required: true, description: 'The plant.' }),
      imageSha256: t.arg({ type: 'Sha256', required: true, description: 'The image to compare with.' }),
      first: t.arg.int({ description: `How many at most; ${STANDARD_FIRST} when left out.` }),
      filter: t.arg({
        type: PoolFilter,
        description: 'Only such images; fewer are found where few of the nearest are.',
      }),
    },
    resolve: (_root, { plantId, imageSha256, first, filter }, context) => {
      const id = keyOf('Plant', plantId, 'plantId');
      requireRole(context, id, READERS, { field: 'plantId', value: plantId });
      const most = context.config.limits.similarImages;
      const count = first ?? Math.min(STANDARD_FIRST, most);
      if (count < 1 || count > most) throw new InvalidInputError('first', count, `ask for 1 to ${most}`);
      const condition = filter ? poolCondition(id, readPoolFilter(context.config, filter)) : undefined;
      return findSimilar(context, id, { sha256: imageSha256 }, count, condition);
    },
  }),
);
