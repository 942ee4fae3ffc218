/** The map of images and the look for wrong labels in the schema: names and shapes only. */
import { CURATORS, READERS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { PlantRef } from '../../plant/parts/plants.ref.ts';
import { PoolFilter } from '../pool/pool-filter.ref.ts';
import { readPoolFilter } from '../pool/read-filter.ts';
import { findLabelErrors } from './data-quality.service.ts';
import { askMap, MAP_COLOURS, type MapColour, type PoolMap } from './pool-map.service.ts';

const readers = { roles: READERS };

const PoolMapColour = builder.enumType('PoolMapColour', {
  description: 'What the points of a map are told apart by.',
  values: Object.fromEntries(
    (Object.keys(MAP_COLOURS) as MapColour[]).map((value) => [
      value.toUpperCase(),
      { value, description: MAP_COLOURS[value].words },
    ]),
  ) as Record<string, { value: MapColour; description: string }>,
});

const PoolMapClassRef = builder.objectRef<PoolMap['legend'][number]>('PoolMapClass').implement({
  description: 'A value that points are told apart by.',
  authScopes: readers,
  fields: (t) => ({
    code: t.exposeInt('code', { description: 'Its number among the codes, from 1.' }),
    value: t.exposeString('value', { description: 'The value, a global id of a part of the plant.' }),
    name: t.exposeString('name', { nullable: true, description: 'What people call the part of the plant.' }),
    count: t.exposeInt('count', { description: 'Points that have it.' }),
  }),
});

const PoolMapRef = builder.objectRef<PoolMap>('PoolMap').implement({
  description: 'Images in two dimensions, so that what looks alike lies together. The axes mean nothing by themselves.',
  authScopes: readers,
  fields: (t) => ({
    count: t.exposeInt('count', { description: 'Points in this answer, no more than LEHR_LIMIT_MAP_POINTS.' }),
    embedded: t.exposeInt('embedded', { description: 'Images of the plant that have been embedded.' }),
    placed: t.exposeInt('placed', { description: 'Those of them that lie on the map.' }),
    xy: t.exposeString('xy', {
      description: 'Base64 of 32-bit floats, little-endian: x, y of each point, as filters by lasso take them.',
    }),
    codes: t.exposeString('codes', {
      description: 'Base64 of a byte a point: its code in the legend; 0: none, or a rarer value.',
    }),
    legend: t.field({
      type: [PoolMapClassRef],
      description: 'The most frequent values, the most frequent first.',
      resolve: (map) => map.legend,
    }),
  }),
});

builder.queryField('poolMap', (t) =>
  t.field({
    type: PoolMapRef,
    description: 'The map of a plant’s images.',
    authScopes: readers,
    args: {
      plantId: t.arg.id({ required: true, description: 'The plant.' }),
      colourBy: t.arg({ type: PoolMapColour, defaultValue: 'none', description: 'What points are told apart by.' }),
      filter: t.arg({ type: PoolFilter, description: 'Which images; all when left out.' }),
    },
    resolve: (_root, { plantId, colourBy, filter }, context) =>
      askMap(
        context,
        { id: keyOf('Plant', plantId, 'plantId'), globalId: plantId },
        colourBy ?? 'none',
        readPoolFilter(context.config, filter),
      ),
  }),
);

builder.mutationField('findLabelErrors', (t) =>
  t.field({
    type: PlantRef,
    description:
      'Starts a look through the labels of a plant for those that are probably wrong. The scores appear in the pool; no label is changed.',
    authScopes: { roles: CURATORS },
    errors: { types: [InvalidInputError, NotFoundError] },
    args: { plantId: t.arg.id({ required: true, description: 'The plant.' }) },
    resolve: (_root, { plantId }, context) => findLabelErrors(context, plantId),
  }),
);
