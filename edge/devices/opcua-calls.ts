/** Calls for many nodes, in portions that the server takes: as many as it says, and fewer when it refuses even those. */
import {
  AttributeIds,
  type BrowseDescriptionOptions,
  type BrowsePath,
  type BrowsePathResult,
  browseAll2,
  type ClientSession,
  type ClientSessionRawSubscriptionService,
  type DataValue,
  type ReadValueIdOptions,
  type ReferenceDescription,
  VariableIds,
} from 'node-opcua';

export interface ServerLimits {
  read: number;
  browse: number;
  translate: number;
  monitor: number;
  /** Subscriptions that one session may have. */
  subscriptions: number;
}

/** With the calls for single monitored items: the library's own wrapping of these does not let one be made anew. */
export type OpcuaSession = ClientSession & ClientSessionRawSubscriptionService;

export interface OpcuaCalls {
  readonly session: OpcuaSession;
  readonly limits: ServerLimits;
  read(nodes: ReadValueIdOptions[]): Promise<DataValue[]>;
  translate(paths: BrowsePath[]): Promise<BrowsePathResult[]>;
  browse(nodes: BrowseDescriptionOptions[]): Promise<ReferenceDescription[]>;
}

const LIMIT_NODES = {
  browse: VariableIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerBrowse,
  continuations: VariableIds.Server_ServerCapabilities_MaxBrowseContinuationPoints,
  translate: VariableIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerTranslateBrowsePathsToNodeIds,
  monitor: VariableIds.Server_ServerCapabilities_OperationLimits_MaxMonitoredItemsPerCall,
  subscriptions: VariableIds.Server_ServerCapabilities_MaxSubscriptionsPerSession,
} as const;
/** What the server does not limit. */
const MOST_PER_CALL = 1_000;
/** Each node that is browsed may need a continuation point of the server until it is through. */
const MOST_BROWSED = 10;
const TOO_MUCH = /Bad(TooManyOperations|RequestTooLarge|ResponseTooLarge|EncodingLimitsExceeded|TcpMessageTooLarge)/;

export async function openCalls(session: ClientSession): Promise<OpcuaCalls> {
  if (!isRaw(session))
    throw new Error('this release of node-opcua has no createMonitoredItems; install the one of package-lock.json');
  const told = await session.read(valueNode(VariableIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerRead));
  const perRead = limitOf(told, MOST_PER_CALL);
  const read = (nodes: ReadValueIdOptions[]) => inPortions(nodes, perRead, (portion) => session.read(portion));
  const values = await read(Object.values(LIMIT_NODES).map(valueNode));
  const limit = (name: keyof typeof LIMIT_NODES, otherwise: number) =>
    limitOf(values[Object.keys(LIMIT_NODES).indexOf(name)], otherwise);
  const limits = {
    read: perRead,
    browse: Math.min(limit('browse', MOST_BROWSED), limit('continuations', MOST_BROWSED)),
    translate: limit('translate', MOST_PER_CALL),
    monitor: limit('monitor', MOST_PER_CALL),
    subscriptions: limit('subscriptions', Number.POSITIVE_INFINITY),
  };
  return {
    session,
    limits,
    read,
    translate: (paths) => inPortions(paths, limits.translate, (portion) => session.translateBrowsePath(portion)),
    async browse(nodes) {
      const results = await inPortions(nodes, limits.browse, (portion) => browseAll2(session, portion));
      return results.flatMap(({ references }) => references ?? []);
    },
  };
}

/** The answers in the order of the items. A portion that the server calls too large is halved, and so are all after it. */
export async function inPortions<T, R>(
  items: readonly T[],
  atMost: number,
  call: (portion: T[]) => Promise<R[]>,
): Promise<R[]> {
  const answers: R[] = [];
  let size = Math.max(1, Math.min(atMost, items.length));
  for (let from = 0; from < items.length; ) {
    const portion = items.slice(from, from + size);
    try {
      answers.push(...(await call(portion)));
      from += portion.length;
    } catch (error) {
      const isTooMuch = error instanceof Error && TOO_MUCH.test(error.message);
      if (!isTooMuch || portion.length === 1) throw error;
      size = Math.ceil(portion.length / 2);
    }
  }
  return answers;
}

function isRaw(session: ClientSession): session is OpcuaSession {
  return 'createMonitoredItems' in session && 'deleteMonitoredItems' in session;
}

function valueNode(nodeId: number): ReadValueIdOptions {
  return { nodeId, attributeId: AttributeIds.Value };
}

/** A server that says 0, or nothing, sets no limit. */
function limitOf(told: DataValue | undefined, otherwise: number): number {
  const value: unknown = told?.statusCode.isGood() ? told.value?.value : undefined;
  return typeof value === 'number' && value > 0 ? Math.min(value, otherwise) : otherwise;
}
