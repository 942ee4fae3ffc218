/** Where each limit of the configuration is shown at its edge, when it is not in `edges.ts`; or why nothing is refused by it. */

/** By variable: the test that takes exactly the limit and has one more refused. It must name the variable or its key. */
export const shownElsewhere: Readonly<Record<string, string>> = {
  LEHR_LIMIT_RATE_PER_PRINCIPAL: 'test/server/graphql/doors.test.ts',
  LEHR_LIMIT_RATE_PER_EDGE_NODE: 'test/server/graphql/doors.test.ts',
  LEHR_LIMIT_RATE_PER_ADDRESS: 'test/server/http/client-address.test.ts',
  LEHR_LIMIT_DATASET_ITEMS: 'test/server/datasets/datasets.test.ts',
  LEHR_LIMIT_DATASET_ITEMS_PER_CALL: 'test/server/datasets/datasets.test.ts',
  LEHR_LIMIT_IMAGE_BYTES: 'test/server/http/images.test.ts',
  LEHR_LIMIT_IMAGE_PIXELS: 'test/server/http/images.test.ts',
  LEHR_LIMIT_SIGN_IN_ATTEMPTS: 'test/server/access/sign-in.test.ts',
  LEHR_LIMIT_STATS_BUCKETS: 'test/server/statistics/inspection-stats.test.ts',
  LEHR_LIMIT_STATS_LINES: 'test/server/statistics/inspection-stats.test.ts',
  LEHR_LIMIT_CORRECTION_ROWS: 'test/server/inspections/correct-production.test.ts',
  LEHR_LIMIT_SHIFTS: 'test/server/shifts/set-up-shifts.test.ts',
  LEHR_LIMIT_PLANT_MODEL_BYTES: 'test/server/plant-model/plant-model.test.ts',
  LEHR_LIMIT_PLANT_MODEL_PARTS: 'test/server/plant-model/plant-model.test.ts',
  LEHR_LIMIT_EXPORT_ROWS: 'test/server/exports/exports.test.ts',
  LEHR_LIMIT_EXPORTS_OPEN: 'test/server/exports/exports.test.ts',
  LEHR_LIMIT_STATEMENT_MS: 'test/server/database/open-database.test.ts',
  LEHR_LIMIT_WS_INIT_MS: 'test/server/live/protocol.test.ts',
  LEHR_LIMIT_LIVE_BUFFERED_BYTES: 'test/server/live/sharing.test.ts',
  LEHR_LIMIT_LIVE_TAIL_ROWS: 'test/server/live/events-stream.test.ts',
  LEHR_LIMIT_REPLAY_PAGE: 'test/server/live/events-stream.test.ts',
};

const size = 'says how much work is done in one step; more than it is done in more steps';
const time = 'says how long or how often something lasts or happens; nobody asks for more of it';
const wait = 'what is more waits for its turn';

/** By variable: why nobody is refused by it. */
export const refusesNobody: Readonly<Record<string, string>> = {
  LEHR_LIMIT_PAGE_SIZE: 'what a page has when the caller does not say; LEHR_LIMIT_MAX_PAGE_SIZE is the most',
  LEHR_LIMIT_QUERY_ASSUMED_LIST: 'what the cost takes a list to be; see test/server/graphql/query-cost.test.ts',
  LEHR_LIMIT_RATE_BUCKETS: 'forgets the quietest caller; see test/server/rate-limit/token-bucket.test.ts',
  LEHR_LIMIT_DOCUMENTS_CACHED: 'forgets the oldest document, which is then parsed anew',
  LEHR_LIMIT_LOADER_BATCH: size,
  LEHR_LIMIT_LIVE_PAYLOAD_ITEMS: size,
  LEHR_LIMIT_ROLLUP_HOURS: size,
  LEHR_LIMIT_ROLLUP_STEPS: size,
  LEHR_LIMIT_EXPORT_PART_ROWS: size,
  LEHR_LIMIT_EXPORT_PAGE_ROWS: size,
  LEHR_LIMIT_JOB_RECOUNTS: size,
  LEHR_LIMIT_THUMBNAILS_AT_ONCE: wait,
  LEHR_LIMIT_UPLOADS_AT_ONCE: wait,
  LEHR_LIMIT_CONNECTIONS: wait,
  LEHR_LIMIT_LIVE_REPLAYS: wait,
  LEHR_LIMIT_LIVE_REPLAY_PAGES: wait,
  LEHR_LIMIT_LIVE_REPLAY_BYTES: wait,
  LEHR_LIMIT_REQUEST_MS: time,
  LEHR_LIMIT_SIGN_IN_WINDOW_S: time,
  LEHR_LIMIT_SESSION_HOURS: time,
  LEHR_LIMIT_LIVE_HEARTBEAT_MS: time,
  LEHR_LIMIT_LIVE_PICTURE_MS: time,
  LEHR_LIMIT_WS_PING_MS: time,
  LEHR_LIMIT_NODE_SILENCE_MS: time,
  LEHR_LIMIT_PARTITION_DAYS_AHEAD: time,
  LEHR_LIMIT_FIRST_CODE_HOURS: time,
  LEHR_LIMIT_ENROLMENT_CODE_HOURS: time,
  LEHR_LIMIT_PASSWORD_RESET_HOURS: time,
  LEHR_LIMIT_NODE_KEY_GRACE_MIN: time,
  LEHR_LIMIT_JOB_RECOUNT_DELAY_MS: time,
  LEHR_LIMIT_EXPORT_DAYS: time,
};
