import { graphql } from '#schema/graphql.ts';

/** What was said of a part at the line, of each person the last word. */
export const SaidOfPart = graphql(`
  query SaidOfPart($id: ID!) {
    node(id: $id) {
      __typename
      ... on Inspection { id suggestions { kind madeAt person { id name } } }
    }
  }
`);

export const SayAtLine = graphql(`
  mutation SayAtLine($input: SuggestLabelInput!) {
    suggestLabel(input: $input) {
      __typename
      ... on LabelSuggestion { kind madeAt person { id name } }
      ... on Error { message }
      ... on InvalidInputError { field remedy }
      ... on NotFoundError { field }
    }
  }
`);
