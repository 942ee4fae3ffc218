/** The part of the API that an edge node speaks, kept in memory: what arrived, how often, and what a test wants refused. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { CapturePolicy } from '../../../edge/capture/capture-policy.ts';
import type { Capture } from '../../../edge/capture/image-keeper.ts';
import type { TestArtifact } from './tiny-model.ts';

const storedOperations: Record<string, string> = JSON.parse(
  readFileSync(new URL('../../../schema/operations.json', import.meta.url), 'utf8'),
);

export interface ReceivedInspection {
  id: string;
  cameraId: string;
  modelVersionId: string;
  partId: string | null;
  verdict: string;
  score: number;
  imageSha256: string;
  capture: Capture;
  defects: { class: string; box: { x: number; y: number; width: number; height: number }; outline: number[] }[];
  context: {
    machineState: string | null;
    batchCode: string | null;
    signals: { name: string; quality: string; isAmbiguous?: boolean }[];
  } | null;
}

export interface ReceivedStatus {
  machineConnected: boolean;
  outboxResults: number;
  deadLetters: number;
  droppedFrames: number;
  cameras: {
    cameraId: string;
    modelVersionId: string | null;
    shadowModelVersionId: string | null;
    framesTaken: number;
    problem: string | null;
  }[];
  machines: { quality: string; state: string | null }[];
}

/** An event, a snapshot of counts or a revision, as it arrived. */
export type ReceivedNote = { id?: string; kind?: string; inspectionId?: string; revision?: number } & Record<
  string,
  unknown
>;

interface Assignment {
  versionId: string;
  artifact: TestArtifact;
  sizeBytes?: number;
}

export interface ReceivingServer extends AsyncDisposable {
  url: string;
  token: string;
  /** First delivery of each id, in the order of arrival. */
  inspections: Map<string, ReceivedInspection>;
  /** Deliveries that changed nothing. */
  duplicates: number;
  conflicts: string[];
  images: Map<string, number>;
  /** First delivery of each id. */
  events: Map<string, ReceivedNote>;
  /** The newest revision of each count. */
  partCounts: Map<string, ReceivedNote>;
  /** By inspection: what was told last. */
  revisions: Map<string, ReceivedNote>;
  status: ReceivedStatus | undefined;
  /** Camera code → its model. */
  assignments: Map<string, Assignment>;
  /** Camera code → the model that judges along. */
  shadows: Map<string, Assignment>;
  /** Camera code → how its images are cut and aligned, by recipe. */
  setups: Map<string, unknown[]>;
  /** By hash: what GET /images gives. */
  references: Map<string, Uint8Array>;
  deadLetterRetryAt: string | null;
  capturePolicy: CapturePolicy | null;
  /** Why an item is refused; undefined takes it. */
  refuse: (item: ReceivedInspection) => string | undefined;
  /** Status of an answer to a PUT instead of taking it. */
  refuseImage: (sha256: string) => number | undefined;
  /** Stops answering, also on connections that are open; `up` goes on at the same address with what was kept. */
  down(): Promise<void>;
  up(): Promise<void>;
  /** Resolves when `isTrue` holds after some request; rejects after `timeoutMs`. */
  until(isTrue: (server: ReceivingServer) => boolean, timeoutMs?: number): Promise<void>;
}

