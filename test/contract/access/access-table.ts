/** Who may have which field: every field of the schema stands here once, and each is executed for every caller. */

/** The roles; 'installer' is administrator of the installation, 'administrator' of the plant only. */
export const callers = [
  'anonymous',
  'viewer',
  'operator',
  'quality_engineer',
  'ml_engineer',
  'approver',
  'administrator',
  'installer',
  'edge_node',
  'mes',
] as const;
export type Caller = (typeof callers)[number];

const everyone: readonly Caller[] = callers;
const administrators: readonly Caller[] = ['administrator', 'installer'];
const people: readonly Caller[] = [
  'viewer',
  'operator',
  'quality_engineer',
  'ml_engineer',
  'approver',
  ...administrators,
];
const readers: readonly Caller[] = [...people, 'mes'];

/** Fields by type, separated by blanks. Who is not named is refused. */
export const accessTable: readonly { allowed: readonly Caller[]; fields: Readonly<Record<string, string>> }[] = [
  // Says nothing about anybody, or is the way in.
  {
    allowed: everyone,
    fields: {
      ConflictError: 'field message remedy value',
      DatasetVersionItemsConnection: 'edges pageInfo',
      DatasetVersionItemsConnectionEdge: 'cursor node',
      InvalidInputError: 'field message remedy value',
      Mutation: 'createFirstAdministrator enrolEdgeNode resetPassword signIn',
      NotFoundError: 'field message value',
      PageInfo: 'endCursor hasNextPage hasPreviousPage startCursor',
      Query: 'rateLimit viewer',
      QueryCamerasConnection: 'edges pageInfo',
      QueryCamerasConnectionEdge: 'cursor node',
      DatasetImportRefusedConnection: 'edges pageInfo',
      DatasetImportRefusedConnectionEdge: 'cursor node',
      QueryDatasetExportsConnection: 'edges pageInfo',
      QueryDatasetExportsConnectionEdge: 'cursor node',
      QueryDatasetImportsConnection: 'edges pageInfo',
      QueryDatasetImportsConnectionEdge: 'cursor node',
      QueryDatasetVersionsConnection: 'edges pageInfo',
      QueryDatasetVersionsConnectionEdge: 'cursor node',
      QueryDatasetsConnection: 'edges pageInfo',
      QueryDatasetsConnectionEdge: 'cursor node',
      QueryEdgeNodesConnection: 'edges pageInfo',
      QueryEdgeNodesConnectionEdge: 'cursor node',
      QueryEventsConnection: 'edges pageInfo',
      QueryEventsConnectionEdge: 'cursor node',
      QueryInspectionExportsConnection: 'edges pageInfo',
      QueryInspectionExportsConnectionEdge: 'cursor node',
      QueryInspectionsConnection: 'edges pageInfo',
      QueryInspectionsConnectionEdge: 'cursor node',
      QueryJobsConnection: 'edges pageInfo',
      QueryJobsConnectionEdge: 'cursor node',
      QueryLinesConnection: 'edges pageInfo',
      QueryLinesConnectionEdge: 'cursor node',
      QueryModelVersionsConnection: 'edges pageInfo',
      QueryModelVersionsConnectionEdge: 'cursor node',
      QueryModelsConnection: 'edges pageInfo',
      QueryModelsConnectionEdge: 'cursor node',
      QueryPlantsConnection: 'edges pageInfo',
      QueryPlantsConnectionEdge: 'cursor node',
      QueryProductsConnection: 'edges pageInfo',
      QueryProductsConnectionEdge: 'cursor node',
      QueryStationsConnection: 'edges pageInfo',
      QueryStationsConnectionEdge: 'cursor node',
      PoolImageConnection: 'edges pageInfo',
      PoolImageEdge: 'cursor node',
      RateLimit: 'cost limit remaining resetAt',
      SignOutPayload: 'signedOut',
      TooManyAttemptsError: 'message retryAfterS',
      WrongCredentialsError: 'message',
      NodeKey: 'tokenId',
      QueryAlarmsConnection: 'edges pageInfo',
      QueryAlarmsConnectionEdge: 'cursor node',
      QueryAreasConnection: 'edges pageInfo',
      QueryAreasConnectionEdge: 'cursor node',
      QueryMaterialBatchesConnection: 'edges pageInfo',
      QueryMaterialBatchesConnectionEdge: 'cursor node',
      QueryPeopleConnection: 'edges pageInfo',
      QueryPeopleConnectionEdge: 'cursor node',
      QueryRecipesConnection: 'edges pageInfo',
      QueryRecipesConnectionEdge: 'cursor node',
      QueryShiftsConnection: 'edges pageInfo',
      QueryShiftsConnectionEdge: 'cursor node',
      PlantModelRefusedError: 'message problems',
      PlantModelProblem: 'column field line remedy value',
    },
  },
  // What an edge node needs to know of itself and of the model it runs.
  {
    allowed: [...readers, 'edge_node'],
    fields: {
      Approval: 'approvedAt id meaning modelVersion',
      Artifact: 'sha256 signature signingKey sizeBytes url',
      Band: 'max min',
      Camera: 'assignment code id name retiredAt setups shadowAssignment station',
      CameraSetup: 'bands changedAt maxOffsetPx maxRotationDeg recipeCode reference roi',
      CameraStatus:
        'cameraId droppedFrames framesTaken lastFrameAt modelVersionId p50LatencyMs p99LatencyMs problem shadowModelVersionId',
      CapturePolicy: 'auditFraction bytesPerDay changedAt quotas rejectProbability uncertainProbability',
      CaptureQuota: 'cell id openedAt probability remaining wanted',
      DeadLetter: 'at field id key kind reason value',
      EdgeNode: 'capturePolicy code deadLetterRetryAt id lastSeenAt name plant retiredAt skewMs stations status',
      EdgeNodeStatus:
        'cameras certificateExpiresAt deadLetterSamples deadLetters disk droppedFrames gates hardware machineConnected machines oldestResultAt outboxImageBytes outboxImages outboxLimitShare outboxResults problem sacrificedImages sacrificedResults startedAt version',
      GateStatus: 'confirmed isEnabled isTracking lastCommandAt late mode notConfirmed problem stationId unexpected',
      ImageBands: 'brightness colourCast contrast sharpness',
      MachineConnection: 'clockOffsetMs clockUncertaintyMs isConnected lineId problem security',
      NodeDisk: 'freeBytes totalBytes',
      NodeHardware: 'cores hostname memoryBytes processor system',
      ReferenceImage: 'sha256 url',
      Region: 'height width x y',
      Line: 'code id name plant retiredAt targetRatePerMin',
      Membership: 'plant roles',
      Model: 'code id name plant',
      ModelAssignment: 'approval assignedAt camera endedAt id isShadow modelVersion',
      ModelVersion: 'artifact createdAt id manifest metrics model number',
      Plant: 'code createdAt id name retiredAt sector timeZone',
      Query: 'node nodes plant signingKeys',
      SigningKey: 'createdAt id publicKey',
      Station: 'cameras code edgeNode id line name retiredAt',
      Viewer: 'edgeNode isAdministrator memberships person tokenName',
    },
  },
  // People of the plant and its MES.
  {
    allowed: readers,
    fields: {
      Actor: 'kind name',
      Approval: 'person',
      Alarm:
        'acknowledgedAt acknowledgedBy camera condition data definition edgeNode history id isActive lastRaisedAt line outOfService plant priority raiseCount raisedAt returnedAt shelving sourceKind state station text type',
      AlarmChange: 'actor at condition from kind reason to',
      AlarmDefinition:
        'changeReason changedAt changedBy deadband isLatching isSuppressedInMaintenance offDelayMs onDelayMs priority returnMs sourceKind text type',
      AlarmList: 'alarms hidden open sentAt skipped tallies',
      AlarmOutOfService: 'by reason since',
      AlarmShelving: 'by kind reason until',
      AlarmTally: 'open priority unacknowledged',
      AlarmText: 'action cause consequence title',
      Area: 'code id lines name plant retiredAt',
      Box: 'height width x y',
      CameraSetup: 'changedBy',
      Capture: 'isKept keepProbability lostAt reason',
      ClassRejects: 'count cumulativeShare defectClass share',
      Dataset: 'code createdAt id name plant versions',
      DatasetChange: 'image imageSha256 kind label otherLabel otherSplit split',
      DatasetChangeCounts: 'added moved redrawn relabelled removed same',
      DatasetCheck: 'error figures finishedAt isCurrent requestedAt requestedBy state',
      DatasetCheckFigure: 'code count flagged kind params score',
      DatasetCount: 'images label split',
      DatasetDifference: 'changes counts mix other',
      DatasetIssue: 'detail flagged image imageSha256 kind score',
      DatasetItem: 'decidedAt decidedBy decision image label poolImage split',
      DatasetLeak: 'evidence image imageSha256 likeness other otherSha256 otherSplit split',
      DatasetMix: 'factor images otherImages value',
      DatasetSplit: 'counts datasetVersion dryRun largestUnit moved newGolden policy problems units',
      DatasetExport:
        'datasetVersion error expiresAt finishedAt format id images leftOut lost progress regions requestedAt requestedBy sha256 sizeBytes state url',
      DatasetImport:
        'classes counts datasetVersion error finishedAt format foundImages id isDryRun labels plant progress refused reportUrl requestedAt requestedBy source sourceKind splits state',
      ImportClass: 'code images name',
      ImportCounts: 'added images items labelled pending refused regions taken',
      ImportSplit: 'images name',
      LeftOut: 'path reason',
      DatasetVersion:
        'basedOn book check contentHash counts createdAt createdBy dataset difference frozenAt frozenBy id issues itemCount items leaks modelVersions number splitPolicy state',
      Defect: 'box class outline score',
      Event: 'actor cursor data edgeNode id kind line occurredAt recordedAt station',
      EventStreamPayload: 'cursor items sentAt',
      GoldenImage: 'addedAt addedBy condition image product',
      GoldenSetChange: 'images plant',
      Image: 'datasetVersions format height receivedAt sha256 sizeBytes url width',
      ImageQuality: 'blurred bright dark labelError leak lowInformation outlier representativeness uniqueness',
      ImageStats: 'brightness colourCast contrast sharpness',
      Inspection:
        'batch camera capture capturedAt context cursor defects edgeNode id image imageSha256 imageStats imageUrl inspectionId job latencyMs line modelVersion partId poolImage position product receivedAt recipe score station verdict',
      InspectionContext: 'humidityPercent machineMode machineState signals speedPerMin temperatureC',
      InspectionExport:
        'error expiresAt files finishedAt format id plant progress requestedAt requestedBy rows startedAt state',
      InspectionExportFile: 'name rows sha256 sizeBytes url',
      InspectionStats:
        'batch bucket camera class job line modelVersion pass product reject rejectRate rejectRateHigh rejectRateLow shift station total uncertain',
      InspectionStreamPayload: 'cursor items sentAt',
      Job: 'batch code endedAt endedBy heldBy id line origin partCounts product recipe startedAt summary',
      JobPartCounts: 'accepted bypassed difference inTransit rejected stations triggered unknown unseen',
      JobSummary:
        'durationS firstPartAt lastPartAt models otherRejects partCounts pass reject rejectRate rejectRateHigh rejectRateLow rejectsByClass total uncertain',
      Line: 'area currentJob machine highestAlarm openAlarms rejectRateLimits stations',
      LineStatus: 'currentJob edgeNodes lastHour lastReject line machine ratePerMin recent sentAt skipped total',
      MachineStatus:
        'batchCode humidityPercent jobCode mode productCode quality receivedAt recipeCode signals sourceTime speedPerMin state temperatureC',
      MaterialBatch: 'code createdAt id name retiredAt supplier',
      Model: 'versions',
      ModelAssignment: 'assignedBy',
      ModelUse: 'firstMinute lastMinute modelVersion reject total',
      ModelVersion: 'approvals assignments datasetVersion inspections trainingRun',
      PartCounts: 'accepted bypassed from inTransit jobCode rejected revision station to triggered unknown unseen',
      PartPosition: 'offsetXPx offsetYPx rotationDeg',
      Person: 'email id name',
      Plant:
        'alarmDefinitions areas capturePolicy captureQuotas currentShift edgeNodes lines models nextShiftRuns products shifts',
      PoolImage:
        'batch brightness camera captureReason capturedAt colourCast contrast datasetVersions defectClass exactGroup height humidityPercent id image imageSha256 importId inspection job keepProbability label labelState labelledAt line machineMode machineState mapX mapY measureError measuredAt modelVersion nearDuplicates nearGroup offsetXPx offsetYPx origin partId plant product quality receivedAt recipe rotationDeg score sharpness sizeBytes sourcePath speedPerMin station tags temperatureC verdict width',
      NearDuplicate: 'evidence likeness poolImage',
      PoolFacet: 'count field value',
      PoolImageConnection: 'hasMoreThanTotal totalCount',
      PoolMap: 'codes count embedded legend placed xy',
      PoolMapClass: 'code count name value',
      Product: 'code id name retiredAt',
      Query:
        'alarms areas cameras datasetExports datasetImports datasetVersions datasets edgeNodes events goldenImages inspectionExports inspectionStats inspections jobs lines materialBatches modelVersions models plants poolFacets poolImages poolMap products recipes shifts similarImages stations',
      Recipe: 'code id name retiredAt',
      RejectRateLimits: 'centre historyParts limit rate reason subgroupMs',
      SimilarImage: 'likeness poolImage',
      Signal: 'isAmbiguous name quality sourceTime unit value',
      Subscription: 'alarmList events inspections lineStatus',
      SplitPolicy: 'goldenShare keepBatches neighbourMs seed validationShare',
      SplitProblem: 'code imageSha256 images label split',
      Station: 'partCounts',
      TrainingRun:
        'datasetVersion error falseRejectTarget finishedAt id model modelVersion progress requestedAt requestedBy seed startedAt state step',
      Shift: 'code durationMin exceptDates extraDates id name plant recurrence retiredAt startsAt validFrom validTo',
      ShiftRun: 'from shift to',
    },
  },
  {
    allowed: people,
    fields: {
      Mutation: 'changePassword deletePoolView endSession savePoolView signOut',
      PoolView: 'id isShared madeAt madeBy name plant question',
      Query: 'poolViews',
      Session: 'createdAt expiresAt id isCurrent',
      Viewer: 'sessions',
    },
  },
  {
    allowed: ['operator', 'quality_engineer', 'mes', ...administrators],
    fields: {
      Mutation: 'endJob startJob',
    },
  },
  {
    allowed: ['operator', 'quality_engineer', ...administrators],
    fields: {
      AcknowledgeAlarmsPayload: 'alarms',
      Mutation: 'acknowledgeAlarm acknowledgeAlarms resetAlarm shelveAlarm unshelveAlarm',
    },
  },
  {
    allowed: ['quality_engineer', 'ml_engineer', 'approver', ...administrators],
    fields: {
      Mutation: 'cancelInspectionExport startInspectionExport',
    },
  },
  {
    allowed: ['quality_engineer', ...administrators],
    fields: {
      ClosedCaptureQuota: 'closedAt id',
      CorrectProductionPayload: 'corrected dryRun line',
      Mutation:
        'closeCaptureQuota configureAlarm correctProduction openCaptureQuota removeCameraSetup retryDeadLetters returnAlarmToService setAlarmOutOfService setCameraSetup setCapturePolicy',
    },
  },
  {
    allowed: ['quality_engineer', 'ml_engineer', ...administrators],
    fields: {
      Mutation:
        'addDatasetItems addDatasetItemsByFilter addGoldenImages cancelDatasetExport cancelDatasetImport checkDatasetVersion createDataset createDatasetVersion findLabelErrors freezeDatasetVersion removeDatasetItems removeGoldenImages splitDatasetVersion startDatasetExport startDatasetImport tagPoolImages',
      ImportUpload: 'name sentAt sizeBytes',
      Query: 'importUploads',
      TagPoolImagesPayload: 'changed',
    },
  },
  {
    allowed: ['ml_engineer', ...administrators],
    fields: {
      Mutation: 'createModel startTraining',
    },
  },
  {
    allowed: administrators,
    fields: {
      CreatedToken: 'secret token',
      Mutation:
        'createArea createCamera createEdgeNode createEnrolmentCode createLine createMaterialBatch createPasswordReset createPerson createProduct createRecipe createShift createStation createToken disablePerson enablePerson importPlantModel reinstateArea reinstateCamera reinstateEdgeNode reinstateLine reinstateMaterialBatch reinstateProduct reinstateRecipe reinstateShift reinstateStation retireArea retireCamera retireEdgeNode retireLine retireMaterialBatch retireProduct retireRecipe retireShift retireStation revokeToken setMemberships updateArea updateCamera updateEdgeNode updateLine updateMaterialBatch updatePerson updatePlant updateProduct updateRecipe updateShift updateStation',
      Query: 'exportPlantModel people tokens',
      Token: 'createdAt edgeNode expiresAt id isKey lastUsedAt name revokedAt role',
      CreatedEnrolmentCode: 'code edgeNode expiresAt',
      CreatedPasswordReset: 'code expiresAt person',
      EdgeNode: 'enrolmentCodeExpiresAt tokens',
      Person: 'createdAt disabledAt isAdministrator memberships',
      PlantModelFile: 'fileName sha256 yaml',
      PlantModelFieldChange: 'field from to',
      PlantModelChange: 'action codes fields type',
      PlantModelImport: 'changes dryRun plant sha256',
    },
  },
  {
    allowed: ['edge_node'],
    fields: {
      Mutation: 'recordInspections recordNodeEvents recordPartCounts reportNodeStatus reviseCaptures rotateEdgeNodeKey',
      RecordInspectionsItem: 'field id outcome reason value',
      RecordInspectionsPayload: 'conflicts duplicates items recorded refused',
      RecordNodeEventsPayload: 'items',
      RecordPartCountsPayload: 'items',
      ReviseCapturesPayload: 'items',
      RecordedItem: 'field id outcome reason value',
      ReportNodeStatusPayload: 'receivedAt skewMs',
    },
  },
  {
    allowed: ['installer'],
    fields: {
      Mutation: 'createPlant reinstatePlant retirePlant setInstallationAdministrator',
    },
  },
  // A signature is given by those who may sign, by nobody above them.
  {
    allowed: ['approver'],
    fields: {
      Mutation: 'approveModelVersion assignModel endShadow',
    },
  },
];
