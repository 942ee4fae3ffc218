/** What the map asks for, and what people do with what they have put a line around. */
import { graphql, type ResultOf, type VariablesOf } from '#schema/graphql.ts';

export const PoolMapPoints = graphql(`
  query PoolMapPoints($plantId: ID!, $colourBy: PoolMapColour, $filter: PoolFilter) {
    poolMap(plantId: $plantId, colourBy: $colourBy, filter: $filter) {
      count embedded placed xy codes
      legend { code value name count }
    }
  }
`);

type MapVariables = VariablesOf<typeof PoolMapPoints>;
export type MapFilter = NonNullable<MapVariables['filter']>;
export type MapColour = NonNullable<MapVariables['colourBy']>;
export type MapAnswer = ResultOf<typeof PoolMapPoints>['poolMap'];

/** The image of one point: what lies in a small square around it. */
export const PoolMapImage = graphql(`
  query PoolMapImage($plantId: ID!, $lasso: [Float!]) {
    poolImages(plantId: $plantId, filter: { lasso: $lasso }, first: 1) {
      edges { node { id imageSha256 capturedAt image { url } line { name } verdict label labelState tags quality { labelError outlier } } }
    }
  }
`);

const InvalidFragment = graphql(`
  fragment MapInvalid on InvalidInputError @_unmask { field message remedy }
`);
const MissingFragment = graphql(`
  fragment MapMissing on NotFoundError @_unmask { field message }
`);

export const TagMapImages = graphql(
  `mutation TagMapImages($input: TagPoolImagesInput!) {
    tagPoolImages(input: $input) {
      __typename
      ... on TagPoolImagesPayload { changed }
      ...MapInvalid ...MapMissing
    }
  }`,
  [InvalidFragment, MissingFragment],
);

export const ReviewMapImages = graphql(
  `mutation ReviewMapImages($input: OpenReviewInput!) {
    openReview(input: $input) {
      __typename
      ... on OpenedReviewPayload { opened already }
      ...MapInvalid ...MapMissing
    }
  }`,
  [InvalidFragment, MissingFragment],
);

export const LookForLabelErrors = graphql(
  `mutation LookForLabelErrors($plantId: ID!) {
    findLabelErrors(plantId: $plantId) {
      __typename
      ... on Plant { id }
      ...MapInvalid ...MapMissing
    }
  }`,
  [InvalidFragment, MissingFragment],
);
