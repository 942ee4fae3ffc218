/** One client on its WebSocket, from the handshake of graphql-transport-ws to the close. */
import type { Duplex } from 'node:stream';
import { GraphQLError } from 'graphql';
import type { RawData, WebSocket } from 'ws';
import type { Caller } from '../kit/context.ts';
import { newId } from '../kit/ids.ts';
import type { Log } from '../kit/log.ts';
import type { LiveCaller, LiveConnection } from '../live/connections.ts';
import { rightsChanged } from '../live/live-errors.ts';
import type { SharedPayload, Sink } from '../live/sink.ts';
import { frameHead, nextPrefix, wholeFrame } from './ws-frame.ts';
import { type ClientMessage, closeCode, type OperationRequest, parseMessage, subprotocol } from './ws-message.ts';
import { type OperationRunner, runOperation } from './ws-operation.ts';

export interface ConnectionLimits {
  /** From the upgrade to `connection_init`. */
  wsInitMs: number;
  /** Between two pings; a peer that neither answers nor takes any bytes in between is gone. */
  wsPingMs: number;
  /** Above it the client is not read from until it reads. */
  liveBufferedBytes: number;
}

export interface Admission {
  caller: Caller;
  live: LiveCaller;
}

export interface ConnectionOptions {
  runner: OperationRunner;
  limits: ConnectionLimits;
  log: Log;
  /** Who it is, by the upgrade request and the payload of `connection_init`; null when nobody is signed in. */
  admit(payload: Record<string, unknown>): Promise<Admission | null>;
}

interface Operation {
  ended: boolean;
  stop(): void;
}

/** Beyond it `ws` refuses the reason of a close (RFC 6455, 5.5). */
const longestReasonBytes = 123;
/** Up to it a payload is copied behind each subscriber's own head; above it, all subscribers share its bytes. */
const copiedBytes = 1024;
/** How often rights are read again when revocations keep coming in between. */
const admissionAttempts = 5;

export class WebSocketConnection implements LiveConnection {
  readonly #ws: WebSocket;
  readonly #socket: Duplex;
  readonly #options: ConnectionOptions;
  readonly #operations = new Map<string, Operation>();
  #state: 'new' | 'admitting' | 'open' | 'ended' = 'new';
  #admission: Admission | undefined;
  #unregister: () => void = () => {};
  #initTimer: NodeJS.Timeout;
  #pingTimer: NodeJS.Timeout;
  #isAlive = true;
  #takenAtPing = 0;
  #sentBytes = 0;

