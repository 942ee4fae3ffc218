/** What the screen of imports and exports asks for and does. */
import { graphql } from '#schema/graphql.ts';

const ExchangeRefusal = graphql(`
  fragment ExchangeRefusal on Error @_unmask {
    message
    ... on InvalidInputError { field remedy }
    ... on ConflictError { field remedy }
    ... on NotFoundError { field }
  }
`);

export const SetImports = graphql(`
  query SetImports($plantId: ID!, $last: Int!) {
    datasetImports(plantId: $plantId, last: $last) {
      edges {
        node {
          id source format state progress isDryRun requestedAt requestedBy { name } error
          counts { images taken labelled refused }
        }
      }
    }
  }
`);

export const SetImport = graphql(`
  query SetImport($id: ID!, $first: Int!) {
    node(id: $id) {
      __typename
      ... on DatasetImport {
        id source sourceKind format state progress isDryRun labels foundImages error reportUrl
        requestedAt finishedAt requestedBy { name }
        datasetVersion { id number dataset { name } }
        classes { name images code }
        splits { name images }
        counts { images taken added labelled pending regions refused items }
        refused(first: $first) { edges { node { path reason } } pageInfo { hasNextPage } }
      }
    }
  }
`);

export const SetVersions = graphql(`
  query SetVersions($plantId: ID!, $first: Int!) {
    datasets(plantId: $plantId, first: $first) {
      edges { node { id code name versions { id number state itemCount } } }
    }
  }
`);

export const StartSetImport = graphql(
  `
  mutation StartSetImport($input: StartDatasetImportInput!) {
    startDatasetImport(input: $input) { __typename ... on DatasetImport { id } ...ExchangeRefusal }
  }
`,
  [ExchangeRefusal],
);

export const CancelSetImport = graphql(
  `
  mutation CancelSetImport($id: ID!) {
    cancelDatasetImport(id: $id) { __typename ... on DatasetImport { id state } ...ExchangeRefusal }
  }
`,
  [ExchangeRefusal],
);

export const SetExports = graphql(`
  query SetExports($plantId: ID!, $last: Int!) {
    datasetExports(plantId: $plantId, last: $last) {
      edges {
        node {
          id format state progress images lost url sizeBytes error requestedAt expiresAt requestedBy { name }
          datasetVersion { id number dataset { name } }
          leftOut { path reason }
        }
      }
    }
  }
`);

export const StartSetExport = graphql(
  `
  mutation StartSetExport($input: StartDatasetExportInput!) {
    startDatasetExport(input: $input) { __typename ... on DatasetExport { id } ...ExchangeRefusal }
  }
`,
  [ExchangeRefusal],
);

export const CancelSetExport = graphql(
  `
  mutation CancelSetExport($id: ID!) {
    cancelDatasetExport(id: $id) { __typename ... on DatasetExport { id state } ...ExchangeRefusal }
  }
`,
  [ExchangeRefusal],
);
