/** What a subscription field's `subscribe` gives: a description of the stream. The hub does the work, once for all who ask the same. */
import { GraphQLError } from 'graphql';
import type { StreamKey, StreamRow } from './stream-source.ts';

/** What a lossless field resolves from. */
export interface LosslessPayload<Row> {
  cursor: string;
  /** Empty in a heartbeat, which still moves the cursor. */
  items: readonly Row[];
  sentAt: Date;
}

/** What a picture field resolves from. */
export interface Picture<Subject> {
  subject: Subject;
  /** Pictures that were conflated away since the last one sent. */
  skipped: number;
  sentAt: Date;
  /** Where `skipped` stands in the result; its resolver notes it, so that a slow reader's own count can be put there. */
  skippedPaths: (readonly (string | number)[])[];
}

/** graphql-js asks for something to iterate over; only the hub can, so every other door is told so. */
abstract class LiveSource<Payload> implements AsyncIterable<Payload> {
  [Symbol.asyncIterator](): AsyncIterator<Payload> {
    throw new GraphQLError(
      'Subscriptions are served over WebSocket only: ws /graphql with the subprotocol graphql-transport-ws.',
      {
        extensions: { code: 'BAD_REQUEST' },
      },
    );
  }
}

export interface LosslessOptions<Row> {
  stream: StreamKey;
  /** A cursor to resume after; without it the stream begins now. */
  after?: string | null | undefined;
  /** Rows that it refuses are passed over, but still move the cursor. Must depend on the operation's variables only. */
  accepts?: (row: Row) => boolean;
}

/** Every row in position order, from the cursor on, none skipped. */
export class LosslessSource<Row extends StreamRow> extends LiveSource<LosslessPayload<Row>> {
  readonly stream: StreamKey;
  readonly after: string | undefined;
  readonly accepts: (row: Row) => boolean;

  constructor({ stream, after, accepts }: LosslessOptions<Row>) {
    super();
    this.stream = stream;
    this.after = after ?? undefined;
    this.accepts = accepts ?? (() => true);
  }
}

/** The newest state, conflated to a few pictures a second. */
export class PictureSource<Subject> extends LiveSource<Picture<Subject>> {
  readonly subject: Subject;
  /** A touch of any of them asks for a new picture; see `Hub.touch`. */
  readonly topics: readonly string[];

  constructor(subject: Subject, topics: readonly string[]) {
    super();
    this.subject = subject;
    this.topics = topics;
  }
}