export async function startReceivingServer(cameras: string[]): Promise<ReceivingServer> {
  const contents = new Map<string, string>();
  const waiters = new Set<() => void>();
  let http: Server | undefined;
  let port = 0;

  const receiver: ReceivingServer = {
    url: '',
    token: 'lehr_test',
    inspections: new Map(),
    duplicates: 0,
    conflicts: [],
    images: new Map(),
    events: new Map(),
    partCounts: new Map(),
    revisions: new Map(),
    status: undefined,
    assignments: new Map(),
    shadows: new Map(),
    setups: new Map(),
    references: new Map(),
    deadLetterRetryAt: null,
    capturePolicy: null,
    refuse: () => undefined,
    refuseImage: () => undefined,
    async down() {
      const closing = http;
      http = undefined;
      await new Promise<void>((resolve) => {
        if (!closing) return resolve();
        closing.close(() => resolve());
        closing.closeAllConnections();
      });
    },
    async up() {
      const server = createServer((request, response) => {
        answer(request, response).then(
          () => {
            for (const look of waiters) look();
          },
          (error) => response.writeHead(500).end(String(error)),
        );
      });
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
      const address = server.address();
      if (typeof address === 'object' && address) port = address.port;
      receiver.url = `http://127.0.0.1:${port}`;
      http = server;
    },
    until: (isTrue, timeoutMs = 15_000) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!isTrue(receiver)) return;
          finish();
          resolve();
        };
        const timer = setTimeout(() => {
          finish();
          const { inspections, images, status } = receiver;
          reject(
            new Error(
              `${timeoutMs} ms: ${isTrue}; ${inspections.size} inspections, ${images.size} images, ${JSON.stringify(status)}`,
            ),
          );
        }, timeoutMs);
        const finish = () => {
          clearTimeout(timer);
          waiters.delete(look);
        };
        waiters.add(look);
        look();
      }),
    [Symbol.asyncDispose]: () => receiver.down(),
  };
  await receiver.up();
  return receiver;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const path = request.url ?? '';
    if (path === '/health') return void response.writeHead(200).end('{}');
    if (request.headers.authorization !== `Bearer ${receiver.token}`) return void response.writeHead(401).end('{}');
    if (path === '/graphql') {
      const { extensions, variables } = JSON.parse(body.toString());
      const query = storedOperations[extensions.persistedQuery.sha256Hash];
      if (query === undefined) throw new Error('the node sent what is not stored');
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify(execute(query, variables.input)));
    } else if (request.method === 'PUT') takeImage(path.split('/').at(-1) ?? '', body, response);
    else if (path.startsWith('/images/')) sendReference(path.split('/').at(-1) ?? '', response);
    else sendArtifact(path.split('/').at(-1) ?? '', request.headers.range, response);
  }

  function execute(query: string, input: unknown): unknown {
    if (query.includes('query EdgeNodePlan')) return { data: { viewer: { tokenName: 'edge', edgeNode: plan() } } };
    if (query.includes('mutation EdgeReportStatus')) {
      receiver.status = input as ReceivedStatus;
      return { data: { reportNodeStatus: { __typename: 'ReportNodeStatusPayload', skewMs: 0 } } };
    }
    const notes = input as ReceivedNote[];
    const taken = (__typename: string, items: unknown[]) => ({ __typename, items });
    if (query.includes('mutation EdgeRecordNodeEvents'))
      return { data: { recordNodeEvents: taken('RecordNodeEventsPayload', notes.map(takeEvent)) } };
    if (query.includes('mutation EdgeRecordPartCounts'))
      return { data: { recordPartCounts: taken('RecordPartCountsPayload', notes.map(takeCounts)) } };
    if (query.includes('mutation EdgeReviseCaptures'))
      return { data: { reviseCaptures: taken('ReviseCapturesPayload', notes.map(takeRevision)) } };
    const items = (input as ReceivedInspection[]).map(take);
    return { data: { recordInspections: { __typename: 'RecordInspectionsPayload', items } } };
  }

  function take(item: ReceivedInspection) {
    const content = JSON.stringify(item);
    const outcome = (name: string, reason: string | null = null) => ({
      id: item.id,
      outcome: name,
      field: reason && 'partId',
      value: reason && item.partId,
      reason,
    });
    const known = contents.get(item.id);
    if (known === content) {
      receiver.duplicates++;
      return outcome('DUPLICATE');
    }
    if (known !== undefined) {
      receiver.conflicts.push(item.id);
      return outcome('CONFLICT', 'the id is taken');
    }
    const reason = receiver.refuse(item);
    if (reason !== undefined) return outcome('REFUSED', reason);
    contents.set(item.id, content);
    receiver.inspections.set(item.id, item);
    return outcome('RECORDED');
  }

  function takeEvent(event: ReceivedNote) {
    const id = String(event.id);
    const isKnown = receiver.events.has(id);
    if (!isKnown) receiver.events.set(id, event);
    return noteOutcome(id, isKnown);
  }

  function takeCounts(counts: ReceivedNote) {
    const id = String(counts.id);
    const isOld = Number(receiver.partCounts.get(id)?.revision ?? -1) >= Number(counts.revision);
    if (!isOld) receiver.partCounts.set(id, counts);
    return noteOutcome(id, isOld);
  }

  function takeRevision(revision: ReceivedNote) {
    const id = String(revision.inspectionId);
    receiver.revisions.set(id, revision);
    return noteOutcome(id, false);
  }

  function takeImage(sha256: string, body: Buffer, response: ServerResponse): void {
    const refusal = receiver.refuseImage(sha256);
    if (refusal !== undefined) return void response.writeHead(refusal).end('{"field":"image"}');
    if (createHash('sha256').update(body).digest('hex') !== sha256) return void response.writeHead(422).end('{}');
    receiver.images.set(sha256, (receiver.images.get(sha256) ?? 0) + 1);
    response.writeHead(201).end('{}');
  }

  function sendArtifact(sha256: string, range: string | undefined, response: ServerResponse): void {
    const assigned = [...receiver.assignments.values(), ...receiver.shadows.values()];
    const found = assigned.find(({ artifact }) => artifact.sha256 === sha256);
    if (!found) return void response.writeHead(404).end('{}');
    const offset = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    response.writeHead(offset > 0 ? 206 : 200).end(found.artifact.bytes.subarray(offset));
  }

  function sendReference(sha256: string, response: ServerResponse): void {
    const bytes = receiver.references.get(sha256);
    response.writeHead(bytes ? 200 : 404).end(bytes ?? '{}');
  }

  function plan() {
    return {
      id: 'node-1',
      code: 'edge-1',
      deadLetterRetryAt: receiver.deadLetterRetryAt,
      capturePolicy: receiver.capturePolicy,
      plant: { code: 'plant-1' },
      stations: [
        {
          id: 'station-id-1',
          code: 'station-1',
          line: { id: 'line-id-1', code: 'line-1' },
          cameras: cameras.map((code) => ({
            id: `id-${code}`,
            code,
            assignment: assignmentOf(receiver.assignments.get(code)),
            shadowAssignment: assignmentOf(receiver.shadows.get(code)),
            setups: receiver.setups.get(code) ?? [],
          })),
        },
      ],
    };
  }

  function assignmentOf(assigned: Assignment | undefined) {
    if (!assigned) return null;
    const { versionId, artifact, sizeBytes = artifact.bytes.length } = assigned;
    const { sha256, signature, signingKeyId } = artifact;
    const url = `/artifacts/${sha256}`;
    return {
      modelVersion: {
        id: versionId,
        artifact: { sha256, signature, sizeBytes, url, signingKey: { id: signingKeyId } },
      },
    };
  }
}

function noteOutcome(id: string, isKnown: boolean) {
  return { id, outcome: isKnown ? 'DUPLICATE' : 'RECORDED', field: null, value: null, reason: null };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
