/** What the hub needs to know of a stream: dense positions, read in order. The modules that own the rows implement it. */

export type StreamKind = 'inspection' | 'event';

export interface StreamKey {
  kind: StreamKind;
  /** The line's id for inspections, the plant's for events. */
  id: string;
}

export interface StreamRow {
  position: number;
}

export interface StreamHead {
  /** Rows below it have been removed by retention. */
  firstPosition: number;
  /** What the next row gets; every row below it is committed, for positions are taken in commit order. */
  nextPosition: number;
}

export interface StreamSource<Row extends StreamRow = StreamRow> {
  /** Rows with a position above `afterPosition`, in position order, at most `limit`. */
  read(id: string, afterPosition: number, limit: number): Promise<Row[]>;
}

/** Heads by `streamName`, in one statement for all keys. A stream that does not exist is absent. */
export type ReadHeads = (keys: readonly StreamKey[]) => Promise<ReadonlyMap<string, StreamHead>>;

export function streamName({ kind, id }: StreamKey): string {
  return `${kind}:${id}`;
}
