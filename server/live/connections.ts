/** Who is connected, with what rights, and the end of those whose rights have ended. */

import type { LiveLimits } from './limits.ts';
import { limitReached } from './live-errors.ts';
import type { LiveMetrics } from './metrics.ts';

/** Whose connection it is, as far as live delivery needs to know. */
export interface LiveCaller {
  /** Names by which its rights can be revoked, such as `session:ID` and `person:ID`; the first one counts for limits. */
  readonly principalKeys: readonly string[];
  readonly rightsKey: string;
  readonly expiresAt: Date | null;
}

export interface LiveConnection {
  readonly caller: LiveCaller;
  readonly bufferedBytes: number;
  /** Ends all its operations, at once, and closes it. */
  revoke(): void;
}

export class Connections {
  readonly #limits: LiveLimits;
  readonly #metrics: LiveMetrics;
  readonly #all = new Set<LiveConnection>();
  readonly #byKey = new Map<string, Set<LiveConnection>>();
  #revocations = 0;
  /** No connection expires before it. */
  #nextExpiryMs = Number.POSITIVE_INFINITY;

  constructor(limits: LiveLimits, metrics: LiveMetrics) {
    this.#limits = limits;
    this.#metrics = metrics;
  }

  get size(): number {
    return this.#all.size;
  }

  get bufferedBytes(): number {
    let bytes = 0;
    for (const connection of this.#all) bytes += connection.bufferedBytes;
    return bytes;
  }

  /** Of the connection on which most bytes wait. */
  get mostBufferedBytes(): number {
    let most = 0;
    for (const { bufferedBytes } of this.#all) most = Math.max(most, bufferedBytes);
    return most;
  }

  /** Grows with every revocation: who reads rights before and registers after it asks again when it has grown. */
  get revocations(): number {
    return this.#revocations;
  }

  callers(): LiveCaller[] {
    return [...this.#all].map(({ caller }) => caller);
  }

  /** Registers it until the returned function is called. Throws when there are too many. */
  add(connection: LiveConnection): () => void {
    const { liveConnections, liveConnectionsPerPrincipal } = this.#limits;
    const [principal = ''] = connection.caller.principalKeys;
    if (this.#all.size >= liveConnections)
      throw this.#refused('Connections to this server', 'liveConnections', liveConnections);
    if ((this.#byKey.get(principal)?.size ?? 0) >= liveConnectionsPerPrincipal) {
      throw this.#refused(
        'Connections of one session or token',
        'liveConnectionsPerPrincipal',
        liveConnectionsPerPrincipal,
      );
    }
    this.#all.add(connection);
    this.#nextExpiryMs = Math.min(this.#nextExpiryMs, connection.caller.expiresAt?.getTime() ?? this.#nextExpiryMs);
    for (const key of connection.caller.principalKeys) {
      const same = this.#byKey.get(key) ?? new Set();
      this.#byKey.set(key, same.add(connection));
    }
    return () => this.#remove(connection);
  }

  revoke(principalKey: string): void {
    this.#revocations++;
    for (const connection of [...(this.#byKey.get(principalKey) ?? [])]) this.#end(connection);
  }

  /** Ends connections whose session or token has expired; asked before everything that is sent, so it costs next to nothing until one has. */
  endExpired(now: Date): void {
    if (now.getTime() < this.#nextExpiryMs) return;
    this.#nextExpiryMs = Number.POSITIVE_INFINITY;
    for (const connection of [...this.#all]) {
      const expiresAtMs = connection.caller.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
      if (expiresAtMs <= now.getTime()) this.#end(connection);
      else this.#nextExpiryMs = Math.min(this.#nextExpiryMs, expiresAtMs);
    }
  }

  #end(connection: LiveConnection): void {
    this.#metrics.revoked.inc();
    this.#remove(connection);
    connection.revoke();
  }

  #remove(connection: LiveConnection): void {
    this.#all.delete(connection);
    for (const key of connection.caller.principalKeys) {
      const same = this.#byKey.get(key);
      same?.delete(connection);
      if (same?.size === 0) this.#byKey.delete(key);
    }
  }

  #refused(what: string, limit: 'liveConnections' | 'liveConnectionsPerPrincipal', value: number) {
    this.#metrics.refused.inc({ limit });
    return limitReached(what, limit, value);
  }
}
