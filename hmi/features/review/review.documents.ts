import { graphql, type ResultOf } from '#schema/graphql.ts';

const RegionFragment = graphql(`
  fragment ReviewRegion on LabelRegion @_unmask {
    classCode kind
    box { x y width height }
    rings
    mask { width height counts }
  }
`);

/** Everything that the labelling screen shows of an item, so that the next ones are ready before they are looked at. */
const TaskFragment = graphql(
  `fragment ReviewTask on ReviewItem @_unmask {
    id
    purpose
    reason { code params }
    poolImage {
      id
      capturedAt
      verdict
      score
      image { sha256 url width height }
      line { id name }
      camera { id name }
      product { id name }
      recipe { id code }
      batch { id code }
      modelVersion { id number model { id name } }
      suggestions { kind person { id name } }
    }
    sketch
    proposals { ...ReviewRegion }
    opinions { label regions { ...ReviewRegion } }
    neighboursInTime { id capturedAt image { sha256 url } }
    similarLabelled { likeness poolImage { id label capturedAt image { sha256 url } } }
  }`,
  [RegionFragment],
);

export type RegionData = ResultOf<typeof RegionFragment>;
export type TaskData = ResultOf<typeof TaskFragment>;

export const ClaimForReview = graphql(
  `mutation ClaimForReview($input: ClaimReviewItemsInput!) {
    claimReviewItems(input: $input) {
      __typename
      ... on ReviewItemsPayload { items { ...ReviewTask } }
      ... on Error { message }
      ... on InvalidInputError { remedy }
    }
  }`,
  [TaskFragment],
);

export const RenewClaims = graphql(`
  mutation RenewClaims($itemIds: [ID!]!) {
    renewReviewClaims(itemIds: $itemIds) {
      __typename
      ... on ReviewItemsPayload { items { id } }
      ... on Error { message }
    }
  }
`);

export const ReleaseClaims = graphql(`
  mutation ReleaseClaims($itemIds: [ID!]!) {
    releaseReviewItems(itemIds: $itemIds) {
      __typename
      ... on ReleasedReviewPayload { released }
      ... on Error { message }
    }
  }
`);

export const SaveSketch = graphql(`
  mutation SaveSketch($input: SaveReviewSketchInput!) {
    saveReviewSketch(input: $input) {
      __typename
      ... on SavedSketchPayload { savedAt }
      ... on Error { message }
      ... on InvalidInputError { field remedy }
    }
  }
`);

export const SayOfImage = graphql(`
  mutation SayOfImage($input: AnnotateImageInput!) {
    annotateImage(input: $input) {
      __typename
      ... on Annotation { id }
      ... on Error { message }
      ... on InvalidInputError { field remedy }
      ... on ConflictError { field remedy }
      ... on NotFoundError { field }
    }
  }
`);

export const BookForReview = graphql(`
  query BookForReview($plantId: ID!) {
    node(id: $plantId) {
      __typename
      ... on Plant {
        id
        defectBook {
          id
          number
          classes {
            code
            name
            definition
            ordinal
            isRetired
            translations { language name definition }
            examples { isDefect note image { id image { sha256 url } } }
          }
        }
      }
    }
  }
`);

export const ReviewOverview = graphql(`
  query ReviewOverview($plantId: ID!, $first: Int!) {
    reviewSummary(plantId: $plantId) {
      waiting { purpose waiting claimed }
      holders { items until person { id name } }
      answered
      answeredByMe
    }
    reviewQueue(plantId: $plantId, first: $first) {
      edges {
        node {
          id
          purpose
          worth
          reason { code params }
          poolImage { id capturedAt image { sha256 url } }
        }
      }
    }
  }
`);

export type ReviewOverviewData = ResultOf<typeof ReviewOverview>;
