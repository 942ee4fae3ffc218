/**
 * One connection to an OPC UA server from its first byte to its loss. It never repairs itself: node-opcua's own repair leaves
 * monitored items behind (node-opcua#505, #474, #1334), so a lost connection is thrown away and a new one made.
 */
import {
  AttributeIds,
  type ClientSecureChannelLayer,
  type ClientSession,
  LogLevel,
  PublishResponse,
  ReadResponse,
  setDebugLogger,
  setErrorLogger,
  setLogLevel,
  setWarningLogger,
  VariableIds,
} from 'node-opcua';
import type { MachineConfig } from '../config/machine-config.ts';
import type { Json } from '../pipeline/frame.ts';
import { waitFor } from '../wait.ts';
import type { ClockReading } from './clock-offset.ts';
import { openCalls } from './opcua-calls.ts';
import { type Closer, createClient, discover, openSession } from './opcua-client.ts';
import { cutOff } from './opcua-cut.ts';
import { describeSignals, type SignalDescription } from './opcua-describe.ts';
import { expiryOf } from './opcua-endpoint.ts';
import { openPki } from './opcua-pki.ts';
import { type OpcuaListener, type OpcuaWatch, watchSignals } from './opcua-watch.ts';

export interface OpcuaConnection extends Omit<OpcuaWatch, 'write'> {
  /** Resolves with the reason when the connection is lost. */
  lost: Promise<string>;
  /** Rejects when there is no answer within the limit. */
  readClock(limitMs: number): Promise<ClockReading>;
  /** Rejects, with what to do about it, when the server does not take the value. Without an answer within the limit the connection is lost at once. */
  write(signal: string, value: Json, limitMs: number): Promise<void>;
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
const ANSWER_MS = 2_000;
const NEVER = new AbortController().signal;

// node-opcua writes to the console; what matters is told by our own log.
setDebugLogger(() => {});
setWarningLogger(() => {});
setErrorLogger(() => {});
setLogLevel(LogLevel.Error);

/** Resolves when the mapped signals have given their present values, or the time for that is up. Rejects, and leaves nothing behind, when the way there takes longer than `CONNECT_MS`. */
export async function connectOpcua(
  config: MachineConfig,
  pkiFolder: string,
  listener: OpcuaListener,
): Promise<OpcuaConnection> {
  const lost = Promise.withResolvers<string>();
  const ending = new AbortController();
  const lose = (reason: string) => {
    lost.resolve(reason);
    ending.abort();
  };
  const channels = new Set<ClientSecureChannelLayer>();
  const closers: Closer[] = [];
  let isClosed = false;
  const onClose = (closer: Closer) => {
    closers.push(closer);
    // What was still on its way when the time was up.
    if (isClosed) void close();
  };
  const close = async () => {
    isClosed = true;
    ending.abort();
    for (const closer of closers.splice(0).reverse()) await waitFor(closer(), NEVER, CLOSE_MS);
  };
  try {
    return await withLimit(CONNECT_MS + config.firstValueMs, 'no connection with values', async () => {
      const pki = await openPki(pkiFolder, config.security);
      onClose(pki.close);
      const endpoint = await discover(config, pki, onClose);
      const client = createClient(config.security, pki, endpoint.serverCertificate);
      client.on('close', (error) => lose(error?.message ?? 'the connection was closed'));
      client.on('abort', () => lose('the connection was aborted'));
      client.on('connection_lost', () => lose('the connection was lost'));
      client.on('secure_channel_created', (channel) => channels.add(channel));
      let answeredMs = 0;
      client.on('receive_response', (response) => {
        if (response instanceof PublishResponse) stampMessage(response);
        if (response instanceof ReadResponse) answeredMs = response.responseHeader.timestamp?.getTime() ?? 0;
      });
      onClose(() => client.disconnect());
      const session = await openSession(client, config, pki);
      // Deleting the subscriptions one by one would wait for a server that may be gone.
      onClose(() => session.close(true));
      session.on('session_closed', () => lose('the session was closed'));
      // A value is placed by the machine's clock. One that cannot be read is told where it is followed.
      const clock = await withLimit(ANSWER_MS, 'no time', () => readClock(session, () => answeredMs)).catch(() => {});
      if (clock) listener.clock(clock);
      const calls = await openCalls(session);
      const watch = await watchSignals(calls, config, listener, { lose, ended: ending.signal });
      return {
        ...watch,
        lost: lost.promise,
        close,
        describe: () => describeSignals(calls, watch.nodes),
        write: (signal, value, limitMs) => write(watch, signal, value, limitMs),
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

  /** What has got no answer may still be on its way: on this connection, it is carried out whenever that gets through. */
  async function write(watch: OpcuaWatch, signal: string, value: Json, limitMs: number): Promise<void> {
    if (ending.signal.aborted) throw new Error(`${signal} is not written: ${await lost.promise}`);
    const ended = lost.promise.then((reason): never => {
      throw new Error(`${signal} is not written: ${reason}`);
    });
    ended.catch(() => {});
    const late = setTimeout(() => {
      lose(
        `no answer to a write of ${signal} within ${limitMs} ms; the connection is dropped, so that it is not done later`,
      );
      for (const channel of channels) cutOff(channel);
    }, limitMs);
    try {
      await Promise.race([watch.write(signal, value), ended]);
    } finally {
      clearTimeout(late);
    }
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
