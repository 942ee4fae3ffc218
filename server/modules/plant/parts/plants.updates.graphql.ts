/** Changing a plant's parts: shapes only; the rules are in `update-parts.service.ts`. */
import { ADMINISTRATORS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { SectorEnum } from './plants.graphql.ts';
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
import {
  updateLine,
  updateMaterialBatch,
  updateName,
  updatePlant,
  updateRecipe,
  updateStation,
} from './update-parts.service.ts';

const authScopes = { roles: ADMINISTRATORS };
const errors = { types: [InvalidInputError, ConflictError, NotFoundError] };
const inputText = 'What to change: what is left out stays as it is.';
const nameText = 'What people call it.';
const own = 'For administrators of the plant.';

const UpdatePlantInput = builder.inputType('UpdatePlantInput', {
  description: 'Changes of a plant.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The plant.' }),
    name: t.string({ description: nameText }),
    sector: t.field({ type: SectorEnum, description: 'What it makes.' }),
    timeZone: t.string({ description: 'IANA time zone; stays as it is once there are results.' }),
  }),
});

const UpdateAreaInput = nameInput('UpdateAreaInput', 'an area');
const UpdateCameraInput = nameInput('UpdateCameraInput', 'a camera');
const UpdateEdgeNodeInput = nameInput('UpdateEdgeNodeInput', 'an edge node');
const UpdateProductInput = nameInput('UpdateProductInput', 'a product');
const UpdateRecipeInput = nameInput('UpdateRecipeInput', 'a recipe; null takes the name away');

const UpdateLineInput = builder.inputType('UpdateLineInput', {
  description: 'Changes of a line.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The line.' }),
    name: t.string({ description: nameText }),
    targetRatePerMin: t.float({ description: 'Parts a minute that it is meant to make; null for none.' }),
  }),
});

const UpdateStationInput = builder.inputType('UpdateStationInput', {
  description: 'Changes of a station.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The station.' }),
    name: t.string({ description: nameText }),
    edgeNodeId: t.id({ description: 'The node that serves it; null for none.' }),
  }),
});

const UpdateMaterialBatchInput = builder.inputType('UpdateMaterialBatchInput', {
  description: 'Changes of a batch of material.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The batch.' }),
    name: t.string({ description: `${nameText} null for none.` }),
    supplier: t.string({ description: 'Who delivered it; null for nobody.' }),
  }),
});

function nameInput(name: string, of: string) {
  return builder.inputType(name, {
    description: `Changes of ${of}.`,
    fields: (t) => ({
      id: t.id({ required: true, description: 'Which one.' }),
      name: t.string({ description: nameText }),
    }),
  });
}

builder.mutationFields((t) => ({
  updatePlant: t.field({
    type: PlantRef,
    description: `Changes a plant. ${own}`,
    authScopes,
    errors,
    args: { input: t.arg({ type: UpdatePlantInput, required: true, description: inputText }) },
    resolve: (_root, { input }, context) => updatePlant(context, input),
  }),
  updateArea: t.field({
    type: AreaRef,
    description: `Changes an area. ${own}`,
    authScopes,
    errors,
    args: { input: t.arg({ type: UpdateAreaInput, required: true, description: inputText }) },
    resolve: (_root, { input }, context) => updateName(context, 'area', input),
  }),
  updateLine: t.field({
    type: LineRef,
    description: `Changes a line. ${own}`,
    authScopes,
    errors,
    args: { input: t.arg({ type: UpdateLineInput, required: true, description: inputText }) },
    resolve: (_root, { input }, context) => updateLine(context, input),
  }),
  updateStation: t.field({
    type: StationRef,
    description: `Changes a station. ${own}`,
    authScopes,
    errors,
    args: { input: t.arg({ type: UpdateStationInput, required: true, description: inputText }) },
    resolve: (_root, { input }, context) => updateStation(context, input),
  }),
  updateCamera: t.field({
    type: CameraRef,
    description: `Changes a camera. ${own}`,
    authScopes,
    errors,
    args: { input: t.arg({ type: UpdateCameraInput, required: true, description: inputText }) },
    resolve: (_root, { input }, context) => updateName(context, 'camera', input),
  }),
  updateEdgeNode: t.field({
    type: EdgeNodeRef,
    description: `Changes an edge node. ${own}`,
    authScopes,
    errors,
    args: { input: t.arg({ type: UpdateEdgeNodeInput, required: true, description: inputText }) },
    resolve: (_root, { input }, context) => updateName(context, 'edge_node', input),
  }),
  updateProduct: t.field({
    type: ProductRef,
    description: `Changes a product. ${own}`,
    authScopes,
    errors,
    args: { input: t.arg({ type: UpdateProductInput, required: true, description: inputText }) },
    resolve: (_root, { input }, context) => updateName(context, 'product', input),
  }),
  updateRecipe: t.field({
    type: RecipeRef,
    description: `Changes a recipe. ${own}`,
    authScopes,
    errors,
    args: { input: t.arg({ type: UpdateRecipeInput, required: true, description: inputText }) },
    resolve: (_root, { input }, context) => updateRecipe(context, input),
  }),
  updateMaterialBatch: t.field({
    type: MaterialBatchRef,
    description: `Changes a batch of material. ${own}`,
    authScopes,
    errors,
    args: { input: t.arg({ type: UpdateMaterialBatchInput, required: true, description: inputText }) },
    resolve: (_root, { input }, context) => updateMaterialBatch(context, input),
  }),
}));
