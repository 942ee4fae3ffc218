/** The demo's defect book, signed by its quality engineer, and a queue: some training images for a second look, two people asked for cracks. */

import { type DemoClient, input } from './graphql-client.ts';
import { PLANT_CODE } from './setup-plant.ts';

/** Enough to sit down to; what the lines capture is added by the queue itself. */
const SECOND_LOOKS = 24;

interface ReviewAnswer {
  plant: { id: string; defectBook: { id: string } | null; defectBookDraft: { id: string } | null };
}

const BOOK = 'query ($code: String!) { plant(code: $code) { id defectBook { id } defectBookDraft { id } } }';
const LABELLED = `query ($plantId: ID!, $first: Int!) {
  poolImages(plantId: $plantId, first: $first, filter: { labelState: [LABELLED] }) { edges { node { imageSha256 } } }
}`;

/** Does nothing where the plant has signed a book already. */
export async function setUpReview(quality: DemoClient, password: string): Promise<void> {
  const { plant } = await quality.run<ReviewAnswer>(BOOK, { code: PLANT_CODE });
  if (plant.defectBook) return;
  const plantId = plant.id;
  const act = <T>(field: string, type: string, selection: string, values: object) =>
    quality.act<T>(field, type, selection, ...input(field, values));
  const draft =
    plant.defectBookDraft ??
    (await act<{ id: string }>('openDefectBook', 'DefectBook', 'id', { plantId, template: 'GLASS' }));
  const meaning = 'the definitions that this demonstration begins with';
  await act('signDefectBook', 'DefectBook', 'id', { defectBookId: draft.id, password, meaning });
  await act('setAgreementRules', 'ReviewSettings', 'knownShare', {
    plantId,
    rules: [{ label: 'crack', reviewers: 2 }],
  });
  const { poolImages } = await quality.run<{ poolImages: { edges: { node: { imageSha256: string } }[] } }>(LABELLED, {
    plantId,
    first: SECOND_LOOKS,
  });
  const imageSha256s = poolImages.edges.map(({ node }) => node.imageSha256);
  if (imageSha256s.length === 0) return;
  await act('openReview', 'OpenedReviewPayload', 'opened', { plantId, imageSha256s, purpose: 'DOUBT' });
}
