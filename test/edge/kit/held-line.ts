/**
 * A network between a client and a server that a test can hold: what the client sends meanwhile is kept, as the client's own operating system
 * keeps what is not acknowledged. When the client ends the connection it is still delivered; when it resets it, it is gone.
 */
import { connect, createServer, type Socket } from 'node:net';
import { createBell } from '../../../edge/wait.ts';

export interface HeldLine extends AsyncDisposable {
  port: number;
  hold(): void;
  /** Resolves when the client has ended a connection, whichever way. */
  cutOff(): Promise<void>;
  release(): void;
}

export async function openHeldLine(serverPort: number): Promise<HeldLine> {
  let isHeld = false;
  const flushes = new Set<() => void>();
  const sockets = new Set<Socket>();
  const ended = createBell();
  const server = createServer((client) => {
    const machine = connect(serverPort, '127.0.0.1');
    const waiting: Buffer[] = [];
    let isEnded = false;
    const flush = () => {
      for (const chunk of waiting.splice(0)) machine.write(chunk);
      if (isEnded) machine.end();
    };
    flushes.add(flush);
    for (const socket of [client, machine]) sockets.add(socket);
    client.on('data', (chunk) => {
      if (isHeld) waiting.push(chunk);
      else machine.write(chunk);
    });
    client.on('end', () => {
      isEnded = true;
      ended.ring();
      if (!isHeld) flush();
    });
    client.on('error', () => {
      ended.ring();
      waiting.length = 0;
      machine.destroy();
    });
    machine.on('data', (chunk) => {
      if (!isHeld) client.write(chunk);
    });
    machine.on('error', () => client.destroy());
    machine.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    hold() {
      isHeld = true;
    },
    cutOff: () => ended.next(new AbortController().signal),
    release() {
      isHeld = false;
      for (const flush of flushes) flush();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
