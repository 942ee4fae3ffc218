import { graphql } from '#schema/graphql.ts';

export const ViewerFragment = graphql(`
  fragment SessionViewer on Viewer {
    isAdministrator
    person { id name email }
    memberships { plant { id } roles }
  }
`);

export const WhoAmI = graphql(`query WhoAmI { viewer { ...SessionViewer } }`, [ViewerFragment]);

export const SignIn = graphql(
  `mutation SignIn($input: SignInInput!) {
    signIn(input: $input) {
      __typename
      ... on Viewer { ...SessionViewer }
      ... on TooManyAttemptsError { retryAfterS }
      ... on WrongCredentialsError { message }
    }
  }`,
  [ViewerFragment],
);

export const SignOut = graphql(`mutation SignOut { signOut { signedOut } }`);

export const CreateFirstAdministrator = graphql(
  `mutation CreateFirstAdministrator($input: CreateFirstAdministratorInput!) {
    createFirstAdministrator(input: $input) {
      __typename
      ... on Viewer { ...SessionViewer }
      ... on InvalidInputError { field message remedy }
      ... on ConflictError { message remedy }
      ... on WrongCredentialsError { message }
    }
  }`,
  [ViewerFragment],
);

export const ResetPassword = graphql(
  `mutation ResetPassword($input: ResetPasswordInput!) {
    resetPassword(input: $input) {
      __typename
      ... on Viewer { ...SessionViewer }
      ... on InvalidInputError { field message remedy }
      ... on WrongCredentialsError { message }
    }
  }`,
  [ViewerFragment],
);
