/** Subscriptions over graphql-transport-ws (enisdenjo/graphql-ws, PROTOCOL.md), one connection until it breaks. */
import { WebSocket } from 'ws';

export interface Subscription {
  id: string;
  query: string;
  variables: Record<string, unknown>;
}

/** What the server says when it refuses or ends a stream. */
export interface StreamError {
  id: string;
  message: string;
  code: string | undefined;
  /** With CURSOR_EXPIRED: resumes at the first item that is still there. */
  firstCursor: string | undefined;
}

export interface FollowOptions<Payload> {
  url: string;
  token: string;
  subscriptions: readonly Subscription[];
  /** A stream that is silent for longer is dead: the server beats every second. */
  silenceMs: number;
  signal: AbortSignal;
  /** Called one after the other; what it throws ends the connection. */
  onPayload(id: string, payload: Payload): void;
}

interface Message {
  type: string;
  id?: string;
  payload?: unknown;
}

/** Resolves when the connection is over, whatever the reason; never rejects. */
export function follow<Payload>(options: FollowOptions<Payload>): Promise<{ reason: string; errors: StreamError[] }> {
  const { subscriptions, silenceMs, signal } = options;
  return new Promise((resolve) => {
    const socket = new WebSocket(options.url, 'graphql-transport-ws');
    const heardMs = new Map(subscriptions.map(({ id }) => [id, performance.now()]));
    const errors: StreamError[] = [];
    const send = (message: Message) => socket.send(JSON.stringify(message));
    let isOver = false;
    const end = (reason: string) => {
      if (isOver) return;
      isOver = true;
      clearInterval(watch);
      signal.removeEventListener('abort', stop);
      // Nothing that still arrives is looked at: the next connection is asked for it again.
      socket.removeAllListeners('message');
      socket.terminate();
      resolve({ reason, errors });
    };
    const stop = () => end('stopped');
    const watch = setInterval(() => {
      const silent = [...heardMs].find(([, lastMs]) => performance.now() - lastMs > silenceMs);
      if (silent) end(`${silent[0]} has been silent for ${silenceMs} ms`);
    }, silenceMs / 5);
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();

    socket.on('open', () => send({ type: 'connection_init', payload: { authorization: `Bearer ${options.token}` } }));
    socket.on('error', (error) => end(error.message));
    socket.on('close', (code, reason) => end(`closed ${code} ${reason}`));
    socket.on('message', (data) => {
      try {
        receive(JSON.parse(String(data)));
      } catch (error) {
        end(error instanceof Error ? error.message : String(error));
      }
    });

    function receive({ type, id = '', payload }: Message): void {
      if (type === 'connection_ack') {
        for (const { id: name, query, variables } of subscriptions)
          send({ type: 'subscribe', id: name, payload: { query, variables } });
      } else if (type === 'ping') {
        send({ type: 'pong' });
      } else if (type === 'next') {
        const { data, errors: failed } = payload as { data?: Payload | null; errors?: { message: string }[] };
        if (!data || failed) throw new Error(failed?.[0]?.message ?? 'a payload without data');
        heardMs.set(id, performance.now());
        options.onPayload(id, data);
      } else if (type === 'error') {
        for (const each of payload as { message: string; extensions?: { code?: string; firstCursor?: string } }[])
          errors.push({
            id,
            message: each.message,
            code: each.extensions?.code,
            firstCursor: each.extensions?.firstCursor,
          });
        end(`${id} was ended by the server`);
      } else if (type === 'complete') {
        end(`${id} is complete`);
      }
    }
  });
}
