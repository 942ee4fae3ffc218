/** The edge node of a line as a process, and the server that hears it: what arrives there is what was told. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type ReceivedInspection,
  type ReceivedNote,
  type ReceivingServer,
  startReceivingServer,
} from '../../edge/kit/receiving-server.ts';
import { makeSigningKey, signedModel } from '../../edge/kit/tiny-model.ts';
import { type LineProcess, spawnLines } from '../../support/spawn-lines.ts';
import type { Interval, LineTold, ToldEvent } from './line-record.ts';
import type { MachinePlan } from './machine-messages.ts';
import { type Mistake, writeNodeConfig } from './node-config.ts';

const program = fileURLToPath(new URL('../../../edge/main.ts', import.meta.url));
const hook = new URL('./watch-waits.ts', import.meta.url).href;
const READY_MS = 60_000;
const LOOK_MS = 500;
/** A node that reports each half second is gone when it has not for so long. */
const SILENT_MS = 15_000;
const COUNTED_AGAIN = 2;
/** Hardly any: the judge knows an image by its hash. */
const KEEP_FEW = { auditFraction: 0.01, uncertainProbability: 0, rejectProbability: 0, bytesPerDay: 1e9, quotas: [] };

export interface LineNode {
  /** False when the configuration was refused: then it says why in its last lines. */
  start(mistake?: Mistake): Promise<boolean>;
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  halt(): void;
  resume(): void;
  /** Connected to its machine, and counting parts that come; false after `limitMs`. */
  worksAgain(limitMs: number): Promise<boolean>;
  isConnected(limitMs: number): Promise<boolean>;
  /** Everything is sent, no part is under way. */
  isDrained(limitMs: number): Promise<boolean>;
  told(): LineTold;
  waits(): Interval[];
  /** Its own last lines. */
  readonly output: readonly string[];
  /** Adds to what `told` gives as hangs. */
  hangs(text: string): void;
  stop(): Promise<void>;
}

export async function createLineNode(
  folder: string,
  plan: MachinePlan,
  machine: { endpoint: string; camera: string },
): Promise<LineNode> {
  const key = makeSigningKey();
  const server = await startReceivingServer(['camera-1']);
  server.assignments.set('camera-1', { versionId: 'version-1', artifact: signedModel(key) });
  server.capturePolicy = KEEP_FEW;
  const waitsFile = join(folder, 'waits.jsonl');
  const hangs: string[] = [];
  let process_: LineProcess | undefined;
  let isHalted = false;
  let lastStatus: unknown;
  let lastStatusMs = performance.now();
  const watching = setInterval(watch, LOOK_MS);

  return {
    async start(mistake) {
      const config = await writeNodeConfig({
        folder,
        plan,
        ...machine,
        server,
        trustedKey: key.publicKey,
        mistake,
      });
      const started = await spawnLines(process.execPath, [program, '--config', config], {
        env: { LEHR_PROOF_WAITS: waitsFile, NODE_OPTIONS: `--import=${hook} --disable-warning=ExperimentalWarning` },
      });
      lastStatusMs = performance.now();
      try {
        await started.waitForLine(/^edge ready/, READY_MS);
      } catch (error) {
        if (mistake === undefined) throw error;
        await started.stop();
        return false;
      }
      process_ = started;
      lastStatusMs = performance.now();
      return true;
    },
    async end(signal) {
      const ending = process_;
      process_ = undefined;
      ending?.child.kill(signal);
      await ending?.exit;
    },
    halt() {
      isHalted = true;
      process_?.child.kill('SIGSTOP');
    },
    resume() {
      process_?.child.kill('SIGCONT');
      isHalted = false;
      lastStatusMs = performance.now();
    },
    isConnected,
    async worksAgain(limitMs) {
      if (!(await isConnected(limitMs))) return false;
      const before = sumOf(server, 'triggered');
      return await holds(limitMs, () => sumOf(server, 'triggered') >= before + COUNTED_AGAIN);
    },
    async isDrained(limitMs) {
      server.status = undefined;
      return await holds(
        limitMs,
        ({ status }) => status?.outboxResults === 0 && status.deadLetters === 0 && sumOf(server, 'inTransit') === 0,
      );
    },
    told: () => ({
      events: [...server.events.values()].map(eventOf),
      inspections: [...server.inspections.values()].map(inspectionOf),
      counts: [...server.partCounts.values()].map(countsOf),
      hangs,
    }),
    waits: () => (existsSync(waitsFile) ? readFileSync(waitsFile, 'utf8').trim().split('\n') : []).flatMap(intervalOf),
    get output() {
      return process_?.output ?? [];
    },
    hangs: (text) => void hangs.push(text),
    async stop() {
      clearInterval(watching);
      await process_?.stop();
      await server[Symbol.asyncDispose]();
    },
  };

  function isConnected(limitMs: number): Promise<boolean> {
    server.status = undefined;
    return holds(limitMs, ({ status }) => status?.machineConnected === true);
  }

  async function holds(limitMs: number, isTrue: (now: ReceivingServer) => boolean): Promise<boolean> {
    return await server.until(isTrue, limitMs).then(
      () => true,
      () => false,
    );
  }

  function watch(): void {
    const nowMs = performance.now();
    if (server.status !== lastStatus || !process_ || isHalted) {
      lastStatus = server.status;
      lastStatusMs = nowMs;
    }
    if (nowMs - lastStatusMs < SILENT_MS) return;
    lastStatusMs = nowMs;
    hangs.push(`no report for ${SILENT_MS} ms at ${new Date().toISOString()}`);
  }
}

function sumOf(server: ReceivingServer, name: 'triggered' | 'inTransit'): number {
  return [...server.partCounts.values()].reduce((sum, counts) => sum + Number(counts[name]), 0);
}

function eventOf({ id = '', kind = '', partId, inspectionId, data }: ReceivedNote): ToldEvent {
  return {
    id,
    kind,
    // The millisecond of a UUIDv7.
    atMs: Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16),
    partId: typeof partId === 'string' ? partId : undefined,
    inspectionId,
    data: typeof data === 'object' && data !== null ? { ...data } : {},
  };
}

function inspectionOf({ id, imageSha256, context }: ReceivedInspection) {
  const batch = context?.signals.find(({ name }) => name === 'batchCode');
  return { id, imageSha256, batchCode: context?.batchCode ?? null, isBatchAmbiguous: batch?.isAmbiguous === true };
}

function countsOf(counts: ReceivedNote) {
  const number = (name: string) => Number(counts[name] ?? 0);
  return {
    jobCode: typeof counts.jobCode === 'string' ? counts.jobCode : null,
    triggered: number('triggered'),
    accepted: number('accepted'),
    rejected: number('rejected'),
    bypassed: number('bypassed'),
    unseen: number('unseen'),
    unknown: number('unknown'),
    inTransit: number('inTransit'),
  };
}

function intervalOf(line: string): Interval[] {
  if (line === '') return [];
  const interval: Interval = JSON.parse(line);
  return [interval];
}