  /** `socket` is the stream under `ws`: frames that many share are written to it in one piece. */
  constructor(ws: WebSocket, socket: Duplex, options: ConnectionOptions) {
    this.#ws = ws;
    this.#socket = socket;
    this.#options = options;
    const { wsInitMs, wsPingMs } = options.limits;
    this.#initTimer = setTimeout(
      () => this.close(closeCode.initialisationTimeout, 'Connection initialisation timeout'),
      wsInitMs,
    );
    this.#pingTimer = setInterval(() => this.#ping(), wsPingMs);
    ws.on('message', (data, isBinary) => this.#receive(data, isBinary));
    ws.on('pong', () => {
      this.#isAlive = true;
    });
    ws.on('close', () => this.#end());
    // Follows by a close; the peer's broken frames are no fault of ours.
    ws.on('error', (error) => options.log.debug({ err: error }, 'WebSocket error'));
    if (ws.protocol !== subprotocol) this.close(closeCode.subprotocolNotAcceptable, 'Subprotocol not acceptable');
  }

  get caller(): LiveCaller {
    if (!this.#admission) throw new Error('The connection has not been admitted');
    return this.#admission.live;
  }

  get bufferedBytes(): number {
    return this.#ws.bufferedAmount;
  }

  revoke(): void {
    for (const id of [...this.#operations.keys()]) this.#endOperation(id, [rightsChanged()]);
    this.close(closeCode.forbidden, 'Rights have changed or ended');
  }

  close(code: number, reason: string): void {
    if (this.#state === 'ended') return;
    this.#end();
    this.#ws.close(code, cutToBytes(reason, longestReasonBytes));
  }

  terminate(): void {
    this.#end();
    this.#ws.terminate();
  }

  #end(): void {
    this.#state = 'ended';
    clearTimeout(this.#initTimer);
    clearInterval(this.#pingTimer);
    this.#unregister();
    for (const operation of this.#operations.values()) {
      operation.ended = true;
      operation.stop();
    }
    this.#operations.clear();
  }

  #ping(): void {
    const taken = this.#sentBytes - this.bufferedBytes;
    // A slow reader cannot answer a ping that waits behind megabytes, but it takes bytes.
    if (!this.#isAlive && taken <= this.#takenAtPing) {
      this.terminate();
      return;
    }
    this.#isAlive = false;
    this.#takenAtPing = taken;
    this.#ws.ping();
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (this.#state === 'ended') return;
    const message = isBinary ? { problem: 'Message is not text' } : parseMessage(data.toString());
    if ('problem' in message) {
      this.close(closeCode.invalidMessage, message.problem);
      return;
    }
    this.#handle(message).catch((error) => {
      this.#options.log.error({ err: error }, 'A WebSocket message could not be handled');
      this.close(closeCode.internalError, 'Internal server error');
    });
  }

  async #handle(message: ClientMessage): Promise<void> {
    switch (message.type) {
      case 'connection_init':
        if (this.#state !== 'new')
          return this.close(closeCode.tooManyInitialisations, 'Too many initialisation requests');
        return this.#initialise(message.payload);
      case 'ping':
        return this.#send(message.payload ? { type: 'pong', payload: message.payload } : { type: 'pong' });
      case 'subscribe':
        return this.#subscribe(message.id, message.payload);
      case 'complete':
        return this.#endOperation(message.id);
    }
  }

  async #initialise(payload: Record<string, unknown>): Promise<void> {
    this.#state = 'admitting';
    clearTimeout(this.#initTimer);
    const { connections } = this.#options.runner.hub;
    for (let attempt = 1; ; attempt++) {
      const revocations = connections.revocations;
      const admission = await this.#options.admit(payload);
      if (this.#isEnded()) return;
      if (!admission) return this.close(closeCode.forbidden, 'Forbidden');
      // A revocation in between may have been of these very rights, and would not have found this connection.
      if (revocations !== connections.revocations && attempt < admissionAttempts) continue;

      this.#admission = admission;
      try {
        this.#unregister = connections.add(this);
      } catch (error) {
        if (!(error instanceof GraphQLError)) throw error;
        return this.close(closeCode.forbidden, error.message);
      }
      this.#state = 'open';
      return this.#send({ type: 'connection_ack' });
    }
  }

  async #subscribe(id: string, request: OperationRequest): Promise<void> {
    if (this.#state !== 'open' || !this.#admission) return this.close(closeCode.unauthorized, 'Unauthorized');
    if (this.#operations.has(id)) return this.close(closeCode.subscriberExists, `Subscriber for ${id} already exists`);
    const { runner } = this.#options;
    const refusal = refusalOf(() => runner.hub.checkSubscriptionCount(this.#operations.size));
    if (refusal) return this.#send({ id, type: 'error', payload: [refusal.toJSON()] });

    const operation: Operation = { ended: false, stop: () => {} };
    this.#operations.set(id, operation);
    const sink = this.#sink(id, operation);
    const caller: Caller = { ...this.#admission.caller, requestId: newId() };
    const outcome = await runOperation(runner, { request, caller, sink });
    if (outcome.kind === 'streaming') {
      // The client, or a revocation, was faster.
      if (operation.ended) outcome.stop();
      else operation.stop = outcome.stop;
      return;
    }
    if (operation.ended) return;
    if (outcome.kind === 'refused') return this.#endOperation(id, outcome.errors);
    this.#operations.delete(id);
    this.#send({ id, type: 'next', payload: outcome.result });
    this.#send({ id, type: 'complete' });
    await this.#waitForReader();
  }

  /** Stops it and, with errors, tells the client. */
  #endOperation(id: string, errors?: readonly GraphQLError[]): void {
    const operation = this.#operations.get(id);
    if (!operation) return;
    operation.ended = true;
    this.#operations.delete(id);
    operation.stop();
    if (errors) this.#send({ id, type: 'error', payload: errors.map((error) => error.toJSON()) });
  }

  #sink(id: string, operation: Operation): Sink {
    const prefix = nextPrefix(id);
    const connection = this;
    return {
      get bufferedBytes() {
        return connection.bufferedBytes;
      },
      next: (payloads: readonly SharedPayload[]) => {
        if (!operation.ended) this.#write(prefix, payloads);
      },
      error: (errors) => {
        if (!operation.ended) this.#endOperation(id, errors);
      },
      drained: () => this.#drained(),
    };
  }

  /** Whole frames past `ws`, which writes its own at once and whole, too: compression is off. All go to the network in one call. */
  #write(prefix: Buffer, payloads: readonly SharedPayload[]): void {
    if (this.#ws.readyState !== this.#ws.OPEN) return;
    const socket = this.#socket;
    socket.cork();
    for (const { closed } of payloads) {
      this.#sentBytes += prefix.length + closed.length;
      if (closed.length <= copiedBytes) socket.write(wholeFrame(prefix, closed));
      else {
        socket.write(frameHead(prefix, closed.length));
        socket.write(closed);
      }
    }
    socket.uncork();
  }

  #send(message: object): void {
    if (this.#ws.readyState !== this.#ws.OPEN) return;
    const text = JSON.stringify(message);
    this.#sentBytes += text.length;
    this.#ws.send(text);
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      // Its callback comes when everything before it has gone, or when the connection has.
      if (this.#ws.readyState === this.#ws.OPEN) this.#ws.ping(undefined, false, () => resolve());
      else resolve();
    });
  }

  /** Who does not read the answers is not asked for more questions. */
  async #waitForReader(): Promise<void> {
    if (this.bufferedBytes <= this.#options.limits.liveBufferedBytes || this.#ws.isPaused) return;
    this.#ws.pause();
    await this.#drained();
    this.#ws.resume();
  }

  #isEnded(): boolean {
    return this.#state === 'ended';
  }
}

function refusalOf(check: () => void): GraphQLError | undefined {
  try {
    check();
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}

function cutToBytes(text: string, bytes: number): string {
  return Buffer.byteLength(text) <= bytes
    ? text
    : `${Buffer.from(text)
        .toString('latin1')
        .slice(0, bytes - 1)
        .replace(/[^ -~]/g, '?')}`;
}
