/** What the screens of datasets ask for and do. */
import { graphql } from '#schema/graphql.ts';

const SetRefusal = graphql(`
  fragment SetRefusal on Error @_unmask {
    message
    ... on InvalidInputError { field remedy }
    ... on ConflictError { field remedy }
    ... on NotFoundError { field }
  }
`);

export const Datasets = graphql(`
  query Datasets($plantId: ID!, $first: Int!) {
    datasets(plantId: $plantId, first: $first) {
      edges {
        node { id code name versions { id number state itemCount contentHash createdAt frozenAt } }
      }
      pageInfo { hasNextPage }
    }
  }
`);

export const DatasetVersionPage = graphql(`
  query DatasetVersionPage($id: ID!) {
    node(id: $id) {
      __typename
      ... on DatasetVersion {
        id number state itemCount contentHash createdAt frozenAt
        createdBy { name } frozenBy { name }
        dataset { id name code versions { id number state } }
        basedOn { id number } book { number }
        counts { label split images }
        splitPolicy { validationShare goldenShare seed neighbourMs keepBatches }
        check { state isCurrent error finishedAt requestedBy { name } figures { kind score flagged count code params } }
      }
    }
  }
`);

export const DatasetVersionItems = graphql(`
  query DatasetVersionItems($id: ID!, $first: Int!, $after: String) {
    node(id: $id) {
      __typename
      ... on DatasetVersion {
        items(first: $first, after: $after) {
          edges { node { label split decidedBy { name } image { sha256 url } } }
          pageInfo { hasNextPage endCursor }
        }
      }
    }
  }
`);

export const DatasetVersionIssues = graphql(`
  query DatasetVersionIssues($id: ID!, $kind: String!, $flagged: Boolean, $first: Int, $last: Int) {
    node(id: $id) {
      __typename
      ... on DatasetVersion {
        issues(kind: $kind, flagged: $flagged, first: $first, last: $last) {
          edges { node { imageSha256 score flagged image { url } } }
          pageInfo { hasNextPage }
        }
      }
    }
  }
`);

export const DatasetVersionLeaks = graphql(`
  query DatasetVersionLeaks($id: ID!, $first: Int!) {
    node(id: $id) {
      __typename
      ... on DatasetVersion {
        leaks(first: $first) {
          imageSha256 otherSha256 split otherSplit evidence likeness image { url } other { url }
        }
      }
    }
  }
`);

export const DatasetVersionDifference = graphql(`
  query DatasetVersionDifference($id: ID!, $otherId: ID!, $kind: DatasetChangeKind, $first: Int!) {
    node(id: $id) {
      __typename
      ... on DatasetVersion {
        difference(otherId: $otherId) {
          counts { added removed relabelled redrawn moved same }
          mix { factor value images otherImages }
          changes(kind: $kind, first: $first) {
            edges { node { kind imageSha256 label split otherLabel otherSplit image { url } } }
            pageInfo { hasNextPage }
          }
        }
      }
    }
  }
`);

export const DatasetVersionModels = graphql(`
  query DatasetVersionModels($id: ID!, $verdicts: Int!) {
    node(id: $id) {
      __typename
      ... on DatasetVersion {
        modelVersions {
          id number model { name }
          inspections(first: $verdicts) { edges { node { id capturedAt verdict score line { id name } } } }
        }
      }
    }
  }
`);

export const CreateDataset = graphql(
  `mutation CreateDataset($input: CreateDatasetInput!) {
    createDataset(input: $input) { __typename ...SetRefusal ... on Dataset { id } }
  }`,
  [SetRefusal],
);

export const OpenDatasetVersion = graphql(
  `mutation OpenDatasetVersion($datasetId: ID!, $basedOnId: ID) {
    createDatasetVersion(datasetId: $datasetId, basedOnId: $basedOnId) { __typename ...SetRefusal ... on DatasetVersion { id } }
  }`,
  [SetRefusal],
);

export const AddToDataset = graphql(
  `mutation AddToDataset($input: AddDatasetItemsInput!) {
    addDatasetItems(input: $input) { __typename ...SetRefusal ... on DatasetVersion { id } }
  }`,
  [SetRefusal],
);

export const AddDecidedToDataset = graphql(
  `mutation AddDecidedToDataset($input: AddDatasetItemsByFilterInput!) {
    addDatasetItemsByFilter(input: $input) { __typename ...SetRefusal ... on DatasetVersion { id } }
  }`,
  [SetRefusal],
);

export const RemoveFromDataset = graphql(
  `mutation RemoveFromDataset($input: RemoveDatasetItemsInput!) {
    removeDatasetItems(input: $input) { __typename ...SetRefusal ... on DatasetVersion { id } }
  }`,
  [SetRefusal],
);

export const SplitDataset = graphql(
  `mutation SplitDataset($input: SplitDatasetVersionInput!) {
    splitDatasetVersion(input: $input) {
      __typename ...SetRefusal
      ... on DatasetSplit {
        dryRun moved newGolden units largestUnit
        counts { label split images } problems { code images imageSha256 label split }
      }
    }
  }`,
  [SetRefusal],
);

export const CheckDataset = graphql(
  `mutation CheckDataset($datasetVersionId: ID!) {
    checkDatasetVersion(datasetVersionId: $datasetVersionId) { __typename ...SetRefusal ... on DatasetVersion { id } }
  }`,
  [SetRefusal],
);

export const FreezeDataset = graphql(
  `mutation FreezeDataset($datasetVersionId: ID!) {
    freezeDatasetVersion(datasetVersionId: $datasetVersionId) { __typename ...SetRefusal ... on DatasetVersion { id } }
  }`,
  [SetRefusal],
);
