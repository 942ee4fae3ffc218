/** Follows the machine over OPC UA for the cameras: the trigger of each part, state, speed, batch and light of each line; reconnects for as long as it takes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  AttributeIds,
  ClientMonitoredItemGroup,
  type ClientSession,
  coerceNodeId,
  type DataValue,
  LogLevel,
  makeBrowsePath,
  type NodeId,
  OPCUACertificateManager,
  OPCUAClient,
  StatusCodes,
  setLogLevel,
  TimestampsToReturn,
  VariableIds,
} from 'node-opcua';

const PACKML_URI = 'http://opcfoundation.org/UA/PackML/';
const VENDOR_URI = 'urn:lehr:plant:bottle-line';
const POLL_MS = 250;
/** How soon a trigger is told, and how many may wait for that. */
const TRIGGER_PUBLISHING_MS = 10;
const TRIGGER_QUEUE = 1_000;
/** A machine's clock that is off by more than this is not the cameras' clock. */
const SAME_CLOCK_MS = 500;
const ANSWER_MS = 8_000;
const CURRENT_TIME = coerceNodeId(VariableIds.Server_ServerStatus_CurrentTime);
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 2_000;

/** What a camera knows of its line; the last known values stay when the machine is away. */
export interface LineView {
  state: string;
  /** Parts per minute. */
  speed: number;
  batch: string;
  /** Percent of the nominal light. */
  lighting: number;
}

/** A part at the trigger sensor. */
export interface Trigger {
  line: string;
  partId: string;
  /** By the cameras' clock. */
  atMs: number;
}

export interface MachineWatch {
  /** Undefined until the machine has answered once. */
  view(line: string): LineView | undefined;
  close(): Promise<void>;
}

/**
 * Starts watching. `trigger` hears of each part that passes a sensor while the connection holds, in order; `say` gets one line each time the
 * machine comes or goes or a line changes its state.
 */
export function watchMachine(
  endpoint: string,
  lines: readonly string[],
  trigger: (part: Trigger) => void,
  say: (text: string) => void,
): MachineWatch {
  const views = new Map<string, LineView>();
  const stop = new AbortController();
  const pki = mkdtempSync(join(tmpdir(), 'lehr-camera-pki-'));
  let isAnswering: boolean | undefined;
  const sayOnce = (answers: boolean, text: string): void => {
    if (answers !== isAnswering) say(text);
    isAnswering = answers;
  };

  // node-opcua tells of the certificate it makes for itself; what goes wrong is said here.
  setLogLevel(LogLevel.Error);

  async function run(): Promise<void> {
    const certificates = new OPCUACertificateManager({ rootFolder: pki, automaticallyAcceptUnknownCertificate: true });
    await certificates.initialize();
    let retryMs = FIRST_RETRY_MS;
    while (!stop.signal.aborted) {
      try {
        await follow(endpoint, lines, certificates, stop.signal, trigger, (values) => {
          retryMs = FIRST_RETRY_MS;
          sayOnce(true, `machine answers at ${endpoint}`);
          for (const [line, view] of values) {
            if (views.get(line)?.state !== view.state) say(`${line} is in ${view.state}`);
            views.set(line, view);
          }
        });
      } catch (error) {
        if (stop.signal.aborted) break;
        sayOnce(false, `machine does not answer at ${endpoint}; no pictures until it does (${reasonOf(error)})`);
      }
      await delay(retryMs, undefined, { signal: stop.signal }).catch(() => {});
      retryMs = Math.min(LAST_RETRY_MS, retryMs * 2);
    }
    await certificates.dispose();
  }

  const running = run();
  return {
    view: (line) => views.get(line),
    async close() {
      stop.abort();
      await running;
      rmSync(pki, { recursive: true, force: true });
    },
  };
}

