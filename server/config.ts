/** The server's configuration: the only reader of the environment. Every limit has a name, a default and a bound. */
import { BlockList, isIP } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod';

const count = (standard: number, max: number, min = 1) => z.coerce.number().int().min(min).max(max).default(standard);
const share = (standard: number) => z.coerce.number().min(0).max(1).default(standard);
/** Names separated by commas. */
const names = <T extends string>(known: readonly T[], standard: string) =>
  z
    .string()
    .default(standard)
    .transform((text) =>
      text
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== ''),
    )
    .pipe(z.array(z.enum(known)));

/** Addresses and networks in CIDR form, separated by commas. */
const networks = z
  .string()
  .default('')
  .transform((text, context) => {
    const list = new BlockList();
    for (const entry of text.split(',').map((each) => each.trim())) {
      if (entry === '') continue;
      const [address = '', length] = entry.split('/');
      const version = isIP(address);
      const bits = Number(length ?? (version === 6 ? 128 : 32));
      if (version === 0 || !Number.isInteger(bits) || bits < 0 || bits > (version === 6 ? 128 : 32)) {
        context.addIssue(`"${entry}" is neither an address nor a network such as 10.0.0.0/8`);
        return z.NEVER;
      }
      list.addSubnet(address, bits, version === 6 ? 'ipv6' : 'ipv4');
    }
    return list;
  });

/** The roles of `server/kit/rights.ts`, and whoever is not signed in. */
const queryCallers = [
  'viewer',
  'operator',
  'quality_engineer',
  'ml_engineer',
  'approver',
  'administrator',
  'edge_node',
  'mes',
  'anonymous',
] as const;
/**
 * Everybody who is signed in: what they may see is said by their roles, not by the document. A plant that wants its operators' screens and
 * edge nodes to run nothing but stored operations leaves those two out; they have all they need in schema/operations.json.
 */
const standardFreeQueries = queryCallers.filter((name) => name !== 'anonymous').join(',');

