/**
 * One connection to an OPC UA server from its first byte to its loss. It never repairs itself: node-opcua's own repair leaves
 * monitored items behind (node-opcua#505, #474, #1334), so a lost connection is thrown away and a new one made.
 */
import {
  AttributeIds,
  ClientMonitoredItemGroup,
  type ClientSession,
  MessageSecurityMode,
  makeBrowsePath,
  OPCUACertificateManager,
  OPCUAClient,
  SecurityPolicy,
  setDebugLogger,
  setErrorLogger,
  setWarningLogger,
  TimestampsToReturn,
} from 'node-opcua';
import type { MachineConfig } from '../config.ts';
import { type OpcuaReading, readDataValue } from './opcua-value.ts';

export interface OpcuaConnection {
  /** Names of the signals whose path leads to no node. */
  missing: string[];
  /** Resolves with the reason when the connection is lost. */
  lost: Promise<string>;
  /** Bounded in time; never rejects. */
  close(): Promise<void>;
}

export interface OpcuaListener {
  value(signal: string, reading: OpcuaReading): void;
  /** Any answer of the subscription: the machine lives. */
  alive(): void;
}

const CONNECT_MS = 10_000;
const CLOSE_MS = 1_000;
const SESSION_MS = 60_000;
/** Enough for the fastest signal between two publications, so that no change is lost in the server. */
const MIN_QUEUE = 10;

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
  const certificates = new OPCUACertificateManager({ rootFolder: pkiFolder, disableFileWatchers: true });
  const client = OPCUAClient.create({
    applicationName: 'Lehr edge node',
    clientName: `lehr-edge-${process.pid}`,
    clientCertificateManager: certificates,
    securityMode: MessageSecurityMode.None,
    securityPolicy: SecurityPolicy.None,
    endpointMustExist: false,
    connectionStrategy: { maxRetry: 0, initialDelay: 100, maxDelay: 1_000 },
    keepSessionAlive: false,
    requestedSessionTimeout: SESSION_MS,
    transportTimeout: CONNECT_MS,
  });
  const lost = Promise.withResolvers<string>();
  let session: ClientSession | undefined;
  const close = async () => {
    // Deleting the subscriptions as well would wait for a server that may be gone.
    await Promise.race([
      (session ? session.close(true) : Promise.resolve()).catch(() => {}).then(() => client.disconnect()),
      new Promise((resolve) => setTimeout(resolve, CLOSE_MS).unref()),
    ]).catch(() => {});
    certificates.dispose().catch(() => {});
  };
  client.on('close', (error) => lost.resolve(error?.message ?? 'the connection was closed'));
  client.on('abort', () => lost.resolve('the connection was aborted'));
  client.on('connection_lost', () => lost.resolve('the connection was lost'));

  try {
    const missing = await withLimit(CONNECT_MS, async () => {
      await client.connect(config.endpoint);
      session = await client.createSession();
      return await monitor(session, config, listener, lost.resolve);
    });
    return { missing, lost: lost.promise, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Answers the names of the signals without a node. */
async function monitor(
  session: ClientSession,
  config: MachineConfig,
  listener: OpcuaListener,
  lose: (reason: string) => void,
): Promise<string[]> {
  session.on('session_closed', () => lose('the session was closed'));
  const nodes = await resolvePaths(session, config);
  const mapped = nodes.flatMap(({ name, nodeId }) => (nodeId ? [{ name, nodeId }] : []));
  const missing = nodes.flatMap(({ name, nodeId }) => (nodeId ? [] : [name]));

  const { publishingIntervalMs, samplingIntervalMs, staleAfterMs } = config;
  // At least three signs of life before silence counts as stale.
  const maxKeepAliveCount = Math.max(1, Math.floor(staleAfterMs / 3 / publishingIntervalMs));
  const subscription = await session.createSubscription2({
    requestedPublishingInterval: publishingIntervalMs,
    requestedMaxKeepAliveCount: maxKeepAliveCount,
    requestedLifetimeCount: maxKeepAliveCount * 10,
    maxNotificationsPerPublish: 0,
    publishingEnabled: true,
    priority: 1,
  });
  subscription.on('keepalive', listener.alive);
  subscription.on('received_notifications', listener.alive);
  subscription.on('terminated', () => lose('the subscription was ended'));
  subscription.on('internal_error', (error) => lose(error.message));
  if (mapped.length === 0) return missing;

  const waiting = new Set(mapped.map(({ name }) => name));
  const complete = Promise.withResolvers<void>();
  const group = ClientMonitoredItemGroup.create(
    subscription,
    mapped.map(({ nodeId }) => ({ nodeId, attributeId: AttributeIds.Value })),
    {
      samplingInterval: samplingIntervalMs,
      queueSize: Math.max(MIN_QUEUE, Math.ceil((4 * publishingIntervalMs) / Math.max(1, samplingIntervalMs))),
      discardOldest: true,
    },
    TimestampsToReturn.Both,
  );
  group.on('err', (message) => complete.reject(new Error(message)));
  group.on('changed', (_item, dataValue, index) => {
    const name = mapped[index]?.name;
    if (name === undefined) return;
    listener.value(name, readDataValue(dataValue));
    waiting.delete(name);
    if (waiting.size === 0) complete.resolve();
  });
  await complete.promise;
  return missing;
}

async function resolvePaths(session: ClientSession, config: MachineConfig) {
  const uris = await session.readNamespaceArray();
  const names = Object.keys(config.signals);
  const paths = names.map((name) => indexNamespaces(config.signals[name]?.path ?? '/', config.namespaces, uris));
  const found = await session.translateBrowsePath(
    paths.map((path) => makeBrowsePath('RootFolder', path ?? '/Objects')),
  );
  return names.map((name, index) => ({
    name,
    nodeId: paths[index] === undefined ? undefined : found[index]?.targets?.[0]?.targetId,
  }));
}

/** Prefixes become the indices of this server. Undefined when the server does not know a namespace. Throws when the configuration does not. */
export function indexNamespaces(path: string, namespaces: Record<string, string>, uris: string[]): string | undefined {
  let isKnown = true;
  const indexed = path.replace(/\/([A-Za-z]\w*):/g, (_match, prefix: string) => {
    const uri = namespaces[prefix];
    if (uri === undefined)
      throw new Error(`path ${path}: the prefix ${prefix} is not in namespaces; add it with its URI`);
    const index = uris.indexOf(uri);
    if (index < 0) isKnown = false;
    return `/${index}:`;
  });
  return isKnown ? indexed : undefined;
}

async function withLimit<T>(limitMs: number, work: () => Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no connection with values within ${limitMs} ms`)), limitMs);
  const working = work();
  working.catch(() => {});
  try {
    return await Promise.race([working, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
