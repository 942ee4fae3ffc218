/** Lineage in one GraphQL query each way. */

/** From a verdict to the people who labelled what its model was taught with. */
export const FROM_VERDICT = `query ($filter: InspectionFilter!) {
  inspections(filter: $filter, first: 1) { edges { node { verdict imageSha256 modelVersion { number datasetVersion { number state contentHash
    items(first: 500) { edges { node { label image { sha256 } decision { label rule votes { label person { name } } } } } } } } } } }
}`;

export interface FromVerdict {
  inspections: {
    edges: {
      node: {
        verdict: string;
        modelVersion: {
          datasetVersion: {
            state: string;
            contentHash: string;
            items: {
              edges: {
                node: {
                  label: string;
                  image: { sha256: string };
                  decision: { label: string; votes: { label: string; person: { name: string } }[] };
                };
              }[];
            };
          };
        };
      };
    }[];
  };
}

/** From an image to every verdict of the models that it taught, page by page. */
export const FROM_IMAGE = `query ($plantId: ID!, $filter: PoolFilter!, $first: Int!, $after: String) {
  poolImages(plantId: $plantId, filter: $filter, first: 1) { edges { node { datasetVersions { number
    modelVersions { number inspections(first: $first, after: $after) {
      edges { node { partId verdict capturedAt } } pageInfo { hasNextPage endCursor } } } } } } }
}`;

export interface TaughtVerdicts {
  edges: { node: { partId: string; verdict: string; capturedAt: string } }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

export interface FromImage {
  poolImages: {
    edges: {
      node: {
        datasetVersions: {
          modelVersions: {
            inspections: TaughtVerdicts;
          }[];
        }[];
      };
    }[];
  };
}
