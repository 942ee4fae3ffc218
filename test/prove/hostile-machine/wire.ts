/** The network between node and controller: a relay that can stop everything on the way, or let nobody through. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Switches } from './machine-messages.ts';

export interface Wire {
  readonly port: number;
  set(state: Switches['wire']): void;
  dropConnections(): void;
  stop(): Promise<void>;
}

interface Pair {
  near: Socket;
  far: Socket;
}

export async function startWire(targetPort: () => number): Promise<Wire> {
  const pairs = new Set<Pair>();
  let state: Switches['wire'] = 'open';
  const server: Server = createServer((near) => {
    if (state === 'cut') return void near.resetAndDestroy();
    const pair = { near, far: connect(targetPort(), '127.0.0.1') };
    pairs.add(pair);
    for (const [from, to] of [
      [pair.near, pair.far],
      [pair.far, pair.near],
    ] as const) {
      from.setNoDelay(true);
      from.on('data', (chunk) => {
        if (!to.destroyed) to.write(chunk);
      });
      from.on('end', () => to.end());
      from.on('error', () => to.resetAndDestroy());
      from.on('close', () => {
        pairs.delete(pair);
        to.destroy();
      });
    }
    if (state === 'paused') hold(pair);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;

  return {
    port,
    set(next) {
      state = next;
      if (next === 'cut') dropConnections();
      if (next === 'paused') for (const pair of pairs) hold(pair);
      if (next === 'open') for (const { near, far } of pairs) for (const end of [near, far]) end.resume();
    },
    dropConnections,
    async stop() {
      dropConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };

  /** What is sent meanwhile waits in the computer, as it would be sent again on a network that was away. */
  function hold({ near, far }: Pair): void {
    near.pause();
    far.pause();
  }

  function dropConnections(): void {
    for (const { near, far } of pairs) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
  }
}
