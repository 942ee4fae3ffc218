/** What the screen of agreement asks for and does. */
import { graphql, type ResultOf } from '#schema/graphql.ts';

const AgreementRefusal = graphql(`
  fragment AgreementRefusal on Error @_unmask {
    message
    ... on InvalidInputError { field remedy }
    ... on NotFoundError { field }
  }
`);

const FigureParts = graphql(`
  fragment FigureParts on AgreementFigure @_unmask { n value low high method }
`);

export const AgreementPage = graphql(
  `
  query AgreementPage($plantId: ID!, $from: DateTime!, $to: DateTime!) {
    agreement(plantId: $plantId, from: $from, to: $to) {
      enough images
      fleiss { ...FigureParts }
      regions { ...FigureParts }
      classes { label figure { ...FigureParts } }
      pairs { people { id name } kappa { ...FigureParts } }
      persons {
        person { id name }
        known { ...FigureParts }
        knownByClass { label figure { ...FigureParts } }
        peers { ...FigureParts }
      }
    }
  }
`,
  [FigureParts],
);

export type Agreement = ResultOf<typeof AgreementPage>['agreement'];
export type Figure = Agreement['fleiss'];

export const ReviewAsks = graphql(`
  query ReviewAsks($plantId: ID!, $plantCode: String!) {
    reviewSettings(plantId: $plantId) { knownShare knownAnswers rules { label reviewers } }
    plant(code: $plantCode) { defectBook { classes { code name isRetired translations { language name } } } }
  }
`);

export const SetAgreementRules = graphql(
  `mutation SetAgreementRules($input: SetAgreementRulesInput!) {
    setAgreementRules(input: $input) { __typename ...AgreementRefusal ... on ReviewSettings { knownShare } }
  }`,
  [AgreementRefusal],
);

export const SetReviewSettings = graphql(
  `mutation SetReviewSettings($input: SetReviewSettingsInput!) {
    setReviewSettings(input: $input) { __typename ...AgreementRefusal ... on ReviewSettings { knownShare } }
  }`,
  [AgreementRefusal],
);
