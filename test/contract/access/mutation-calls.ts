/** Arguments for every mutation that reach its access check and, where the caller may, do it. */
import { encodeGlobalId } from '../../../server/kit/global-id.ts';
import { newId } from '../../../server/kit/ids.ts';
import { freshCode } from '../../support/seed.ts';
import { type AccessWorld, marker } from './access-world.ts';
import { emptyCount } from './empty-count.ts';

/** By field: the input or the arguments, made anew for each call. */
export function mutationCalls(world: AccessWorld): Record<string, () => Record<string, unknown>> {
  const { plant, recording } = world;
  const plantId = plant.globalId;
  const [seeded] = plant.lines;
  const [node] = plant.nodes;
  const [camera] = plant.cameras;
  const [station] = seeded?.stations ?? [];
  if (!seeded || !node || !camera || !station) throw new Error('the plant lacks a part');
  const named = () => ({ code: freshCode('made'), name: 'Made' });
  const password = 'a long password';
  const lineId = encodeGlobalId('Line', seeded.line.id);
  const stationId = encodeGlobalId('Station', station.station.id);
  const cameraId = encodeGlobalId('Camera', camera.id);
  const datasetVersionId = encodeGlobalId('DatasetVersion', recording.version.datasetVersionId);
  const modelVersionId = recording.version.globalId;
  const at = new Date().toISOString();

  // reinstating is no change; retiring is refused while cameras stand there, or happens to parts that nothing needs
  const parts: Record<string, string> = {
    Area: encodeGlobalId('Area', plant.area.id),
    Line: encodeGlobalId('Line', seeded.line.id),
    Station: encodeGlobalId('Station', station.station.id),
    Camera: world.spares.Camera,
    EdgeNode: encodeGlobalId('EdgeNode', node.id),
    Product: world.spares.Product,
    Recipe: world.spares.Recipe,
    MaterialBatch: world.spares.MaterialBatch,
    Shift: world.spares.Shift,
    Plant: plantId,
  };
  const changes = Object.fromEntries(
    Object.entries(parts).flatMap(([type, id]) => [
      [`update${type}`, () => ({ id })],
      [`retire${type}`, () => ({ id })],
      [`reinstate${type}`, () => ({ id })],
    ]),
  );
  const pattern = { startsAt: '06:00', durationMin: 1, recurrence: 'FREQ=DAILY', validFrom: '2020-01-01' };

  return {
    signIn: () => ({ email: `${freshCode('nobody')}@lehr.test`, password }),
    createFirstAdministrator: () => ({ code: 'x', email: 'x@lehr.test', name: 'x', password }),
    setRetentionRules: () => ({ plantId, rules: [] }),
    startRetentionDryRun: () => ({ plantId }),
    startRetentionRun: () => ({ dryRunId: world.retentionRunId }),
    tagPoolImages: () => ({ plantId, imageSha256s: [world.imageSha256], add: [freshCode('tag')], remove: [] }),
    savePoolView: () => ({ plantId, name: marker, question: {} }),
    deletePoolView: () => ({ plantId, name: marker }),
    createPlant: () => ({ ...named(), sector: 'GLASS', timeZone: 'Europe/Berlin' }),
    createArea: () => ({ ...named(), plantId }),
    createLine: () => ({ ...named(), areaId: encodeGlobalId('Area', plant.area.id) }),
    createStation: () => ({ ...named(), lineId: encodeGlobalId('Line', seeded.line.id) }),
    createCamera: () => ({ ...named(), stationId: encodeGlobalId('Station', station.station.id) }),
    createEdgeNode: () => ({ ...named(), plantId }),
    createProduct: () => ({ ...named(), plantId }),
    createRecipe: () => ({ ...named(), plantId }),
    createMaterialBatch: () => ({ ...named(), plantId }),
    createShift: () => ({ ...named(), plantId, ...pattern }),
    ...changes,
    importPlantModel: () => ({ yaml: '', dryRun: true, missing: 'KEEP' }),
    createEnrolmentCode: () => ({ edgeNodeId: encodeGlobalId('EdgeNode', node.id) }),
    enrolEdgeNode: () => ({ code: 'x', publicKey: 'x', proof: 'x' }),
    rotateEdgeNodeKey: () => ({ publicKey: 'x', proof: 'x' }),
    updatePerson: () => ({ personId: world.sparePersonId, name: freshCode('renamed') }),
    setMemberships: () => ({ personId: world.sparePersonId, memberships: [{ plantId, roles: ['VIEWER'] }] }),
    setInstallationAdministrator: () => ({ personId: world.sparePersonId, isAdministrator: false }),
    disablePerson: () => ({ personId: world.sparePersonId }),
    enablePerson: () => ({ personId: world.sparePersonId }),
    createPasswordReset: () => ({ personId: world.sparePersonId }),
    resetPassword: () => ({ code: 'x', password }),
    changePassword: () => ({ oldPassword: 'not the password', newPassword: password }),
    endSession: () => ({ sessionId: 'x' }),
    addKnownAnswers: () => ({ plantId, imageSha256s: [world.labels.labelled] }),
    removeKnownAnswers: () => ({ plantId, imageSha256s: ['00'.repeat(32)] }),
    annotateImage: () => ({ plantId, imageSha256: world.imageSha256, label: 'good' }),
    restoreAnnotation: () => ({ annotationId: world.labels.annotationId }),
    claimReviewItems: () => ({ plantId, count: 1 }),
    renewReviewClaims: () => ({ itemIds: [world.labels.itemId] }),
    releaseReviewItems: () => ({ itemIds: [world.labels.itemId] }),
    saveReviewSketch: () => ({ plantId, imageSha256: world.imageSha256, document: {} }),
    openReview: () => ({ plantId, imageSha256s: [world.imageSha256], purpose: 'LABEL' }),
    openRecheck: () => ({ defectBookId: world.labels.bookId }),
    openDefectBook: () => ({ plantId, template: 'EMPTY' }),
    // signed already: all further acts on it are refused with a reason
    discardDefectBook: () => ({ defectBookId: world.labels.bookId }),
    putDefectClass: () => ({
      ...{ defectBookId: world.labels.bookId, code: 'x', name: 'x', definition: 'x', severity: 'MINOR' },
    }),
    removeDefectClass: () => ({ defectBookId: world.labels.bookId, code: 'class-0' }),
    putDefectExample: () => ({
      ...{ defectBookId: world.labels.bookId, code: 'class-0', imageSha256: world.imageSha256, isDefect: true },
    }),
    removeDefectExample: () => ({
      ...{ defectBookId: world.labels.bookId, code: 'class-0', imageSha256: world.imageSha256 },
    }),
    signDefectBook: () => ({ defectBookId: world.labels.bookId, meaning: 'x', password: 'not the password' }),
    setAgreementRules: () => ({ plantId, rules: [] }),
    setReviewSettings: () => ({ plantId, knownShare: 0 }),
    suggestLabel: () => ({ inspectionId: world.labels.inspectionId, kind: 'REJECT_WAS_RIGHT' }),
    createDataset: () => ({ ...named(), plantId }),
    findLabelErrors: () => ({ plantId }),
    createModel: () => ({ ...named(), plantId }),
    createDatasetVersion: () => ({ datasetId: world.datasetId }),
    addDatasetItems: () => ({
      datasetVersionId: world.draftVersionId,
      items: [{ imageSha256: world.imageSha256, label: 'good', split: 'TRAIN' }],
    }),
    addDatasetItemsByFilter: () => ({
      datasetVersionId: world.draftVersionId,
      filter: { imageSha256s: [world.imageSha256] },
    }),
    addGoldenImages: () => ({ plantId, imageSha256s: [world.imageSha256] }),
    removeGoldenImages: () => ({ plantId, imageSha256s: [world.imageSha256] }),
    checkDatasetVersion: () => ({ datasetVersionId }),
    splitDatasetVersion: () => ({
      datasetVersionId: world.draftVersionId,
      policy: { validationShare: 0, goldenShare: 0, seed: 1, neighbourMs: 0, keepBatches: false },
      dryRun: true,
    }),
    removeDatasetItems: () => ({ datasetVersionId: world.draftVersionId, imageSha256s: [world.imageSha256] }),
    freezeDatasetVersion: () => ({ datasetVersionId }),
    startTraining: () => ({ datasetVersionId, modelId: world.modelId, seed: 1, falseRejectTarget: 0.01 }),
    approveModelVersion: () => ({ modelVersionId, meaning: 'may run', password: 'not the password' }),
    endShadow: () => ({ cameraId }),
    assignModel: () => ({ approvalId: world.approvalId, cameraId }),
    createPerson: () => ({
      email: `${freshCode('made')}@lehr.test`,
      name: 'Made',
      password,
      memberships: [{ plantId, roles: ['VIEWER'] }],
    }),
    createToken: () => ({ plantId, name: 'Made', role: 'MES' }),
    revokeToken: () => ({ tokenId: world.spareTokenId }),
    correctProduction: () => ({
      lineId,
      from: '2026-01-01T00:00:00Z',
      to: at,
      batchCode: 'corrected',
      reason: 'typed wrongly',
    }),
    startDatasetImport: () => ({ plantId, source: 'set.zip' }),
    cancelDatasetImport: () => ({ id: world.datasetImportId }),
    startDatasetExport: () => ({ datasetVersionId, format: 'COCO' }),
    cancelDatasetExport: () => ({ id: world.datasetExportId }),
    startInspectionExport: () => ({ filter: { plantId }, format: 'CSV' }),
    cancelInspectionExport: () => ({ id: world.exportId }),
    acknowledgeAlarm: () => ({ alarmId: world.alarmId }),
    acknowledgeAlarms: () => ({ alarmIds: [world.alarmId] }),
    shelveAlarm: () => ({ alarmId: world.alarmId, minutes: 1, reason: marker }),
    unshelveAlarm: () => ({ alarmId: world.alarmId }),
    resetAlarm: () => ({ alarmId: world.alarmId }),
    setAlarmOutOfService: () => ({ alarmId: world.alarmId, reason: marker }),
    returnAlarmToService: () => ({ alarmId: world.alarmId }),
    configureAlarm: () => ({ plantId, type: 'LATE_VERDICTS', priority: 3, reason: marker }),
    startJob: () => ({ lineId, code: freshCode('job'), productCode: 'bottle' }),
    endJob: () => ({ lineId, code: marker }),
    setCameraSetup: () => ({ cameraId, recipeCode: marker }),
    removeCameraSetup: () => ({ cameraId, recipeCode: marker }),
    setCapturePolicy: () => ({ plantId, auditFraction: 1, uncertainProbability: 1, rejectProbability: 1 }),
    openCaptureQuota: () => ({ plantId, cell: { productCode: marker }, wanted: 1, probability: 1 }),
    closeCaptureQuota: () => ({ id: world.quotaId }),
    reviseCaptures: () => ({ input: [{ inspectionId: newId(), isLost: true }] }),
    retryDeadLetters: () => ({ edgeNodeId: encodeGlobalId('EdgeNode', node.id) }),
    recordNodeEvents: () => ({ input: [{ id: newId(), kind: 'CLOCK_STEPPED' }] }),
    recordPartCounts: () => ({ input: [emptyCount(stationId)] }),
    recordInspections: () => ({ input: [recording.item()] }),
    reportNodeStatus: () => ({
      version: '1',
      sentAt: at,
      startedAt: at,
      outboxResults: 0,
      outboxImages: 0,
      deadLetters: 0,
      droppedFrames: 0,
      machineConnected: true,
      cameras: [{ cameraId, framesTaken: 1 }],
      machines: [],
    }),
    // last: it ends the caller's session
    signOut: () => ({}),
  };
}
