/** What the screen of the defect book asks for and does. */
import { graphql, type ResultOf } from '#schema/graphql.ts';

const BookRefusal = graphql(`
  fragment BookRefusal on Error @_unmask {
    message
    ... on InvalidInputError { field remedy }
    ... on ConflictError { field remedy }
    ... on NotFoundError { field }
    ... on TooManyAttemptsError { retryAfterS }
  }
`);

export const DefectBooks = graphql(`
  query DefectBooks($plantId: ID!) {
    defectBooks(plantId: $plantId, last: 50) {
      edges { node { id number state createdAt createdBy { name } signedAt signedBy { name } meaning } }
    }
  }
`);

export const DefectBookPage = graphql(`
  query DefectBookPage($id: ID!) {
    node(id: $id) {
      __typename
      ... on DefectBook {
        id number state contentHash createdAt createdBy { name } signedAt signedBy { name } meaning
        touchedClasses { code isRetired labels }
        classes {
          code revision name definition severity ordinal isRetired
          limits { quantity unit min max }
          translations { language name definition }
          examples { imageSha256 isDefect note image { image { url } } }
        }
      }
    }
  }
`);

type Node = ResultOf<typeof DefectBookPage>['node'];
export type Book = Extract<Node, { __typename: 'DefectBook' }>;
export type BookClass = Book['classes'][number];

export const OpenDefectBook = graphql(
  `mutation OpenDefectBook($input: OpenDefectBookInput!) {
    openDefectBook(input: $input) { __typename ...BookRefusal ... on DefectBook { id number } }
  }`,
  [BookRefusal],
);

export const DiscardDefectBook = graphql(
  `mutation DiscardDefectBook($defectBookId: ID!) {
    discardDefectBook(defectBookId: $defectBookId) { __typename ...BookRefusal ... on DefectBook { id } }
  }`,
  [BookRefusal],
);

export const PutDefectClass = graphql(
  `mutation PutDefectClass($input: PutDefectClassInput!) {
    putDefectClass(input: $input) { __typename ...BookRefusal ... on DefectBook { id } }
  }`,
  [BookRefusal],
);

export const RemoveDefectClass = graphql(
  `mutation RemoveDefectClass($input: RemoveDefectClassInput!) {
    removeDefectClass(input: $input) { __typename ...BookRefusal ... on DefectBook { id } }
  }`,
  [BookRefusal],
);

export const PutDefectExample = graphql(
  `mutation PutDefectExample($input: PutDefectExampleInput!) {
    putDefectExample(input: $input) { __typename ...BookRefusal ... on DefectBook { id } }
  }`,
  [BookRefusal],
);

export const RemoveDefectExample = graphql(
  `mutation RemoveDefectExample($input: RemoveDefectExampleInput!) {
    removeDefectExample(input: $input) { __typename ...BookRefusal ... on DefectBook { id } }
  }`,
  [BookRefusal],
);

export const SignDefectBook = graphql(
  `mutation SignDefectBook($input: SignDefectBookInput!) {
    signDefectBook(input: $input) { __typename ...BookRefusal ... on DefectBook { id } }
  }`,
  [BookRefusal],
);

export const OpenRecheck = graphql(
  `mutation OpenRecheck($input: OpenRecheckInput!) {
    openRecheck(input: $input) { __typename ...BookRefusal ... on OpenedReviewPayload { opened already } }
  }`,
  [BookRefusal],
);
