/** Where a subscriber's payloads go: one operation on one connection. */
import type { GraphQLError } from 'graphql';

/** One serialised execution result, shared by all who get it. */
export class SharedPayload {
  readonly text: string;
  #bytes: Buffer | undefined;

  constructor(result: unknown) {
    this.text = JSON.stringify(result);
  }

  /** Encoded once, when the first subscriber is sent to. */
  get bytes(): Buffer {
    this.#bytes ??= Buffer.from(this.text, 'utf8');
    return this.#bytes;
  }
}

export interface Sink {
  /** Bytes that the network has not taken yet, of the whole connection. */
  readonly bufferedBytes: number;
  next(payload: SharedPayload): void;
  /** Ends the operation. */
  error(errors: readonly GraphQLError[]): void;
  /** Resolves when what is buffered now has been taken, or the connection has ended. */
  drained(): Promise<void>;
}
