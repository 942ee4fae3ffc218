/** Everything that an administrator does with a part of a plant, kind by kind; each answers with its code or a refusal. */
import { graphql } from '#schema/graphql.ts';

const RefusalFragment = graphql(`
  fragment SetupRefusal on Error @_unmask {
    message
    ... on InvalidInputError { field remedy }
    ... on ConflictError { field remedy }
    ... on NotFoundError { field }
  }
`);

export const CreatePlant = graphql(
  `mutation CreatePlant($input: CreatePlantInput!) {
    createPlant(input: $input) { __typename ...SetupRefusal ... on Plant { id code } }
  }`,
  [RefusalFragment],
);

export const UpdatePlant = graphql(
  `mutation UpdatePlant($input: UpdatePlantInput!) {
    updatePlant(input: $input) { __typename ...SetupRefusal ... on Plant { id code } }
  }`,
  [RefusalFragment],
);

export const CreateArea = graphql(
  `mutation CreateArea($input: CreateAreaInput!) {
    createArea(input: $input) { __typename ...SetupRefusal ... on Area { id code } }
  }`,
  [RefusalFragment],
);

export const UpdateArea = graphql(
  `mutation UpdateArea($input: UpdateAreaInput!) {
    updateArea(input: $input) { __typename ...SetupRefusal ... on Area { id code } }
  }`,
  [RefusalFragment],
);

export const CreateLine = graphql(
  `mutation CreateLine($input: CreateLineInput!) {
    createLine(input: $input) { __typename ...SetupRefusal ... on Line { id code } }
  }`,
  [RefusalFragment],
);

export const UpdateLine = graphql(
  `mutation UpdateLine($input: UpdateLineInput!) {
    updateLine(input: $input) { __typename ...SetupRefusal ... on Line { id code } }
  }`,
  [RefusalFragment],
);

export const CreateStation = graphql(
  `mutation CreateStation($input: CreateStationInput!) {
    createStation(input: $input) { __typename ...SetupRefusal ... on Station { id code } }
  }`,
  [RefusalFragment],
);

export const UpdateStation = graphql(
  `mutation UpdateStation($input: UpdateStationInput!) {
    updateStation(input: $input) { __typename ...SetupRefusal ... on Station { id code } }
  }`,
  [RefusalFragment],
);

export const CreateCamera = graphql(
  `mutation CreateCamera($input: CreateCameraInput!) {
    createCamera(input: $input) { __typename ...SetupRefusal ... on Camera { id code } }
  }`,
  [RefusalFragment],
);

export const UpdateCamera = graphql(
  `mutation UpdateCamera($input: UpdateCameraInput!) {
    updateCamera(input: $input) { __typename ...SetupRefusal ... on Camera { id code } }
  }`,
  [RefusalFragment],
);

export const CreateEdgeNode = graphql(
  `mutation CreateEdgeNode($input: CreateEdgeNodeInput!) {
    createEdgeNode(input: $input) { __typename ...SetupRefusal ... on EdgeNode { id code } }
  }`,
  [RefusalFragment],
);

export const UpdateEdgeNode = graphql(
  `mutation UpdateEdgeNode($input: UpdateEdgeNodeInput!) {
    updateEdgeNode(input: $input) { __typename ...SetupRefusal ... on EdgeNode { id code } }
  }`,
  [RefusalFragment],
);

export const CreateProduct = graphql(
  `mutation CreateProduct($input: CreateProductInput!) {
    createProduct(input: $input) { __typename ...SetupRefusal ... on Product { id code } }
  }`,
  [RefusalFragment],
);

export const UpdateProduct = graphql(
  `mutation UpdateProduct($input: UpdateProductInput!) {
    updateProduct(input: $input) { __typename ...SetupRefusal ... on Product { id code } }
  }`,
  [RefusalFragment],
);

export const CreateRecipe = graphql(
  `mutation CreateRecipe($input: CreateRecipeInput!) {
    createRecipe(input: $input) { __typename ...SetupRefusal ... on Recipe { id code } }
  }`,
  [RefusalFragment],
);

export const UpdateRecipe = graphql(
  `mutation UpdateRecipe($input: UpdateRecipeInput!) {
    updateRecipe(input: $input) { __typename ...SetupRefusal ... on Recipe { id code } }
  }`,
  [RefusalFragment],
);

export const CreateMaterialBatch = graphql(
  `mutation CreateMaterialBatch($input: CreateMaterialBatchInput!) {
    createMaterialBatch(input: $input) { __typename ...SetupRefusal ... on MaterialBatch { id code } }
  }`,
  [RefusalFragment],
);

export const UpdateMaterialBatch = graphql(
  `mutation UpdateMaterialBatch($input: UpdateMaterialBatchInput!) {
    updateMaterialBatch(input: $input) { __typename ...SetupRefusal ... on MaterialBatch { id code } }
  }`,
  [RefusalFragment],
);

export const CreateShift = graphql(
  `mutation CreateShift($input: CreateShiftInput!) {
    createShift(input: $input) { __typename ...SetupRefusal ... on Shift { id code } }
  }`,
  [RefusalFragment],
);

export const UpdateShift = graphql(
  `mutation UpdateShift($input: UpdateShiftInput!) {
    updateShift(input: $input) { __typename ...SetupRefusal ... on Shift { id code } }
  }`,
  [RefusalFragment],
);
