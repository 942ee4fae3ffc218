/**
 * Mutations that leave no entry in the audit, each with its reason. Nothing that a person decides stands here: a claim says who works
 * on what for a few minutes, and what comes of the work has its own entry.
 */
export const exempt: Readonly<Record<string, string>> = {
  claimReviewItems: 'a loan of items for minutes, which ends by itself; the answer is audited (annotateImage)',
  renewReviewClaims: 'the same loan, prolonged every minute while a person looks at an image',
  releaseReviewItems: 'the same loan, given back',
  saveReviewSketch: 'what a person has on the screen and has not said yet, saved while they draw; nobody else sees it',
};

/** Calls of audited mutations that leave none, because they change nothing that the audit keeps; each is tried. */
export const exemptCalls: Readonly<Record<string, string>> = {
  splitDatasetVersion: 'a dry run answers what a split would do, and writes nothing',
  importPlantModel: 'a dry run answers what an import would do, and writes nothing',
  correctProduction: 'a dry run counts what a correction would change, and is taken back',
  reportNodeStatus: 'a heartbeat that brings no news, every second; what changed in a report is audited',
  updateArea: 'with nothing to change nothing happens; the same holds for every part and person',
};
