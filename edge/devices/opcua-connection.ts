/**
 * One connection to an OPC UA server from its first byte to its loss. It never repairs itself: node-opcua's own repair leaves
 * monitored items behind (node-opcua#505, #474, #1334), so a lost connection is thrown away and a new one made.
 */
import {
  AttributeIds,
  type ClientSession,
  PublishResponse,
  ReadResponse,
  setDebugLogger,
  setErrorLogger,
  setWarningLogger,
  VariableIds,
} from 'node-opcua';
import type { MachineConfig } from '../config/machine-config.ts';
import { waitFor } from '../wait.ts';
import type { ClockReading } from './clock-offset.ts';
import { type Closer, createClient, discover, openSession } from './opcua-client.ts';
import { describeSignals, type SignalDescription } from './opcua-describe.ts';
import { expiryOf } from './opcua-endpoint.ts';
import { openPki } from './opcua-pki.ts';
import { type OpcuaListener, type OpcuaWatch, watchSignals } from './opcua-watch.ts';

export interface OpcuaConnection extends OpcuaWatch {
  /** Resolves with the reason when the connection is lost. */
  lost: Promise<string>;
  /** Rejects when there is no answer within the limit. */
  readClock(limitMs: number): Promise<ClockReading>;
  describe(): Promise<SignalDescription[]>;
  /** Whose certificates keep the connection; the machine's is checked only where there is security. */
  certificates: { node: Certificate; machine: Certificate };
  /** Bounded in time; never rejects. */
  close(): Promise<void>;
}

interface Certificate {
  expiresAt: Date;
  file?: string;
}

const CONNECT_MS = 10_000;
/** For each of session, channel and certificates: a server that is gone answers nothing. */
const CLOSE_MS = 500;
const NEVER = new AbortController().signal;

// node-opcua writes to the console; what matters is told by our own log.
setDebugLogger(() => {});
setWarningLogger(() => {});
setErrorLogger(() => {});

/** Resolves when every mapped signal has given its present value. Rejects, and leaves nothing behind, when that takes longer than `CONNECT_MS`. */
export async function connectOpcua(
  config: MachineConfig,
  pkiFolder: string,
  listener: OpcuaListener,
): Promise<OpcuaConnection> {
  const lost = Promise.withResolvers<string>();
  const closers: Closer[] = [];
  let isClosed = false;
  const onClose = (closer: Closer) => {
    closers.push(closer);
    // What was still on its way when the time was up.
    if (isClosed) void close();
  };
  const close = async () => {
    isClosed = true;
    for (const closer of closers.splice(0).reverse()) await waitFor(closer(), NEVER, CLOSE_MS);
  };
  try {
    return await withLimit(CONNECT_MS, 'no connection with values', async () => {
      const pki = await openPki(pkiFolder, config.security);
      onClose(pki.close);
      const endpoint = await discover(config, pki, onClose);
      const client = createClient(config.security, pki, endpoint.serverCertificate);
      client.on('close', (error) => lost.resolve(error?.message ?? 'the connection was closed'));
      client.on('abort', () => lost.resolve('the connection was aborted'));
      client.on('connection_lost', () => lost.resolve('the connection was lost'));
      let answeredMs = 0;
      client.on('receive_response', (response) => {
        if (response instanceof PublishResponse) stampMessage(response);
        if (response instanceof ReadResponse) answeredMs = response.responseHeader.timestamp?.getTime() ?? 0;
      });
      onClose(() => client.disconnect());
      const session = await openSession(client, config, pki);
      // Deleting the subscriptions one by one would wait for a server that may be gone.
      onClose(() => session.close(true));
      session.on('session_closed', () => lost.resolve('the session was closed'));
      const watch = await watchSignals(session, config, listener, lost.resolve);
      return {
        ...watch,
        lost: lost.promise,
        close,
        describe: () => describeSignals(session, watch.nodes),
        certificates: {
          node: { expiresAt: pki.expiresAt, file: pki.certificateFile },
          machine: { expiresAt: expiryOf(endpoint.serverCertificate) },
        },
        readClock: (limitMs) =>
          withLimit(limitMs, 'no time of the machine', () => readClock(session, () => answeredMs)),
      };
    });
  } catch (error) {
    await close();
    throw error;
  }
}

/** Servers send a message without values (a sign of life) without its time; the answer that carries it has one. */
function stampMessage(response: PublishResponse): void {
  const { notificationMessage, responseHeader } = response;
  if ((notificationMessage.publishTime?.getTime() ?? 0) <= 0)
    notificationMessage.publishTime = responseHeader.timestamp;
}

/** One question, so that its round trip bounds the clock as narrowly as can be. `answeredAt` tells the stamp of the newest answer as a whole. */
async function readClock(session: ClientSession, answeredAt: () => number): Promise<ClockReading> {
  const askedMs = performance.now();
  const answer = await session.read({
    nodeId: VariableIds.Server_ServerStatus_CurrentTime,
    attributeId: AttributeIds.Value,
  });
  const answeredMs = performance.now();
  const told: unknown = answer.value?.value;
  if (!(told instanceof Date)) throw new Error('the machine does not tell its time');
  // Some servers renew the value only once a second; the stamp on their answer is of the moment.
  return { askedMs, answeredMs, machineMs: Math.max(told.getTime(), answeredAt()) };
}

async function withLimit<T>(limitMs: number, what: string, work: () => Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`${what} within ${limitMs} ms`)), limitMs);
  const working = work();
  working.catch(() => {});
  try {
    return await Promise.race([working, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
