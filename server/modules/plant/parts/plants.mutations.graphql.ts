/** Setting up a plant: shapes only; the rules are in `create-parts.service.ts`. */
import { ADMINISTRATORS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import {
  createArea,
  createCamera,
  createEdgeNode,
  createLine,
  createMaterialBatch,
  createPlant,
  createProduct,
  createRecipe,
  createStation,
} from './create-parts.service.ts';
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

const administrators = { roles: ADMINISTRATORS };
const codeText = 'Short name in paths and configurations: a-z, 0-9 and -. Never changes.';
const machineCodeText = 'As machine and MES write it. Never changes.';
const nameText = 'What people call it.';
const plantText = 'The plant it belongs to.';
const below = { types: [InvalidInputError, ConflictError, NotFoundError] };

const CreatePlantInput = builder.inputType('CreatePlantInput', {
  description: 'A new plant.',
  fields: (t) => ({
    code: t.string({ required: true, description: codeText }),
    name: t.string({ required: true, description: nameText }),
    sector: t.field({ type: SectorEnum, required: true, description: 'What it makes.' }),
    timeZone: t.string({ required: true, description: 'IANA time zone, such as Europe/Berlin.' }),
  }),
});

const CreateAreaInput = builder.inputType('CreateAreaInput', {
  description: 'A new area of a plant.',
  fields: (t) => ({
    plantId: t.id({ required: true, description: plantText }),
    code: t.string({ required: true, description: codeText }),
    name: t.string({ required: true, description: nameText }),
  }),
});

const CreateLineInput = builder.inputType('CreateLineInput', {
  description: 'A new line of an area.',
  fields: (t) => ({
    areaId: t.id({ required: true, description: 'The area it stands in.' }),
    code: t.string({ required: true, description: codeText }),
    name: t.string({ required: true, description: nameText }),
    targetRatePerMin: t.float({ description: 'Parts a minute that it is meant to make.' }),
  }),
});

const CreateStationInput = builder.inputType('CreateStationInput', {
  description: 'A new inspection station of a line.',
  fields: (t) => ({
    lineId: t.id({ required: true, description: 'The line it stands at.' }),
    code: t.string({ required: true, description: codeText }),
    name: t.string({ required: true, description: nameText }),
    edgeNodeId: t.id({ description: 'The node that serves it.' }),
  }),
});

const CreateCameraInput = builder.inputType('CreateCameraInput', {
  description: 'A new camera of a station.',
  fields: (t) => ({
    stationId: t.id({ required: true, description: 'The station it looks at.' }),
    code: t.string({ required: true, description: codeText }),
    name: t.string({ required: true, description: nameText }),
  }),
});

const CreateEdgeNodeInput = builder.inputType('CreateEdgeNodeInput', {
  description: 'A new edge node of a plant.',
  fields: (t) => ({
    plantId: t.id({ required: true, description: plantText }),
    code: t.string({ required: true, description: codeText }),
    name: t.string({ required: true, description: nameText }),
  }),
});

const CreateProductInput = builder.inputType('CreateProductInput', {
  description: 'A new product of a plant.',
  fields: (t) => ({
    plantId: t.id({ required: true, description: plantText }),
    code: t.string({ required: true, description: machineCodeText }),
    name: t.string({ required: true, description: nameText }),
  }),
});

const CreateRecipeInput = builder.inputType('CreateRecipeInput', {
  description: 'A new recipe of a plant.',
  fields: (t) => ({
    plantId: t.id({ required: true, description: plantText }),
    code: t.string({ required: true, description: machineCodeText }),
    name: t.string({ description: nameText }),
  }),
});

const CreateMaterialBatchInput = builder.inputType('CreateMaterialBatchInput', {
  description: 'A new batch of material.',
  fields: (t) => ({
    plantId: t.id({ required: true, description: plantText }),
    code: t.string({ required: true, description: machineCodeText }),
    name: t.string({ description: nameText }),
    supplier: t.string({ description: 'Who delivered it.' }),
  }),
});

const inputText = 'What to make.';

builder.mutationFields((t) => ({
  createPlant: t.field({
    type: PlantRef,
    description: 'Makes a plant. For administrators of the installation.',
    authScopes: { administrator: true },
    errors: { types: [InvalidInputError, ConflictError] },
    args: { input: t.arg({ type: CreatePlantInput, required: true, description: inputText }) },
    resolve: (_root, { input }, context) => createPlant(context, input),
  }),
  createArea: t.field({
    type: AreaRef,
    description: 'Makes an area. For administrators of the plant.',
    authScopes: administrators,
    errors: below,
    args: { input: t.arg({ type: CreateAreaInput, required: true, description: inputText }) },
    resolve: (_root, { input }, context) => createArea(context, input),
  }),
  createLine: t.field({
    type: LineRef,
    description: 'Makes a line. For administrators of the plant.',
    authScopes: administrators,
    errors: below,
    args: { input: t.arg({ type: CreateLineInput, required: true, description: inputText }) },
    resolve: (_root, { input }, context) => createLine(context, input),
  }),
  createStation: t.field({
    type: StationRef,
    description: 'Makes a station. For administrators of the plant.',
    authScopes: administrators,
    errors: below,
    args: { input: t.arg({ type: CreateStationInput, required: true, description: inputText }) },
    resolve: (_root, { input }, context) => createStation(context, input),
  }),
  createCamera: t.field({
    type: CameraRef,
    description: 'Makes a camera. For administrators of the plant.',
    authScopes: administrators,
    errors: below,
    args: { input: t.arg({ type: CreateCameraInput, required: true, description: inputText }) },
    resolve: (_root, { input }, context) => createCamera(context, input),
  }),
  createEdgeNode: t.field({
    type: EdgeNodeRef,
    description:
      'Makes an edge node; it is enrolled with a code from createEnrolmentCode. For administrators of the plant.',
    authScopes: administrators,
    errors: below,
    args: { input: t.arg({ type: CreateEdgeNodeInput, required: true, description: inputText }) },
    resolve: (_root, { input }, context) => createEdgeNode(context, input),
  }),
  createProduct: t.field({
    type: ProductRef,
    description: 'Makes a product. For administrators of the plant.',
    authScopes: administrators,
    errors: below,
    args: { input: t.arg({ type: CreateProductInput, required: true, description: inputText }) },
    resolve: (_root, { input }, context) => createProduct(context, input),
  }),
  createRecipe: t.field({
    type: RecipeRef,
    description: 'Makes a recipe; one that a machine has named exists already. For administrators of the plant.',
    authScopes: administrators,
    errors: below,
    args: { input: t.arg({ type: CreateRecipeInput, required: true, description: inputText }) },
    resolve: (_root, { input }, context) => createRecipe(context, input),
  }),
  createMaterialBatch: t.field({
    type: MaterialBatchRef,
    description:
      'Makes a batch of material; one that machine or MES has named exists already. For administrators of the plant.',
    authScopes: administrators,
    errors: below,
    args: { input: t.arg({ type: CreateMaterialBatchInput, required: true, description: inputText }) },
    resolve: (_root, { input }, context) => createMaterialBatch(context, input),
  }),
}));
