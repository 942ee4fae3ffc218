/** Lists of the plant's parts: Relay connections in the order of creation. */
import { sql } from 'kysely';
import { READERS, READERS_AND_NODES } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { optionalKeyOf } from '../../../kit/global-id.ts';
import { ofParent } from '../../../kit/list-visible.ts';
import {
  AreaRef,
  CameraRef,
  EdgeNodeRef,
  LineRef,
  MaterialBatchRef,
  PlantRef,
  ProductRef,
  RecipeRef,
  StationRef,
} from './plants.ref.ts';
import { findPlantByCode, listParts } from './plants.service.ts';

const readers = { roles: READERS };
const retiredArgs = builder.args((t) => ({
  includeRetired: t.boolean({ description: 'Those that have been retired, too.' }),
}));
const ofPlantArgs = builder.args((t) => ({ plantId: t.id({ description: 'Only of this plant.' }), ...retiredArgs }));
const ofLineArgs = builder.args((t) => ({ lineId: t.id({ description: 'Only of this line.' }), ...retiredArgs }));

function ofPlant(plantId: string | null | undefined) {
  return ofParent('plant_id', optionalKeyOf('Plant', plantId, 'plantId'));
}

builder.queryFields((t) => ({
  plants: t.connection({
    type: PlantRef,
    description: 'The plants that the caller may see.',
    authScopes: readers,
    args: retiredArgs,
    resolve: (_root, args, context) => listParts(context, 'plant', args),
  }),
  plant: t.field({
    type: PlantRef,
    nullable: true,
    description: 'The plant with the code.',
    authScopes: { roles: READERS_AND_NODES },
    args: { code: t.arg.string({ required: true, description: 'The plant’s code.' }) },
    resolve: (_root, { code }, context) => findPlantByCode(context, code),
  }),
  lines: t.connection({
    type: LineRef,
    description: 'Lines.',
    authScopes: readers,
    args: ofPlantArgs,
    resolve: (_root, args, context) => listParts(context, 'line', args, ofPlant(args.plantId)),
  }),
  stations: t.connection({
    type: StationRef,
    description: 'Inspection stations.',
    authScopes: readers,
    args: ofLineArgs,
    resolve: (_root, args, context) =>
      listParts(context, 'station', args, ofParent('line_id', optionalKeyOf('Line', args.lineId, 'lineId'))),
  }),
  cameras: t.connection({
    type: CameraRef,
    description: 'Cameras.',
    authScopes: readers,
    args: ofLineArgs,
    resolve: (_root, args, context) => {
      const id = optionalKeyOf('Line', args.lineId, 'lineId');
      const ofLine = sql<boolean>`station_id IN (SELECT id FROM station WHERE line_id = ${id}::uuid)`;
      return listParts(context, 'camera', args, id === null ? undefined : ofLine);
    },
  }),
  edgeNodes: t.connection({
    type: EdgeNodeRef,
    description: 'Edge nodes.',
    authScopes: readers,
    args: ofPlantArgs,
    resolve: (_root, args, context) => listParts(context, 'edge_node', args, ofPlant(args.plantId)),
  }),
  products: t.connection({
    type: ProductRef,
    description: 'Products.',
    authScopes: readers,
    args: ofPlantArgs,
    resolve: (_root, args, context) => listParts(context, 'product', args, ofPlant(args.plantId)),
  }),
  areas: t.connection({
    type: AreaRef,
    description: 'Areas.',
    authScopes: readers,
    args: ofPlantArgs,
    resolve: (_root, args, context) => listParts(context, 'area', args, ofPlant(args.plantId)),
  }),
  recipes: t.connection({
    type: RecipeRef,
    description: 'Recipes: those set up, and those heard of from machines.',
    authScopes: readers,
    args: ofPlantArgs,
    resolve: (_root, args, context) => listParts(context, 'recipe', args, ofPlant(args.plantId)),
  }),
  materialBatches: t.connection({
    type: MaterialBatchRef,
    description: 'Batches of material: those set up, and those heard of from machines and MES.',
    authScopes: readers,
    args: ofPlantArgs,
    resolve: (_root, args, context) => listParts(context, 'material_batch', args, ofPlant(args.plantId)),
  }),
}));
