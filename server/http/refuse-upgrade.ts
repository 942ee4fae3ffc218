/** Answers a request to become a WebSocket that cannot. */
import type { Duplex } from 'node:stream';

/** Whoever asked may be gone or break off while it is told: node has taken its own listener away, and without one that ends the process. */
export function refuseUpgrade(socket: Duplex, status: string, reason: string): void {
  socket.on('error', () => {});
  const head = `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${reason.length}`;
  // A peer that does not close its side would hold the connection open.
  socket.end(`${head}\r\n\r\n${reason}`, () => socket.destroy());
}
