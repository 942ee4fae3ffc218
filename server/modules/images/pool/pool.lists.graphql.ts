/** The list of a plant's images. */
import { READERS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { listPool, type PoolConnection } from './list-pool.service.ts';
import { PoolImageRef } from './pool.ref.ts';
import { namesOf, SORTS, type SortName } from './pool-fields.ts';
import { PoolFilter } from './pool-filter.ref.ts';
import { readPoolFilter } from './read-filter.ts';

const readers = { roles: READERS };

/** `lowInformation` as LOW_INFORMATION. */
const constantOf = (name: string) => name.replace(/[A-Z]+/g, (capital) => `_${capital}`).toUpperCase();

const PoolSortKeyEnum = builder.enumType('PoolSortKey', {
  description: 'What images are put in order by.',
  values: Object.fromEntries(
    namesOf<SortName>(SORTS).map((name) => [constantOf(name), { value: name, description: `${SORTS[name].words}.` }]),
  ) as Record<string, { value: SortName; description: string }>,
});

const PoolSortInput = builder.inputType('PoolSortInput', {
  description:
    'An order of images; those without a value come last either way, equal ones are in the order of their hashes.',
  fields: (t) => ({
    by: t.field({ type: PoolSortKeyEnum, required: true, description: 'The field.' }),
    descending: t.boolean({ description: 'The highest or newest first; the lowest or oldest when left out.' }),
  }),
});

builder.queryField('poolImages', (t) =>
  t.connection(
    {
      type: PoolImageRef,
      description: 'Images of a plant that were kept; the newest capture first unless said otherwise.',
      authScopes: readers,
      args: {
        plantId: t.arg.id({ required: true, description: 'The plant.' }),
        filter: t.arg({ type: PoolFilter, description: 'Which images; all when left out.' }),
        sort: t.arg({ type: PoolSortInput, description: 'In which order.' }),
      },
      resolve: (_root, { plantId, filter, sort, ...page }, context) =>
        listPool(
          context,
          { id: keyOf('Plant', plantId, 'plantId'), globalId: plantId },
          readPoolFilter(context.config, filter),
          sort ? { by: sort.by, descending: sort.descending ?? false } : { by: 'capturedAt', descending: true },
          page,
        ),
    },
    {
      name: 'PoolImageConnection',
      fields: (connection) => ({
        totalCount: connection.int({
          description: 'How many there are; counted no further than LEHR_LIMIT_POOL_COUNT.',
          authScopes: readers,
          resolve: async (pool) => (await (pool as unknown as PoolConnection).counted()).count,
        }),
        hasMoreThanTotal: connection.boolean({
          description: 'Whether there are more than were counted.',
          authScopes: readers,
          resolve: async (pool) => (await (pool as unknown as PoolConnection).counted()).isMore,
        }),
      }),
    },
    { name: 'PoolImageEdge' },
  ),
);
