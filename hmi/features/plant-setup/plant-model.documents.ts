/** The plant as one file: out, and in again. */
import { graphql, type ResultOf } from '#schema/graphql.ts';

export const ExportPlantModel = graphql(`
  query ExportPlantModel($plantId: ID!) {
    exportPlantModel(plantId: $plantId) { yaml fileName sha256 }
  }
`);

/** Its refusal is a list of problems, so it is read here and not as the refusal of a form. */
export const ImportPlantModel = graphql(`
  mutation ImportPlantModel($input: ImportPlantModelInput!) {
    importPlantModel(input: $input) {
      __typename
      ... on PlantModelImport {
        dryRun
        sha256
        plant { id code }
        changes { action type codes fields { field from to } }
      }
      ... on PlantModelRefusedError { message problems { line column field value remedy } }
    }
  }
`);

type Answer = ResultOf<typeof ImportPlantModel>['importPlantModel'];
export type ModelChange = Extract<Answer, { __typename: 'PlantModelImport' }>['changes'][number];
export type ModelProblem = Extract<Answer, { __typename: 'PlantModelRefusedError' }>['problems'][number];
