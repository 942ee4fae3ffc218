/** What edge nodes tell of themselves beyond their status. */
export interface NodeEventTable {
  plant_id: string;
  /** Also of the event in the plant's log. */
  id: string;
  /** SHA-256 of the canonical input. */
  content_hash: Buffer;
}

export interface NodeConditionTable {
  source_id: string;
  type: string;
  /** By the clock of the node. */
  observed_at: Date;
}

export interface NodeEventsTables {
  node_event: NodeEventTable;
  node_condition: NodeConditionTable;
}
