/**
 * Subscriptions over one WebSocket that come back by themselves, for ever: after a restart of the server, a lost network, a
 * socket that froze. Each return asks for the variables anew, so that a lossless stream goes on from its latest cursor.
 */
import type { TadaDocumentNode } from 'gql.tada';
import { createClient } from 'graphql-ws';
import { backOffMs } from './back-off.ts';
import { NOT_STORED, storedOperation } from './stored-operation.ts';

/** Every stream of the server speaks at least once a second; this much silence means that the socket is dead. */
const SILENCE_MS = 5_000;

/** Keeps the socket over a change of screens. */
const IDLE_CLOSE_MS = 3_000;

export interface LiveFailure {
  /** `extensions.code` of the server's refusal; undefined when the connection was lost. */
  code: string | undefined;
  message: string | undefined;
}

export interface LiveSubscription<Data, Variables> {
  document: TadaDocumentNode<Data, Variables>;
  /** Read at each attempt. */
  variables: () => Variables;
  next: (data: Data) => void;
  failed?: (failure: LiveFailure) => void;
}

export interface LiveClient {
  /** Follows until the returned function is called. */
  follow<Data, Variables>(subscription: LiveSubscription<Data, Variables>): () => void;
  dispose(): void;
}

interface LiveClientOptions {
  url: string;
  /** Asked before each new attempt: false when the session is gone, and the attempts end. */
  hasSession: () => Promise<boolean>;
  /** A new connection stands. */
  connected: () => void;
  /** The server does not know what this screen says. */
  outdated: () => void;
}

export function makeLiveClient(options: LiveClientOptions): LiveClient {
  let heardAt = performance.now();
  const client = createClient({
    url: options.url,
    lazyCloseTimeout: IDLE_CLOSE_MS,
    connectionAckWaitTimeout: SILENCE_MS,
    // Attempts are made here, one subscription at a time: the library's own would send the old cursor again.
    retryAttempts: 0,
    on: {
      connected: options.connected,
      message: () => {
        heardAt = performance.now();
      },
    },
  });

  function follow<Data, Variables>(subscription: LiveSubscription<Data, Variables>): () => void {
    const extensions = { persistedQuery: storedOperation(subscription.document) };
    let isStopped = false;
    let failures = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let leave = () => {};

    function attempt() {
      let isOver = false;
      const fail = (failure: LiveFailure) => {
        if (isOver) return;
        isOver = true;
        leave();
        if (isStopped) return;
        if (failure.code === NOT_STORED) options.outdated();
        subscription.failed?.(failure);
        clearTimeout(timer);
        timer = setTimeout(retry, backOffMs(failures, Math.random()));
        failures += 1;
      };
      const listenForSilence = () => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          fail({ code: undefined, message: undefined });
          if (performance.now() - heardAt >= SILENCE_MS) client.terminate();
        }, SILENCE_MS);
      };

      listenForSilence();
      leave = client.subscribe<Data>(
        // without its text: the hash says which
        { query: '', extensions, variables: subscription.variables() as Record<string, unknown> },
        {
          next: (result) => {
            if (isOver) return;
            const error = result.errors?.[0];
            if (error || !result.data) return fail(failureOf(error));
            failures = 0;
            listenForSilence();
            subscription.next(result.data);
          },
          error: (cause) => fail(failureOf(Array.isArray(cause) ? cause[0] : undefined)),
          complete: () => fail({ code: undefined, message: undefined }),
        },
      );
    }

    async function retry() {
      const hasSession = await options.hasSession();
      if (hasSession && !isStopped) attempt();
    }

    attempt();
    return () => {
      isStopped = true;
      clearTimeout(timer);
      leave();
    };
  }

  return {
    follow,
    dispose: () => void client.dispose(),
  };
}

function failureOf(error: unknown): LiveFailure {
  if (typeof error !== 'object' || error === null) return { code: undefined, message: undefined };
  const message = 'message' in error && typeof error.message === 'string' ? error.message : undefined;
  const extensions = 'extensions' in error ? error.extensions : undefined;
  const code =
    typeof extensions === 'object' && extensions !== null && 'code' in extensions ? String(extensions.code) : undefined;
  return { code, message };
}
