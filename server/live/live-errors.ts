/** Why a live stream is refused or ended, as the subscriber reads it: GraphQL errors with a code, never masked. */
import { GraphQLError } from 'graphql';
import { encodeCursor } from './stream-cursor.ts';
import type { StreamHead, StreamKey } from './stream-source.ts';

/** Rows after `position` were removed by retention. `firstCursor` resumes at the first row that is still there. */
export function cursorExpired(stream: StreamKey, position: number, { firstPosition }: StreamHead): GraphQLError {
  const message =
    `CursorExpired: after points to position ${position}, but the stream begins at ${firstPosition} now. ` +
    'Resume with extensions.firstCursor and read what was missed from the archive.';
  const firstCursor = encodeCursor(stream, firstPosition - 1);
  return new GraphQLError(message, { extensions: { code: 'CURSOR_EXPIRED', field: 'after', firstCursor } });
}

export function cursorAhead(position: number, { nextPosition }: StreamHead): GraphQLError {
  return invalidCursor(
    `after points to position ${position}, but the stream ends at ${nextPosition - 1}: it comes from another database or from before a restore. Subscribe without after`,
  );
}

export function cursorMalformed(cursor: string): GraphQLError {
  const shown = cursor.length > 100 ? `${cursor.slice(0, 100)}…` : cursor;
  return invalidCursor(
    `after is "${shown}", which is no cursor of this server. Pass back a cursor exactly as it was received, or none`,
  );
}

export function cursorOfOtherStream(): GraphQLError {
  return invalidCursor(
    'after is the cursor of another stream. Pass a cursor that came from this very subscription field and line or plant',
  );
}

export function streamNotFound({ kind, id }: StreamKey): GraphQLError {
  return new GraphQLError(`There is no ${kind} stream ${id}`, { extensions: { code: 'NOT_FOUND' } });
}

/** A finite limit was reached; `limit` is its key in the configuration, and its variable is told. */
export function limitReached(what: string, limit: string, value: number): GraphQLError {
  const variable = `LEHR_LIMIT_${limit.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
  return new GraphQLError(`${what}: at most ${value} (${variable}). End one first`, {
    extensions: { code: 'LIMIT_REACHED', limit: variable, value: value + 1, most: value, remedy: 'End one first' },
  });
}

export function rightsChanged(): GraphQLError {
  return new GraphQLError('The rights of this connection have changed or ended. Connect again', {
    extensions: { code: 'RIGHTS_CHANGED' },
  });
}

export function deliveryFailed(): GraphQLError {
  const message =
    'The server could not read the next part of the stream. Nothing was skipped: resume with the last cursor';
  return new GraphQLError(message, { extensions: { code: 'DELIVERY_FAILED' } });
}

function invalidCursor(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'INVALID_CURSOR', field: 'after' } });
}
