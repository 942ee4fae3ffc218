/** What a writer finds in the database when it opens it. */
export interface Found {
  /** The last transaction that is there. */
  head: number;
  /** Rows that should be one. */
  heads: number;
  /** Rows of transactions after the last. */
  beyond: number;
  /** Transactions of which not all rows are there. */
  incomplete: number;
  /** Rows that are not as they were written. */
  torn: number;
  /** Entries of the audit: one for each transaction. */
  audited: number;
  auditBroken: number;
}
