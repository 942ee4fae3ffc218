/** Where a subscriber's payloads go: one operation on one connection. */
import type { GraphQLError } from 'graphql';

/** One serialised execution result, shared by all who get it. */
export class SharedPayload {
  readonly text: string;
  #closed: Buffer | undefined;

  constructor(result: unknown) {
    this.text = JSON.stringify(result);
  }

  /** The text with the brace that closes the message around it; encoded once, when the first subscriber is sent to. */
  get closed(): Buffer {
    this.#closed ??= Buffer.from(`${this.text}}`, 'utf8');
    return this.#closed;
  }
}

export interface Sink {
  /** Bytes that the network has not taken yet, of the whole connection. */
  readonly bufferedBytes: number;
  /** Hands them to the network in one go, in their order. */
  next(payloads: readonly SharedPayload[]): void;
  /** Ends the operation. */
  error(errors: readonly GraphQLError[]): void;
  /** Resolves when what is buffered now has been taken, or the connection has ended. */
  drained(): Promise<void>;
}
