/** The bounds of live delivery; the configuration holds a value for each. */

export interface LiveLimits {
  /** Rows that one read of a stream takes, hence the most items of a replayed payload. */
  replayPage: number;
  /** Most items of a live payload. */
  livePayloadItems: number;
  /** Bytes that may wait on one connection before its lossless subscribers are sent back to reading the database. */
  liveBufferedBytes: number;
  /** Newest rows of a stream that are kept in memory, so that groups a little apart share one read. */
  liveTailRows: number;
  /** Replay pages that are read and executed at the same time, over all subscribers: a storm of reconnects must leave room for ingest. */
  liveReplays: number;
  /** Pages of older rows that are kept of a stream while subscribers who resume ask for them. */
  liveReplayPages: number;
  /** Of replayed payloads that are kept for a heartbeat, over all streams, for others who resume at the same places. */
  liveReplayBytes: number;
  liveConnections: number;
  liveConnectionsPerPrincipal: number;
  liveSubscriptionsPerConnection: number;
  /** Between two looks at the heads of all streams, hence between two heartbeats. */
  liveHeartbeatMs: number;
  /** Least time between two pictures of one group. */
  livePictureMs: number;
}
