/** What an administrator sees of people and does with them. */
import { graphql, type ResultOf } from '#schema/graphql.ts';

export const ListPeople = graphql(`
  query ListPeople($first: Int!) {
    people(first: $first, includeDisabled: true) {
      edges {
        node {
          id name email createdAt disabledAt isAdministrator
          memberships { plant { id name } roles }
        }
      }
      pageInfo { hasNextPage }
    }
  }
`);

export type PersonInList = ResultOf<typeof ListPeople>['people']['edges'][number]['node'];

const RefusalFragment = graphql(`
  fragment PeopleRefusal on Error @_unmask {
    message
    ... on InvalidInputError { field remedy }
    ... on ConflictError { field remedy }
    ... on NotFoundError { field }
  }
`);

export const CreatePerson = graphql(
  `mutation CreatePerson($input: CreatePersonInput!) {
    createPerson(input: $input) { __typename ...PeopleRefusal ... on Person { id } }
  }`,
  [RefusalFragment],
);

export const UpdatePerson = graphql(
  `mutation UpdatePerson($input: UpdatePersonInput!) {
    updatePerson(input: $input) { __typename ...PeopleRefusal ... on Person { id } }
  }`,
  [RefusalFragment],
);

export const SetMemberships = graphql(
  `mutation SetMemberships($input: SetMembershipsInput!) {
    setMemberships(input: $input) { __typename ...PeopleRefusal ... on Person { id } }
  }`,
  [RefusalFragment],
);

export const SetInstallationAdministrator = graphql(
  `mutation SetInstallationAdministrator($input: SetInstallationAdministratorInput!) {
    setInstallationAdministrator(input: $input) { __typename ...PeopleRefusal ... on Person { id } }
  }`,
  [RefusalFragment],
);

export const DisablePerson = graphql(
  `mutation DisablePerson($personId: ID!) {
    disablePerson(personId: $personId) { __typename ...PeopleRefusal ... on Person { id } }
  }`,
  [RefusalFragment],
);

export const EnablePerson = graphql(
  `mutation EnablePerson($personId: ID!) {
    enablePerson(personId: $personId) { __typename ...PeopleRefusal ... on Person { id } }
  }`,
  [RefusalFragment],
);

export const CreatePasswordReset = graphql(
  `mutation CreatePasswordReset($personId: ID!) {
    createPasswordReset(personId: $personId) {
      __typename ...PeopleRefusal ... on CreatedPasswordReset { code expiresAt }
    }
  }`,
  [RefusalFragment],
);
