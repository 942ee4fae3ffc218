/** What the set-up of a plant shows. */
import { graphql, type ResultOf } from '#schema/graphql.ts';

export const ListPlants = graphql(`
  query ListPlants($after: String) {
    plants(first: 100, after: $after, includeRetired: true) {
      edges { node { id code name sector timeZone retiredAt } }
    }
  }
`);

export type ListedPlant = ResultOf<typeof ListPlants>['plants']['edges'][number]['node'];

export const PlantSetUp = graphql(`
  query PlantSetUp($code: String!) {
    plant(code: $code) {
      id code name sector timeZone retiredAt
      edgeNodes(includeRetired: true) { id code name retiredAt }
      areas(includeRetired: true) {
        id code name retiredAt
        lines(includeRetired: true) {
          id code name retiredAt targetRatePerMin
          stations(includeRetired: true) {
            id code name retiredAt
            edgeNode { id }
            cameras(includeRetired: true) { id code name retiredAt }
          }
        }
      }
    }
  }
`);

export type PlantInSetUp = NonNullable<ResultOf<typeof PlantSetUp>['plant']>;

export const PlantNodes = graphql(`
  query PlantNodes($code: String!) {
    plant(code: $code) {
      id
      edgeNodes(includeRetired: true) {
        id code name retiredAt lastSeenAt skewMs enrolmentCodeExpiresAt
        stations { id code name line { id name } }
        tokens { id name isKey createdAt lastUsedAt expiresAt revokedAt }
      }
    }
  }
`);

export type NodeInSetUp = NonNullable<ResultOf<typeof PlantNodes>['plant']>['edgeNodes'][number];

export const PlantMaterials = graphql(`
  query PlantMaterials($plantId: ID!, $first: Int!) {
    products(plantId: $plantId, first: $first, includeRetired: true) {
      edges { node { id code name retiredAt } }
      pageInfo { hasNextPage }
    }
    recipes(plantId: $plantId, first: $first, includeRetired: true) {
      edges { node { id code name retiredAt } }
      pageInfo { hasNextPage }
    }
    materialBatches(plantId: $plantId, first: $first, includeRetired: true) {
      edges { node { id code name supplier retiredAt } }
      pageInfo { hasNextPage }
    }
  }
`);

export const PlantShifts = graphql(`
  query PlantShifts($code: String!) {
    plant(code: $code) {
      id timeZone
      currentShift { id }
      shifts(includeRetired: true) {
        id code name startsAt durationMin recurrence validFrom validTo exceptDates extraDates retiredAt
      }
      nextShiftRuns(days: 7) { from to shift { id code name } }
    }
  }
`);

export type ShiftInSetUp = NonNullable<ResultOf<typeof PlantShifts>['plant']>['shifts'][number];
export type ShiftRunInSetUp = NonNullable<ResultOf<typeof PlantShifts>['plant']>['nextShiftRuns'][number];

export const PlantTokens = graphql(`
  query PlantTokens($plantId: ID!) {
    tokens(plantId: $plantId) {
      id name role isKey createdAt lastUsedAt expiresAt revokedAt
      edgeNode { id code name }
    }
  }
`);

export type TokenInSetUp = ResultOf<typeof PlantTokens>['tokens'][number];
