/** What the pool's screen asks for, and what people do on it. */
import { graphql, type ResultOf, type VariablesOf } from '#schema/graphql.ts';
import { PoolFactors } from '../../lib/factors.documents.ts';

const RowFragment = graphql(`
  fragment PoolRow on PoolImage @_unmask {
    id imageSha256 capturedAt width height
    image { url }
    line { name }
    verdict score defectClass
    labelState label labelledAt tags
    brightness contrast colourCast sharpness offsetXPx offsetYPx rotationDeg keepProbability
    quality { blurred dark bright lowInformation outlier uniqueness representativeness labelError leak }
  }
`);

export const PoolPage = graphql(
  `query PoolPage($plantId: ID!, $filter: PoolFilter, $sort: PoolSortInput, $first: Int!, $after: String, $isCounted: Boolean!) {
    poolImages(plantId: $plantId, filter: $filter, sort: $sort, first: $first, after: $after) {
      totalCount @include(if: $isCounted)
      hasMoreThanTotal @include(if: $isCounted)
      edges { node { ...PoolRow } }
      pageInfo { hasNextPage endCursor }
    }
  }`,
  [RowFragment],
);

export type PoolRow = ResultOf<typeof RowFragment>;
type PageVariables = VariablesOf<typeof PoolPage>;
export type PoolFilter = NonNullable<PageVariables['filter']>;
export type PoolSort = NonNullable<PageVariables['sort']>;

export const PoolFacets = graphql(`
  query PoolFacets($plantId: ID!, $filter: PoolFilter) {
    poolFacets(plantId: $plantId, filter: $filter) { field value count }
  }
`);

export const PoolViews = graphql(`
  query PoolViews($plantId: ID!) {
    poolViews(plantId: $plantId) { id name question isShared madeBy { id name } }
  }
`);

/** The drafts that images can be put into. */
export const PoolDrafts = graphql(`
  query PoolDrafts($plantId: ID!) {
    datasets(plantId: $plantId, first: 100) { edges { node { id name versions { id number state } } } }
  }
`);

export const PoolImageDetails = graphql(
  `query PoolImageDetails($id: ID!) {
    node(id: $id) {
      __typename
      ... on PoolImage {
        id imageSha256 capturedAt receivedAt width height sizeBytes origin sourcePath
        image { url }
        line { id code name } station { id name } camera { id name }
        product { id code } recipe { id code } batch { id code } job { id code }
        modelVersion { id number model { name } }
        datasetVersions(first: 20) { id number state dataset { name } }
        verdict score defectClass partId
        ...PoolFactors
        brightness contrast colourCast sharpness offsetXPx offsetYPx rotationDeg keepProbability captureReason
        measuredAt measureError exactGroup nearGroup tags labelState label labelledAt
        quality { blurred dark bright lowInformation outlier uniqueness representativeness labelError leak }
        annotations { id number label madeAt origin person { name } }
      }
    }
  }`,
  [PoolFactors],
);

export type PoolDetails = Extract<NonNullable<ResultOf<typeof PoolImageDetails>['node']>, { __typename: 'PoolImage' }>;

const RefusalFragments = graphql(`
  fragment PoolInvalid on InvalidInputError @_unmask { field message remedy }
`);
const MissingFragment = graphql(`
  fragment PoolMissing on NotFoundError @_unmask { field message }
`);
const ConflictFragment = graphql(`
  fragment PoolConflict on ConflictError @_unmask { field message remedy }
`);

export const TagPoolImages = graphql(
  `mutation TagPoolImages($input: TagPoolImagesInput!) {
    tagPoolImages(input: $input) {
      __typename
      ... on TagPoolImagesPayload { changed }
      ...PoolInvalid ...PoolMissing
    }
  }`,
  [RefusalFragments, MissingFragment],
);

export const SavePoolView = graphql(
  `mutation SavePoolView($input: SavePoolViewInput!) {
    savePoolView(input: $input) {
      __typename
      ... on PoolView { id }
      ...PoolInvalid ...PoolMissing ...PoolConflict
    }
  }`,
  [RefusalFragments, MissingFragment, ConflictFragment],
);

export const DeletePoolView = graphql(
  `mutation DeletePoolView($input: DeletePoolViewInput!) {
    deletePoolView(input: $input) {
      __typename
      ... on PoolView { id }
      ...PoolInvalid ...PoolMissing
    }
  }`,
  [RefusalFragments, MissingFragment],
);

export const SendToReview = graphql(
  `mutation SendToReview($input: OpenReviewInput!) {
    openReview(input: $input) {
      __typename
      ... on OpenedReviewPayload { opened already }
      ...PoolInvalid ...PoolMissing
    }
  }`,
  [RefusalFragments, MissingFragment],
);

export const AddToDraft = graphql(
  `mutation AddToDraft($input: AddDatasetItemsByFilterInput!) {
    addDatasetItemsByFilter(input: $input) {
      __typename
      ... on DatasetVersion { id itemCount }
      ...PoolInvalid ...PoolMissing ...PoolConflict
    }
  }`,
  [RefusalFragments, MissingFragment, ConflictFragment],
);

export const SimilarImages = graphql(`
  query SimilarImages($plantId: ID!, $imageSha256: Sha256!, $filter: PoolFilter) {
    similarImages(plantId: $plantId, imageSha256: $imageSha256, first: 60, filter: $filter) {
      likeness
      poolImage { imageSha256 label labelState image { url } }
    }
  }
`);
