/** A `pg` client whose every statement ends: with rows, with an error, or with a time-out that names the statement. */
import pg from 'pg';

/** A statement that gave no answer in time. */
export class StatementTimeoutError extends Error {
  override name = 'StatementTimeoutError';
  constructor(statement: string, timeoutMs: number, cause?: unknown) {
    super(`No answer in ${timeoutMs} ms from the statement: ${shorten(statement)}`, { cause });
  }
}

export interface TimedClientOptions {
  statementMs: number;
  /** Learns each statement as it starts, so that a pool that runs dry can say what holds its connection. */
  onStatement(statement: string): void;
}

// pg's own statement_timeout cancels on the server first; the client's timer is for a server or a line that is gone
const graceMs = 2000;

/** The class to give to `pg.Pool`. */
export function timedClient(options: TimedClientOptions): typeof pg.Client {
  return class TimedClient extends pg.Client {
    constructor(config?: string | pg.ClientConfig) {
      super(config);
      // the pool takes its own listener off a client that it hands out: a connection that breaks in the midst of a
      // statement would end the process, though the statement itself rejects with the same error
      this.on('error', () => undefined);
    }

    // pg's overloads cannot be restated; only the form that Kysely and our adapter use is timed
    override query(...args: never[]): never {
      const [text, values] = args as unknown[];
      const name = typeof text === 'string' ? statementName(text) : undefined;
      const running: unknown =
        name === undefined
          ? super.query(...(args as unknown as Parameters<pg.Client['query']>))
          : super.query({ name, text: text as string, values: values as unknown[] });
      if (typeof text !== 'string' || !(running instanceof Promise)) return running as never;
      options.onStatement(text);
      return timed(running, text, options.statementMs) as never;
    }
  };
}

const namePattern = /^\s*\/\* name: (\w+) \*\//;

/**
 * A statement whose text begins with such a comment is prepared once for each connection: its text must never change, so
 * that only values differ. For the few that run many times a second.
 */
function statementName(text: string): string | undefined {
  return namePattern.exec(text)?.[1];
}

async function timed(running: Promise<unknown>, statement: string, statementMs: number): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((_, reject) => {
    timer = setTimeout(
      () => reject(new StatementTimeoutError(statement, statementMs + graceMs)),
      statementMs + graceMs,
    );
  });
  try {
    return await Promise.race([running, late]);
  } catch (error) {
    if (isCancelled(error)) throw new StatementTimeoutError(statement, statementMs, error);
    throw error;
  } finally {
    clearTimeout(timer);
    running.catch(() => undefined);
  }
}

/** query_canceled: the server ended the statement because of its `statement_timeout`. */
function isCancelled(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '57014';
}

const longestStatement = 300;

export function shorten(statement: string): string {
  const line = statement.replaceAll(/\s+/g, ' ').trim();
  return line.length > longestStatement ? `${line.slice(0, longestStatement)}…` : line;
}