const environment = z.object({
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(4000),
  LEHR_HOME: z.string().min(1).default('.lehr'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  LEHR_WORKER: z.enum(['inside', 'external']).default('inside'),
  LEHR_PARENT: z.literal('1').optional(),
  LEHR_IMPORT_DIR: z.string().min(1).optional(),
  LEHR_LOG: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  LEHR_PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  LEHR_SESSION_KEY: z.base64().min(44).optional(),
  LEHR_FREE_QUERIES: names(queryCallers, standardFreeQueries),
  LEHR_OPERATIONS: z.string().optional(),
  LEHR_TRUSTED_PROXIES: networks,
  LEHR_FLAG_BLURRED: share(0.3),
  LEHR_FLAG_DARK: share(0.3),
  LEHR_FLAG_BRIGHT: share(0.3),
  LEHR_FLAG_LOW_INFORMATION: share(0.3),
  LEHR_FLAG_OUTLIER: share(0.3),
  LEHR_FLAG_LABEL_ERROR: share(0.3),
  LEHR_FLAG_LEAK: share(0.5),
  LEHR_LIMIT_PAGE_SIZE: count(50, 500),
  LEHR_LIMIT_MAX_PAGE_SIZE: count(500, 5000),
  LEHR_LIMIT_LOADER_BATCH: count(1000, 10_000),
  LEHR_LIMIT_BODY_BYTES: count(8 * 1024 * 1024, 256 * 1024 * 1024, 1024),
  LEHR_LIMIT_QUERY_TOKENS: count(2000, 100_000, 100),
  LEHR_LIMIT_QUERY_DEPTH: count(12, 50),
  LEHR_LIMIT_QUERY_FIELDS: count(1000, 100_000, 100),
  LEHR_LIMIT_QUERY_ALIASES: count(100, 10_000),
  LEHR_LIMIT_QUERY_SAME_FIELD: count(20, 10_000),
  LEHR_LIMIT_QUERY_DIRECTIVES: count(50, 10_000),
  LEHR_LIMIT_QUERY_COST: count(200_000, 1_000_000_000, 100),
  LEHR_LIMIT_QUERY_ASSUMED_LIST: count(10, 10_000),
  LEHR_LIMIT_RATE_PER_PRINCIPAL: count(1_000_000, 1_000_000_000, 100),
  LEHR_LIMIT_RATE_PER_EDGE_NODE: count(6_000_000, 1_000_000_000, 100),
  LEHR_LIMIT_RATE_PER_ADDRESS: count(20_000, 1_000_000_000, 100),
  LEHR_LIMIT_RATE_BUCKETS: count(100_000, 10_000_000),
  LEHR_LIMIT_DOCUMENTS_CACHED: count(1000, 100_000),
  LEHR_LIMIT_RECORD_ITEMS: count(500, 500),
  LEHR_LIMIT_DATASET_ITEMS: count(1_000_000, 10_000_000),
  LEHR_LIMIT_DATASET_ITEMS_PER_CALL: count(500, 5000),
  LEHR_LIMIT_DATASET_LEAKS_NAMED: count(20, 500),
  LEHR_LIMIT_DATASET_CHECK_LEAKS: count(10_000, 1_000_000),
  LEHR_LIMIT_DATASET_CHECK_VECTORS: count(50_000, 1_000_000),
  LEHR_LIMIT_DATASET_CHECK_ISSUES: count(10_000, 1_000_000),
  LEHR_LIMIT_IMAGE_BYTES: count(32 * 1024 * 1024, 1024 * 1024 * 1024, 1024),
  LEHR_LIMIT_IMAGE_PIXELS: count(64_000_000, 1_000_000_000, 1024),
  LEHR_LIMIT_THUMBNAILS_AT_ONCE: count(2, 64),
  LEHR_LIMIT_UPLOADS_AT_ONCE: count(16, 1024),
  LEHR_LIMIT_REQUEST_MS: count(60_000, 3_600_000, 1000),
  LEHR_LIMIT_STATEMENT_MS: count(30_000, 3_600_000, 100),
  LEHR_LIMIT_CONNECTIONS: count(10, 200),
  LEHR_LIMIT_SIGN_IN_ATTEMPTS: count(5, 1000),
  LEHR_LIMIT_SIGN_IN_WINDOW_S: count(300, 86_400),
  LEHR_LIMIT_SESSION_HOURS: count(12, 24 * 90),
  LEHR_LIMIT_REPLAY_PAGE: count(500, 5000),
  LEHR_LIMIT_LIVE_PAYLOAD_ITEMS: count(100, 5000),
  LEHR_LIMIT_LIVE_BUFFERED_BYTES: count(1024 * 1024, 256 * 1024 * 1024, 1024),
  LEHR_LIMIT_LIVE_TAIL_ROWS: count(1000, 100_000),
  LEHR_LIMIT_LIVE_REPLAYS: count(4, 64),
  LEHR_LIMIT_LIVE_REPLAY_PAGES: count(16, 1000),
  LEHR_LIMIT_LIVE_REPLAY_BYTES: count(32 * 1024 * 1024, 1024 * 1024 * 1024, 1024),
  LEHR_LIMIT_LIVE_CONNECTIONS: count(5000, 100_000),
  LEHR_LIMIT_LIVE_CONNECTIONS_PER_PRINCIPAL: count(100, 100_000),
  LEHR_LIMIT_LIVE_SUBSCRIPTIONS_PER_CONNECTION: count(100, 10_000),
  LEHR_LIMIT_LIVE_HEARTBEAT_MS: count(1000, 10_000, 50),
  LEHR_LIMIT_LIVE_PICTURE_MS: count(250, 10_000, 50),
  LEHR_LIMIT_WS_INIT_MS: count(5000, 60_000, 100),
  LEHR_LIMIT_WS_PING_MS: count(15_000, 300_000, 100),
  LEHR_LIMIT_WS_MESSAGE_BYTES: count(1024 * 1024, 64 * 1024 * 1024, 1024),
  LEHR_LIMIT_LATE_DAYS: count(400, 3660),
  LEHR_LIMIT_SKEW_S: count(300, 86_400),
  LEHR_LIMIT_NODE_SILENCE_MS: count(5000, 3_600_000, 1000),
  LEHR_LIMIT_NODE_PARTS: count(100, 10_000),
  LEHR_LIMIT_DEAD_LETTER_SAMPLES: count(20, 1000),
  LEHR_LIMIT_CAPTURE_QUOTAS: count(100, 1000),
  LEHR_LIMIT_CAMERA_SETUPS: count(200, 10_000),
  LEHR_LIMIT_EVENT_DATA_LENGTH: count(8192, 1_048_576, 256),
  LEHR_LIMIT_LATE_PULSE_S: count(600, 86_400),
  LEHR_LIMIT_DEFECTS: count(100, 10_000),
  LEHR_LIMIT_OUTLINE_POINTS: count(1000, 100_000),
  LEHR_LIMIT_SIGNALS: count(100, 10_000),
  LEHR_LIMIT_SIGNALS_LENGTH: count(32_768, 1_048_576, 256),
  LEHR_LIMIT_STATS_BUCKETS: count(11_000, 1_000_000),
  LEHR_LIMIT_STATS_LINES: count(500, 10_000),
  LEHR_LIMIT_ROLLUP_HOURS: count(24, 1000),
  LEHR_LIMIT_ROLLUP_STEPS: count(500, 100_000),
  LEHR_LIMIT_CORRECTION_ROWS: count(100_000, 1_000_000),
  LEHR_LIMIT_EXPORT_ROWS: count(50_000_000, 1_000_000_000),
  LEHR_LIMIT_EXPORT_PART_ROWS: count(250_000, 1_000_000),
  LEHR_LIMIT_EXPORT_PAGE_ROWS: count(2000, 10_000),
  LEHR_LIMIT_EXPORTS_OPEN: count(5, 100),
  LEHR_LIMIT_EXPORT_DAYS: count(7, 365),
  LEHR_LIMIT_IMPORT_BYTES: count(64 * 1024 ** 3, 16 * 1024 ** 4, 1024),
  LEHR_LIMIT_IMPORT_FILES: count(1_000_000, 10_000_000),
  LEHR_LIMIT_IMPORT_LABEL_BYTES: count(256 * 1024 ** 2, 1024 ** 3, 1024),
  LEHR_LIMIT_IMPORT_UPLOADS: count(10, 1000),
  LEHR_LIMIT_IMPORTS_OPEN: count(5, 100),
  LEHR_LIMIT_IMPORT_CLASSES: count(1000, 10_000),
  LEHR_LIMIT_LEFT_OUT: count(1000, 100_000),
  LEHR_LIMIT_PARTITION_DAYS_AHEAD: count(14, 60),
  LEHR_LIMIT_SHIFTS: count(50, 1000),
  LEHR_LIMIT_SHIFT_CHECK_MS: count(15_000, 600_000),
  LEHR_LIMIT_YAML_DEPTH: count(20, 100, 10),
  LEHR_LIMIT_YAML_TOKENS: count(600_000, 50_000_000, 100),
  LEHR_LIMIT_PLANT_MODEL_BYTES: count(2 * 1024 * 1024, 64 * 1024 * 1024, 1024),
  LEHR_LIMIT_PLANT_MODEL_PARTS: count(20_000, 1_000_000, 10),
  LEHR_LIMIT_FIRST_CODE_HOURS: count(24, 720),
  LEHR_LIMIT_ENROLMENT_CODE_HOURS: count(24, 720),
  LEHR_LIMIT_PASSWORD_RESET_HOURS: count(24, 720),
  LEHR_LIMIT_NODE_KEY_GRACE_MIN: count(60, 10_080),
  LEHR_LIMIT_JOB_RECOUNTS: count(500, 100_000),
  LEHR_LIMIT_JOB_RECOUNT_DELAY_MS: count(30_000, 3_600_000, 1),
  LEHR_LIMIT_ALARM_SHELF_MIN: count(480, 1440),
  LEHR_LIMIT_ALARMS_PER_CALL: count(100, 1000),
  LEHR_LIMIT_ALARMS_SHOWN: count(50, 1000),
  LEHR_LIMIT_ALARM_CHANGES: count(50, 1000),
  LEHR_LIMIT_ALARM_STEPS: count(500, 10_000),
  LEHR_LIMIT_DEFECT_CLASSES: count(60, 200),
  LEHR_LIMIT_DEFECT_EXAMPLES: count(24, 200),
  LEHR_LIMIT_LABEL_REGIONS: count(200, 5000),
  LEHR_LIMIT_SKETCH_LENGTH: count(1_000_000, 16_000_000, 1000),
  LEHR_LIMIT_REVIEW_CLAIMS: count(20, 200),
  LEHR_LIMIT_REVIEW_CLAIM_S: count(300, 86_400),
  LEHR_LIMIT_REVIEW_OPEN: count(10_000, 1_000_000),
  LEHR_LIMIT_REVIEW_QUEUE: count(1000, 100_000),
  LEHR_LIMIT_REVIEW_STEP: count(200, 10_000),
  LEHR_LIMIT_KNOWN_ANSWERS: count(1000, 100_000),
  LEHR_LIMIT_AGREEMENT_IMAGES: count(5000, 100_000),
  LEHR_LIMIT_MEASURE_BATCH: count(16, 1000),
  LEHR_LIMIT_JUDGED_IMAGES: count(100_000, 1_000_000, 10),
  LEHR_LIMIT_JUDGE_AFTER: count(50, 100_000),
  LEHR_LIMIT_MAP_IMAGES: count(100_000, 1_000_000, 4),
  LEHR_LIMIT_MAP_POINTS: count(100_000, 1_000_000),
  LEHR_LIMIT_SIMILAR_IMAGES: count(100, 1000),
  LEHR_LIMIT_SIMILAR_SEARCHED: count(5000, 100_000),
  LEHR_LIMIT_POOL_PLACE_ROWS: count(1000, 10_000),
  LEHR_LIMIT_POOL_COUNT: count(1000, 1_000_000),
  LEHR_LIMIT_POOL_FACET_IMAGES: count(10_000, 1_000_000),
  LEHR_LIMIT_POOL_IDS: count(1000, 10_000),
  LEHR_LIMIT_POOL_LASSO_POINTS: count(1000, 10_000, 3),
  LEHR_LIMIT_POOL_TAGS: count(50, 1000),
  LEHR_LIMIT_POOL_TAGGED: count(10_000, 1_000_000),
  LEHR_LIMIT_POOL_VIEWS: count(200, 10_000),
  LEHR_LIMIT_RETENTION_IMAGES: count(1_000_000, 100_000_000),
});

export type Config = ReturnType<typeof readConfig>;

/** Reads and checks the environment. Throws one error that names every wrong variable, its value and what it may be. */
export function readConfig(env: Record<string, string | undefined> = process.env) {
  const parsed = environment.safeParse(Object.fromEntries(Object.entries(env).filter(([, value]) => value !== '')));
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => {
      const name = issue.path.join('.');
      return `${name}="${env[name] ?? ''}": ${issue.message}`;
    });
    throw new Error(`Configuration refused. ${wrong.join('; ')}`);
  }
  const value = parsed.data;
  return {
    host: value.HOST,
    port: value.PORT,
    home: resolve(value.LEHR_HOME),
    databaseUrl: value.DATABASE_URL ?? null,
    worker: value.LEHR_WORKER,
    hasParent: value.LEHR_PARENT === '1',
    logLevel: value.LEHR_LOG,
    /** Folders below it can be imported without being sent; null: none can. */
    importDir: value.LEHR_IMPORT_DIR === undefined ? null : resolve(value.LEHR_IMPORT_DIR),
    /** Where people reach the server when it stands behind another; decides whether cookies are for https only. */
    publicUrl: value.LEHR_PUBLIC_URL ?? null,
    /** At least 32 bytes that sign sessions, for several servers behind a balancer; null: the home keeps its own. */
    sessionKey:
      value.LEHR_SESSION_KEY === undefined ? null : new Uint8Array(Buffer.from(value.LEHR_SESSION_KEY, 'base64')),
    /** Roles (and `anonymous`) that may send documents of their own; everybody else runs stored operations only. */
    freeQueries: value.LEHR_FREE_QUERIES,
    /** Files beside schema/operations.json, such as those of edge nodes and screens of another version. */
    operationFiles: value.LEHR_OPERATIONS?.split(',').map((name) => resolve(name.trim())) ?? [],
    /** Whose X-Forwarded-For is believed. */
    trustedProxies: value.LEHR_TRUSTED_PROXIES,
    /** An image whose quality score is below this counts as flagged. */
    flags: {
      blurred: value.LEHR_FLAG_BLURRED,
      dark: value.LEHR_FLAG_DARK,
      bright: value.LEHR_FLAG_BRIGHT,
      lowInformation: value.LEHR_FLAG_LOW_INFORMATION,
      outlier: value.LEHR_FLAG_OUTLIER,
      labelError: value.LEHR_FLAG_LABEL_ERROR,
      leak: value.LEHR_FLAG_LEAK,
    },
    limits: {
      /** Rows of a page when the caller does not say, and the most one can ask for. */
      pageSize: value.LEHR_LIMIT_PAGE_SIZE,
      maxPageSize: value.LEHR_LIMIT_MAX_PAGE_SIZE,
      /** Keys in one statement of a loader. */
      loaderBatch: value.LEHR_LIMIT_LOADER_BATCH,
      bodyBytes: value.LEHR_LIMIT_BODY_BYTES,
      queryTokens: value.LEHR_LIMIT_QUERY_TOKENS,
      queryDepth: value.LEHR_LIMIT_QUERY_DEPTH,
      queryFields: value.LEHR_LIMIT_QUERY_FIELDS,
      /** Fields under another name in one operation, and times that one field of one object may be asked for. */
      queryAliases: value.LEHR_LIMIT_QUERY_ALIASES,
      querySameField: value.LEHR_LIMIT_QUERY_SAME_FIELD,
      queryDirectives: value.LEHR_LIMIT_QUERY_DIRECTIVES,
      /** Points of one operation, about one an object (server/graphql/query-cost.ts), and how long a list without pages is taken to be. */
      queryCost: value.LEHR_LIMIT_QUERY_COST,
      queryAssumedList: value.LEHR_LIMIT_QUERY_ASSUMED_LIST,
      /**
       * Points a minute. A node has more than any person: about one a result it sends, so that the standard lets some 90,000
       * results a second pass and only the database bounds how fast an outbox empties. Anonymous callers share their address's.
       */
      ratePerPrincipal: value.LEHR_LIMIT_RATE_PER_PRINCIPAL,
      ratePerEdgeNode: value.LEHR_LIMIT_RATE_PER_EDGE_NODE,
      ratePerAddress: value.LEHR_LIMIT_RATE_PER_ADDRESS,
      /** Callers whose rate is remembered. */
      rateBuckets: value.LEHR_LIMIT_RATE_BUCKETS,
      documentsCached: value.LEHR_LIMIT_DOCUMENTS_CACHED,
      /** Items in one call of an edge node: results, events, counts, revisions. */
      recordItems: value.LEHR_LIMIT_RECORD_ITEMS,
      /** Images of one dataset version, and in one `addDatasetItems`. */
      datasetItems: value.LEHR_LIMIT_DATASET_ITEMS,
      datasetItemsPerCall: value.LEHR_LIMIT_DATASET_ITEMS_PER_CALL,
      /** Pairs that a refusal to freeze names. */
      datasetLeaksNamed: value.LEHR_LIMIT_DATASET_LEAKS_NAMED,
      /** Of one check: pairs that leak, images whose looks are compared, and images that are listed for each trap. */
      datasetCheckLeaks: value.LEHR_LIMIT_DATASET_CHECK_LEAKS,
      datasetCheckVectors: value.LEHR_LIMIT_DATASET_CHECK_VECTORS,
      datasetCheckIssues: value.LEHR_LIMIT_DATASET_CHECK_ISSUES,
      imageBytes: value.LEHR_LIMIT_IMAGE_BYTES,
      imagePixels: value.LEHR_LIMIT_IMAGE_PIXELS,
      thumbnailsAtOnce: value.LEHR_LIMIT_THUMBNAILS_AT_ONCE,
      uploadsAtOnce: value.LEHR_LIMIT_UPLOADS_AT_ONCE,
      requestMs: value.LEHR_LIMIT_REQUEST_MS,
      statementMs: value.LEHR_LIMIT_STATEMENT_MS,
      /** Connections to PostgreSQL of this process; the embedded database has one. */
      connections: value.LEHR_LIMIT_CONNECTIONS,
      signInAttempts: value.LEHR_LIMIT_SIGN_IN_ATTEMPTS,
      signInWindowMs: value.LEHR_LIMIT_SIGN_IN_WINDOW_S * 1000,
      sessionMs: value.LEHR_LIMIT_SESSION_HOURS * 3_600_000,
      /** What these bound is said in server/live/limits.ts and server/graphql/websocket.ts. */
      replayPage: value.LEHR_LIMIT_REPLAY_PAGE,
      livePayloadItems: value.LEHR_LIMIT_LIVE_PAYLOAD_ITEMS,
      liveBufferedBytes: value.LEHR_LIMIT_LIVE_BUFFERED_BYTES,
      liveTailRows: value.LEHR_LIMIT_LIVE_TAIL_ROWS,
      liveReplays: value.LEHR_LIMIT_LIVE_REPLAYS,
      liveReplayPages: value.LEHR_LIMIT_LIVE_REPLAY_PAGES,
      liveReplayBytes: value.LEHR_LIMIT_LIVE_REPLAY_BYTES,
      liveConnections: value.LEHR_LIMIT_LIVE_CONNECTIONS,
      liveConnectionsPerPrincipal: value.LEHR_LIMIT_LIVE_CONNECTIONS_PER_PRINCIPAL,
      liveSubscriptionsPerConnection: value.LEHR_LIMIT_LIVE_SUBSCRIPTIONS_PER_CONNECTION,
      liveHeartbeatMs: value.LEHR_LIMIT_LIVE_HEARTBEAT_MS,
      livePictureMs: value.LEHR_LIMIT_LIVE_PICTURE_MS,
      wsInitMs: value.LEHR_LIMIT_WS_INIT_MS,
      wsPingMs: value.LEHR_LIMIT_WS_PING_MS,
      wsMessageBytes: value.LEHR_LIMIT_WS_MESSAGE_BYTES,
      /** How old a result may be when it arrives. */
      lateMs: value.LEHR_LIMIT_LATE_DAYS * 86_400_000,
      /** How far a node's clock may run ahead of the server's. */
      skewMs: value.LEHR_LIMIT_SKEW_S * 1000,
      /** A node that says nothing for so long is down. */
      nodeSilenceMs: value.LEHR_LIMIT_NODE_SILENCE_MS,
      /** Cameras, machines and gates in the report of one node, each; and samples of what it was refused. */
      nodeParts: value.LEHR_LIMIT_NODE_PARTS,
      deadLetterSamples: value.LEHR_LIMIT_DEAD_LETTER_SAMPLES,
      /** Quotas of a plant that are open at once: every kept image is held against each. */
      captureQuotas: value.LEHR_LIMIT_CAPTURE_QUOTAS,
      /** Recipes that a camera looks at in a way of their own. */
      cameraSetups: value.LEHR_LIMIT_CAMERA_SETUPS,
      /** Length of the JSON text that an event of a node carries. */
      eventDataLength: value.LEHR_LIMIT_EVENT_DATA_LENGTH,
      /** How long after it something that happened at a moment, such as a rejection that was not confirmed, is still an alarm. */
      latePulseMs: value.LEHR_LIMIT_LATE_PULSE_S * 1000,
      /** Of one inspection; an outline's points are pairs. */
      defects: value.LEHR_LIMIT_DEFECTS,
      outlinePoints: value.LEHR_LIMIT_OUTLINE_POINTS,
      /** Signals of a machine in one inspection or report, and the length of their JSON text. */
      signals: value.LEHR_LIMIT_SIGNALS,
      signalsLength: value.LEHR_LIMIT_SIGNALS_LENGTH,
      /** Rows of one answer of statistics: a week of minutes fits. */
      statsBuckets: value.LEHR_LIMIT_STATS_BUCKETS,
      /** Lines named in one question of statistics. */
      statsLines: value.LEHR_LIMIT_STATS_LINES,
      /** Hours of a line that are rolled up in one transaction, for which its writers wait, and transactions of one turn. */
      rollupHours: value.LEHR_LIMIT_ROLLUP_HOURS,
      rollupSteps: value.LEHR_LIMIT_ROLLUP_STEPS,
      /** Inspections of one `correctProduction`. */
      correctionRows: value.LEHR_LIMIT_CORRECTION_ROWS,
      /** Rows of an export, of each of its files, and of one read; open exports of a plant; days that its files are kept. */
      exportRows: value.LEHR_LIMIT_EXPORT_ROWS,
      exportPartRows: value.LEHR_LIMIT_EXPORT_PART_ROWS,
      exportPageRows: value.LEHR_LIMIT_EXPORT_PAGE_ROWS,
      exportsOpen: value.LEHR_LIMIT_EXPORTS_OPEN,
      exportMs: value.LEHR_LIMIT_EXPORT_DAYS * 86_400_000,
      /** Bytes of a set that comes in, packed and unpacked; its files; bytes of one file with labels. */
      importBytes: value.LEHR_LIMIT_IMPORT_BYTES,
      importFiles: value.LEHR_LIMIT_IMPORT_FILES,
      importLabelBytes: value.LEHR_LIMIT_IMPORT_LABEL_BYTES,
      /** Archives of a plant that lie on the server, imports of it that are not finished, and classes that one maps. */
      importUploads: value.LEHR_LIMIT_IMPORT_UPLOADS,
      importsOpen: value.LEHR_LIMIT_IMPORTS_OPEN,
      importClasses: value.LEHR_LIMIT_IMPORT_CLASSES,
      /** What an export leaves out, as far as it is listed beside its count; its archive has all of it. */
      leftOut: value.LEHR_LIMIT_LEFT_OUT,
      partitionDaysAhead: value.LEHR_LIMIT_PARTITION_DAYS_AHEAD,
      /** Shifts of a plant that are in use. */
      shifts: value.LEHR_LIMIT_SHIFTS,
      /** How long the shifts of a plant may be compared with one another, in a thread of their own. */
      shiftCheckMs: value.LEHR_LIMIT_SHIFT_CHECK_MS,
      /** Lists and maps within one another, and what a parser takes one by one, of a YAML file: a plant model, or data.yaml of a set. */
      yamlDepth: value.LEHR_LIMIT_YAML_DEPTH,
      yamlTokens: value.LEHR_LIMIT_YAML_TOKENS,
      /** Size of a plant model file, and parts in it. */
      plantModelBytes: value.LEHR_LIMIT_PLANT_MODEL_BYTES,
      plantModelParts: value.LEHR_LIMIT_PLANT_MODEL_PARTS,
      /** How long one-time codes are good: of the first administrator's link, of a node's enrolment, of a new password. */
      firstCodeMs: value.LEHR_LIMIT_FIRST_CODE_HOURS * 3_600_000,
      enrolmentCodeMs: value.LEHR_LIMIT_ENROLMENT_CODE_HOURS * 3_600_000,
      passwordResetMs: value.LEHR_LIMIT_PASSWORD_RESET_HOURS * 3_600_000,
      /** How long a node's key stays good after the next one was announced and not yet used. */
      nodeKeyGraceMs: value.LEHR_LIMIT_NODE_KEY_GRACE_MIN * 60_000,
      /** Ended jobs counted again in one turn for results that came late, and how long a turn waits for more of them. */
      jobRecounts: value.LEHR_LIMIT_JOB_RECOUNTS,
      jobRecountDelayMs: value.LEHR_LIMIT_JOB_RECOUNT_DELAY_MS,
      /** How long a person may shelve an alarm at most. */
      alarmShelfMin: value.LEHR_LIMIT_ALARM_SHELF_MIN,
      /** Alarms in one `acknowledgeAlarms`. */
      alarmsPerCall: value.LEHR_LIMIT_ALARMS_PER_CALL,
      /** Alarms on the live list of a plant and on a line, the highest first; the rest is counted. */
      alarmsShown: value.LEHR_LIMIT_ALARMS_SHOWN,
      /** Newest transitions that an alarm's history gives. */
      alarmChanges: value.LEHR_LIMIT_ALARM_CHANGES,
      /** Alarms whose delays, pulses and shelves end in one transaction. */
      alarmSteps: value.LEHR_LIMIT_ALARM_STEPS,
      /** Classes of a version of the defect book, and boundary examples of a class. */
      defectClasses: value.LEHR_LIMIT_DEFECT_CLASSES,
      defectExamples: value.LEHR_LIMIT_DEFECT_EXAMPLES,
      /** Regions of one annotation, and the length of a sketch as JSON. */
      labelRegions: value.LEHR_LIMIT_LABEL_REGIONS,
      sketchLength: value.LEHR_LIMIT_SKETCH_LENGTH,
      /** Items of the queue that a person holds at once, and how long nobody else gets them. */
      reviewClaims: value.LEHR_LIMIT_REVIEW_CLAIMS,
      reviewClaimMs: value.LEHR_LIMIT_REVIEW_CLAIM_S * 1000,
      /** Images sent to the queue in one act. */
      reviewOpen: value.LEHR_LIMIT_REVIEW_OPEN,
      /** Images that the queue of a plant fills itself up with, and how many are weighed in one step. */
      reviewQueue: value.LEHR_LIMIT_REVIEW_QUEUE,
      reviewStep: value.LEHR_LIMIT_REVIEW_STEP,
      /** Images of a plant whose answer is known and asked again. */
      knownAnswers: value.LEHR_LIMIT_KNOWN_ANSWERS,
      /** Images with several opinions that figures of agreement are taken from, the newest. */
      agreementImages: value.LEHR_LIMIT_AGREEMENT_IMAGES,
      /** Images that are measured, and compared with their neighbours, before the next look at what else waits. */
      measureBatch: value.LEHR_LIMIT_MEASURE_BATCH,
      /** Labelled images of a plant that are looked through for wrong labels, and new decisions after which that is done again before the night. */
      judgedImages: value.LEHR_LIMIT_JUDGED_IMAGES,
      judgeAfter: value.LEHR_LIMIT_JUDGE_AFTER,
      /** Images that a plant's map is laid out with (the others are put among them), and points of one answer. */
      mapImages: value.LEHR_LIMIT_MAP_IMAGES,
      mapPoints: value.LEHR_LIMIT_MAP_POINTS,
      /** Images in one answer of `similarImages`, and neighbours that are looked through for those that its filter names. */
      similarImages: value.LEHR_LIMIT_SIMILAR_IMAGES,
      similarSearched: value.LEHR_LIMIT_SIMILAR_SEARCHED,
      /** Results of a line that are looked through for images in one transaction. */
      poolPlaceRows: value.LEHR_LIMIT_POOL_PLACE_ROWS,
      /** How far images of the pool are counted, and of how many it is said what they are made of. */
      poolCount: value.LEHR_LIMIT_POOL_COUNT,
      poolFacetImages: value.LEHR_LIMIT_POOL_FACET_IMAGES,
      /** Images named in one filter or act, values of one list of a filter, and corners of a lasso. */
      poolIds: value.LEHR_LIMIT_POOL_IDS,
      poolLassoPoints: value.LEHR_LIMIT_POOL_LASSO_POINTS,
      /** Tags of one image, images tagged in one act, saved views of one person in a plant. */
      poolTags: value.LEHR_LIMIT_POOL_TAGS,
      poolTagged: value.LEHR_LIMIT_POOL_TAGGED,
      poolViews: value.LEHR_LIMIT_POOL_VIEWS,
      /** Images that one run of retention names. */
      retentionImages: value.LEHR_LIMIT_RETENTION_IMAGES,
    },
  };
}