/** One connection, from its beginning to its failure (throws) or to the end of watching (returns). */
async function follow(
  endpoint: string,
  lines: readonly string[],
  clientCertificateManager: OPCUACertificateManager,
  signal: AbortSignal,
  trigger: (part: Trigger) => void,
  report: (values: Map<string, LineView>) => void,
): Promise<void> {
  const client = OPCUAClient.create({
    applicationName: 'Lehr simulated cameras',
    clientCertificateManager,
    endpointMustExist: false,
    keepSessionAlive: false,
    requestedSessionTimeout: 20_000,
    // node-opcua's own reconnection would hide from us that the machine is away.
    connectionStrategy: { maxRetry: 0, initialDelay: FIRST_RETRY_MS, maxDelay: FIRST_RETRY_MS },
    transportTimeout: ANSWER_MS,
  });
  try {
    await inTime(client.connect(endpoint));
    const session = await inTime(client.createSession());
    const nodes = await inTime(findNodes(session, lines));
    const nodesToRead = [...nodes.views, CURRENT_TIME].map((nodeId) => ({ nodeId, attributeId: AttributeIds.Value }));
    /** The machine's clock minus ours. */
    let aheadMs = 0;
    const look = async () => {
      const answers = await inTime(session.read(nodesToRead));
      const differenceMs = Number(answers.at(-1)?.value.value) - Date.now();
      aheadMs = Math.abs(differenceMs) > SAME_CLOCK_MS ? differenceMs : 0;
      return new Map(lines.map((line, i) => [line, viewOf(line, answers.slice(4 * i, 4 * i + 4))]));
    };
    // Before the first trigger: its time needs the difference of the clocks.
    await look();
    await inTime(
      subscribe(session, nodes.triggers, (index, partId, sourceMs) => {
        const line = lines[index];
        if (line !== undefined) trigger({ line, partId, atMs: sourceMs - aheadMs });
      }),
    );
    while (!signal.aborted) {
      report(await look());
      await delay(POLL_MS, undefined, { signal }).catch(() => {});
    }
    await inTime(session.close());
  } finally {
    await inTime(client.disconnect()).catch(() => {});
  }
}

/** Tells of each value after the present one: a part that has passed already is not there for a picture. */
async function subscribe(
  session: ClientSession,
  nodes: readonly NodeId[],
  tell: (index: number, value: string, sourceMs: number) => void,
): Promise<void> {
  const subscription = await session.createSubscription2({
    requestedPublishingInterval: TRIGGER_PUBLISHING_MS,
    requestedMaxKeepAliveCount: 100,
    requestedLifetimeCount: 1_000,
    maxNotificationsPerPublish: 0,
    publishingEnabled: true,
    priority: 1,
  });
  const present = new Set<number>();
  const all = Promise.withResolvers<void>();
  const group = ClientMonitoredItemGroup.create(
    subscription,
    nodes.map((nodeId) => ({ nodeId, attributeId: AttributeIds.Value })),
    { samplingInterval: 0, queueSize: TRIGGER_QUEUE, discardOldest: true },
    TimestampsToReturn.Source,
  );
  group.on('err', (message) => all.reject(new Error(message)));
  group.on('changed', (_item, { value, sourceTimestamp }, index) => {
    if (present.has(index)) return tell(index, String(value.value), sourceTimestamp?.getTime() ?? Date.now());
    present.add(index);
    if (present.size === nodes.length) all.resolve();
  });
  await all.promise;
}

/** For each line state, speed, batch and light, in this order; and the node of its trigger. */
async function findNodes(
  session: ClientSession,
  lines: readonly string[],
): Promise<{ views: NodeId[]; triggers: NodeId[] }> {
  const uris = await session.readNamespaceArray();
  const [p, v] = [uris.indexOf(PACKML_URI), uris.indexOf(VENDOR_URI)];
  if (p < 0 || v < 0)
    throw new Error('the server is not the plant machine: it lacks the PackML or the vendor namespace');
  const find = async (pathsOf: (unit: string) => string[]): Promise<NodeId[]> => {
    const paths = lines.flatMap((line) => pathsOf(`/Objects/${p}:PackMLObjects/${v}:${line}`));
    const results = await session.translateBrowsePath(paths.map((path) => makeBrowsePath('RootFolder', path)));
    return results.map((result, i) => {
      const target = result.targets?.[0];
      if (!target) throw new Error(`the machine has no ${paths[i]}`);
      return target.targetId;
    });
  };
  return {
    views: await find((unit) => [
      `${unit}/${v}:Process/${v}:StateName`,
      `${unit}/${p}:Status/${p}:MachSpeed`,
      `${unit}/${v}:Process/${v}:Batch`,
      `${unit}/${v}:Process/${v}:LightingLevel`,
    ]),
    triggers: await find((unit) => [`${unit}/${v}:Process/${v}:PartId`]),
  };
}

function viewOf(line: string, answers: readonly DataValue[]): LineView {
  const bad = answers.find((answer) => answer.statusCode !== StatusCodes.Good);
  if (bad) throw new Error(`${line} answers ${bad.statusCode.name}`);
  const [state, speed, batch, lighting] = answers.map((answer): unknown => answer.value.value);
  return { state: String(state), speed: Number(speed), batch: String(batch), lighting: Number(lighting) };
}

/** A server that hangs must not hang the cameras. */
async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ANSWER_MS} ms`)), ANSWER_MS);
  });
  work.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.trim().split('\n')[0] ?? '').slice(0, 120);
}
