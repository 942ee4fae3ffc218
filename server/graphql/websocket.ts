/** The live door: WebSocket upgrades on /graphql, and the end of all connections when the server stops. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { credentialsOf, isOriginAllowed } from '../http/credentials.ts';
import { refuseUpgrade } from '../http/refuse-upgrade.ts';
import { headerReader } from '../http/route.ts';
import type { Log } from '../kit/log.ts';
import { type Admission, type ConnectionLimits, WebSocketConnection } from './ws-connection.ts';
import { subprotocol } from './ws-message.ts';
import type { OperationRunner } from './ws-operation.ts';

export interface WebSocketDoorOptions {
  runner: OperationRunner;
  limits: ConnectionLimits & {
    /** Of one message from a client; a longer one closes the connection with 1009. */
    wsMessageBytes: number;
    /** Upgrades that are open at the same time, admitted or not. */
    liveConnections: number;
  };
  log: Log;
  /** Who the upgrade request or `connection_init` names; null when nobody, or credentials that do not hold. */
  authenticate(request: IncomingMessage, authorization: string | undefined): Promise<Admission | null>;
}

export interface WebSocketDoor {
  /** For the server's `upgrade` event, when the path is /graphql. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Sends every client away with 1001, so that it connects to another server or comes back; resolves when all are gone. */
  close(): Promise<void>;
}

const goingAway = 1001;
/** A client that does not answer the close within this time is cut off. */
const closePatienceMs = 2_000;

export function createWebSocketDoor({ runner, limits, log, authenticate }: WebSocketDoorOptions): WebSocketDoor {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: limits.wsMessageBytes,
    // Compression would be done again for every subscriber, and holds buffers for each.
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(subprotocol) ? subprotocol : false),
  });
  const open = new Map<WebSocketConnection, Promise<void>>();

  return {
    handleUpgrade(request, socket, head) {
      if (!isFromHere(request)) return refuseUpgrade(socket, '403 Forbidden', 'Origin is not this server');
      if (open.size >= limits.liveConnections)
        return refuseUpgrade(socket, '503 Service Unavailable', 'Too many connections');
      server.handleUpgrade(request, socket, head, (ws) => {
        const admit = (payload: Record<string, unknown>) => {
          const { authorization } = payload;
          return authenticate(request, typeof authorization === 'string' ? authorization : undefined);
        };
        const connection = new WebSocketConnection(ws, socket, { runner, limits, log, admit });
        const closed = new Promise<void>((resolve) => {
          ws.once('close', () => {
            open.delete(connection);
            resolve();
          });
        });
        open.set(connection, closed);
      });
    },

    async close() {
      const closing = [...open.values()];
      for (const connection of open.keys()) connection.close(goingAway, 'Server is stopping');
      const cutOff = setTimeout(() => {
        for (const connection of open.keys()) connection.terminate();
      }, closePatienceMs);
      await Promise.all(closing);
      clearTimeout(cutOff);
    },
  };
}

/** A browser sends its cookie wherever a page of another site tells it to connect, and says in Origin which page that is. */
function isFromHere(request: IncomingMessage): boolean {
  const header = headerReader(request);
  return isOriginAllowed(header, credentialsOf(header));
}
