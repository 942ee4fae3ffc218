/** Follows the machine over OPC UA for the cameras: state, speed, batch and light of each line, reconnecting for as long as it takes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  AttributeIds,
  type ClientSession,
  type DataValue,
  LogLevel,
  makeBrowsePath,
  type NodeId,
  OPCUACertificateManager,
  OPCUAClient,
  StatusCodes,
  setLogLevel,
} from 'node-opcua';

const PACKML_URI = 'http://opcfoundation.org/UA/PackML/';
const VENDOR_URI = 'urn:lehr:plant:bottle-line';
const POLL_MS = 250;
const ANSWER_MS = 3_000;
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

export interface MachineWatch {
  /** Undefined until the machine has answered once. */
  view(line: string): LineView | undefined;
  close(): Promise<void>;
}

/** Starts watching; `say` gets one line each time the machine comes or goes or a line changes its state. */
export function watchMachine(endpoint: string, lines: readonly string[], say: (text: string) => void): MachineWatch {
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
        await follow(endpoint, lines, certificates, stop.signal, (values) => {
          retryMs = FIRST_RETRY_MS;
          sayOnce(true, `machine answers at ${endpoint}`);
          for (const [line, view] of values) {
            if (views.get(line)?.state !== view.state) say(`${line} is in ${view.state}`);
            views.set(line, view);
          }
        });
      } catch (error) {
        if (stop.signal.aborted) break;
        sayOnce(false, `machine does not answer at ${endpoint}; the lines go on as last known (${reasonOf(error)})`);
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
    const nodesToRead = nodes.map((nodeId) => ({ nodeId, attributeId: AttributeIds.Value }));
    while (!signal.aborted) {
      const answers = await inTime(session.read(nodesToRead));
      report(new Map(lines.map((line, i) => [line, viewOf(line, answers.slice(4 * i, 4 * i + 4))])));
      await delay(POLL_MS, undefined, { signal }).catch(() => {});
    }
    await inTime(session.close());
  } finally {
    await inTime(client.disconnect()).catch(() => {});
  }
}

/** State, speed, batch, light of each line, in this order. */
async function findNodes(session: ClientSession, lines: readonly string[]): Promise<NodeId[]> {
  const uris = await session.readNamespaceArray();
  const [p, v] = [uris.indexOf(PACKML_URI), uris.indexOf(VENDOR_URI)];
  if (p < 0 || v < 0)
    throw new Error('the server is not the plant machine: it lacks the PackML or the vendor namespace');
  const paths = lines.flatMap((line) => {
    const unit = `/Objects/${p}:PackMLObjects/${v}:${line}`;
    const process = `${unit}/${v}:Process/${v}`;
    return [
      `${process}:StateName`,
      `${unit}/${p}:Status/${p}:MachSpeed`,
      `${process}:Batch`,
      `${process}:LightingLevel`,
    ];
  });
  const results = await session.translateBrowsePath(paths.map((path) => makeBrowsePath('RootFolder', path)));
  return results.map((result, i) => {
    const target = result.targets?.[0];
    if (!target) throw new Error(`the machine has no ${paths[i]}`);
    return target.targetId;
  });
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
