/** Takes parts of a plant out of use and into use again, kind by kind. */
import { graphql } from '#schema/graphql.ts';

const RefusalFragment = graphql(`
  fragment RetireRefusal on Error @_unmask {
    message
    ... on InvalidInputError { field remedy }
    ... on ConflictError { field remedy }
    ... on NotFoundError { field }
  }
`);

export const RetirePlant = graphql(
  `mutation RetirePlant($id: ID!) {
    retirePlant(id: $id) { __typename ...RetireRefusal ... on Plant { id retiredAt } }
  }`,
  [RefusalFragment],
);

export const ReinstatePlant = graphql(
  `mutation ReinstatePlant($id: ID!) {
    reinstatePlant(id: $id) { __typename ...RetireRefusal ... on Plant { id retiredAt } }
  }`,
  [RefusalFragment],
);

export const RetireArea = graphql(
  `mutation RetireArea($id: ID!) {
    retireArea(id: $id) { __typename ...RetireRefusal ... on Area { id retiredAt } }
  }`,
  [RefusalFragment],
);

export const ReinstateArea = graphql(
  `mutation ReinstateArea($id: ID!) {
    reinstateArea(id: $id) { __typename ...RetireRefusal ... on Area { id retiredAt } }
  }`,
  [RefusalFragment],
);

export const RetireLine = graphql(
  `mutation RetireLine($id: ID!) {
    retireLine(id: $id) { __typename ...RetireRefusal ... on Line { id retiredAt } }
  }`,
  [RefusalFragment],
);

export const ReinstateLine = graphql(
  `mutation ReinstateLine($id: ID!) {
    reinstateLine(id: $id) { __typename ...RetireRefusal ... on Line { id retiredAt } }
  }`,
  [RefusalFragment],
);

export const RetireStation = graphql(
  `mutation RetireStation($id: ID!) {
    retireStation(id: $id) { __typename ...RetireRefusal ... on Station { id retiredAt } }
  }`,
  [RefusalFragment],
);

export const ReinstateStation = graphql(
  `mutation ReinstateStation($id: ID!) {
    reinstateStation(id: $id) { __typename ...RetireRefusal ... on Station { id retiredAt } }
  }`,
  [RefusalFragment],
);

export const RetireCamera = graphql(
  `mutation RetireCamera($id: ID!) {
    retireCamera(id: $id) { __typename ...RetireRefusal ... on Camera { id retiredAt } }
  }`,
  [RefusalFragment],
);

export const ReinstateCamera = graphql(
  `mutation ReinstateCamera($id: ID!) {
    reinstateCamera(id: $id) { __typename ...RetireRefusal ... on Camera { id retiredAt } }
  }`,
  [RefusalFragment],
);

export const RetireEdgeNode = graphql(
  `mutation RetireEdgeNode($id: ID!) {
    retireEdgeNode(id: $id) { __typename ...RetireRefusal ... on EdgeNode { id retiredAt } }
  }`,
  [RefusalFragment],
);

export const ReinstateEdgeNode = graphql(
  `mutation ReinstateEdgeNode($id: ID!) {
    reinstateEdgeNode(id: $id) { __typename ...RetireRefusal ... on EdgeNode { id retiredAt } }
  }`,
  [RefusalFragment],
);

export const RetireProduct = graphql(
  `mutation RetireProduct($id: ID!) {
    retireProduct(id: $id) { __typename ...RetireRefusal ... on Product { id retiredAt } }
  }`,
  [RefusalFragment],
);

export const ReinstateProduct = graphql(
  `mutation ReinstateProduct($id: ID!) {
    reinstateProduct(id: $id) { __typename ...RetireRefusal ... on Product { id retiredAt } }
  }`,
  [RefusalFragment],
);

export const RetireRecipe = graphql(
  `mutation RetireRecipe($id: ID!) {
    retireRecipe(id: $id) { __typename ...RetireRefusal ... on Recipe { id retiredAt } }
  }`,
  [RefusalFragment],
);

export const ReinstateRecipe = graphql(
  `mutation ReinstateRecipe($id: ID!) {
    reinstateRecipe(id: $id) { __typename ...RetireRefusal ... on Recipe { id retiredAt } }
  }`,
  [RefusalFragment],
);

export const RetireMaterialBatch = graphql(
  `mutation RetireMaterialBatch($id: ID!) {
    retireMaterialBatch(id: $id) { __typename ...RetireRefusal ... on MaterialBatch { id retiredAt } }
  }`,
  [RefusalFragment],
);

export const ReinstateMaterialBatch = graphql(
  `mutation ReinstateMaterialBatch($id: ID!) {
    reinstateMaterialBatch(id: $id) { __typename ...RetireRefusal ... on MaterialBatch { id retiredAt } }
  }`,
  [RefusalFragment],
);

export const RetireShift = graphql(
  `mutation RetireShift($id: ID!) {
    retireShift(id: $id) { __typename ...RetireRefusal ... on Shift { id retiredAt } }
  }`,
  [RefusalFragment],
);

export const ReinstateShift = graphql(
  `mutation ReinstateShift($id: ID!) {
    reinstateShift(id: $id) { __typename ...RetireRefusal ... on Shift { id retiredAt } }
  }`,
  [RefusalFragment],
);
