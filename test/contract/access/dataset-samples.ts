/** Of the types of datasets that no list of a seeded plant gives: one each, as the services make them. */

export function datasetSamples(
  plantId: string,
  versionId: string,
  sha256: Buffer,
  personId: string,
): [name: string, sample: object][] {
  const at = new Date();
  const version = { id: versionId, plant_id: plantId };
  const policy = { validationShare: 0.2, goldenShare: 0, seed: 1, neighbourMs: 0, keepBatches: false };
  const counts = { added: 0, removed: 0, relabelled: 0, redrawn: 0, moved: 0, same: 1 };
  const image = { plant_id: plantId, image_sha256: sha256, dataset_version_id: versionId };
  const figure = { kind: 'leak', score: 1, flagged: false, count: 0, code: 'no_leak', params: {} };
  const leak = {
    ...image,
    other_sha256: sha256,
    split: 'train',
    other_split: 'golden',
    evidence: 'pixels',
    likeness: 1,
  };
  const changed = {
    ...image,
    kind: 'label',
    label: 'good',
    split: 'train',
    other_label: 'crack',
    other_split: 'train',
  };
  const check = {
    dataset_version_id: versionId,
    plant_id: plantId,
    state: 'failed',
    revision: null,
    figures: [figure],
  };
  const asked = { error: 'x', requested_by: personId, requested_at: at, finished_at: at };
  const none = { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null };
  const golden = { ...image, product_id: null, condition: '', added_by: personId, added_at: at };
  const issue = { ...image, kind: 'leak', score: 0, is_flagged: true, detail: null };
  const plan = { units: 1, largestUnit: 1, problems: [] };
  return [
    ['SplitPolicy', policy],
    ['SplitProblem', { code: 'LARGE_UNIT', images: 2, imageSha256: null, label: null, split: null }],
    ['DatasetCount', { label: 'good', split: 'train', images: 1 }],
    ['DatasetSplit', { version, dryRun: true, policy, counts: [], moved: 0, newGolden: 0, plan }],
    ['DatasetLeak', leak],
    ['DatasetLeakError', { message: 'x', leaks: [], hasMore: false }],
    ['DatasetCheck', { ...check, ...asked }],
    ['DatasetCheckFigure', figure],
    ['DatasetIssue', issue],
    ['DatasetDifference', { version, other: version }],
    ['DatasetChangeCounts', counts],
    ['DatasetChange', changed],
    ['DatasetMix', { factor: 'line', value: null, images: 1, other_images: 1 }],
    ['GoldenImage', golden],
    ['DatasetDifferenceChangesConnection', { edges: [], pageInfo: none }],
    ['DatasetDifferenceChangesConnectionEdge', { cursor: 'x', node: changed }],
    ['DatasetVersionIssuesConnectionEdge', { cursor: 'x', node: issue }],
    ['QueryGoldenImagesConnectionEdge', { cursor: 'x', node: golden }],
    ['GoldenSetChange', { plantId, images: 1 }],
  ];
}
