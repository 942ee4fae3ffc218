/**
 * Sends what the outbox holds, each kind in a lane of its own: live results at once, older ones beside them at a bounded rate, then events,
 * counts and revisions, and each image after its result. A refusal goes to the dead letters and blocks nothing.
 */
import type { OutboxConfig } from '../config/outbox-config.ts';
import type { Logger } from '../log.ts';
import { pause } from '../wait.ts';
import {
  RecordInspectionsSchema,
  RecordNodeEventsSchema,
  RecordPartCountsSchema,
  ReviseCapturesSchema,
} from './answers.ts';
import { RECORD_INSPECTIONS, RECORD_NODE_EVENTS, RECORD_PART_COUNTS, REVISE_CAPTURES } from './documents.ts';
import type { Outbox } from './outbox.ts';
import type { Lane, NoteKind, QueuedImage, QueuedItem, Settlement } from './outbox-messages.ts';
import { createPace } from './pace.ts';
import { type BatchCall, sendBatch } from './send-batch.ts';
import { type ServerClient, UplinkError } from './server-client.ts';
import { type Attempt, type BackOff, createBackOff, type ServerContact } from './server-contact.ts';

export interface SenderOptions {
  outbox: Outbox;
  client: ServerClient;
  contact: ServerContact;
  config: OutboxConfig;
  plantCode: string;
  retryMinMs: number;
  retryMaxMs: number;
  log: Logger;
}

export interface Sender {
  /** What is under way is given up; it stays in the outbox. */
  stop(): Promise<void>;
}

const RESULTS: BatchCall = { document: RECORD_INSPECTIONS, schema: RecordInspectionsSchema };
const NOTES: Record<NoteKind, BatchCall> = {
  event: { document: RECORD_NODE_EVENTS, schema: RecordNodeEventsSchema },
  counts: { document: RECORD_PART_COUNTS, schema: RecordPartCountsSchema },
  revision: { document: REVISE_CAPTURES, schema: ReviseCapturesSchema },
};
/** How often the backlog is looked for: a result becomes one by waiting, which nothing tells. */
const LOOK_MS = 250;

export function startSender(options: SenderOptions): Sender {
  const { outbox, client, contact, config, plantCode, log } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const uploading = new Set<number>();
  const resultPace = createPace(config.catchUpPerS);
  const imagePace = createPace(config.catchUpBytesPerS);
  /** Images of the backlog wait for its results. */
  let hasBacklog = true;
  const loops = [
    repeat(sendLive),
    repeat(sendBacklog),
    ...(['event', 'counts', 'revision'] as const).map((kind) => repeat((attempt) => sendNotes(kind, attempt))),
    ...Array.from({ length: config.imageUploads }, () => repeat(sendImage)),
  ];

  return {
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
  };

  /** `step` answers whether it found something to do. */
  async function repeat(step: (attempt: () => Attempt, backOff: BackOff) => Promise<boolean>): Promise<void> {
    const backOff = createBackOff(options.retryMinMs, options.retryMaxMs);
    while (!signal.aborted) {
      let attempt: Attempt | undefined;
      const begin = () => {
        attempt = contact.begin();
        return attempt;
      };
      try {
        // Asked for before looking: what comes in between is not missed.
        const changed = outbox.changed(signal, LOOK_MS);
        if (!(await step(begin, backOff))) await changed;
      } catch (error) {
        if (signal.aborted) break;
        if (error instanceof UplinkError) attempt?.failed(error);
        else log.warn(`nothing is sent for the moment: ${error instanceof Error ? error.message : String(error)}`);
        await pause(backOff.next(), signal);
      }
    }
  }

  async function sendLive(begin: () => Attempt, backOff: BackOff): Promise<boolean> {
    if (outbox.counts.results === 0) return false;
    // A moment for more to come, unless a batch is full already.
    if (outbox.counts.results < config.batchSize) await pause(config.flushMs, signal);
    return await sendResults('live', begin, backOff);
  }

  async function sendBacklog(begin: () => Attempt, backOff: BackOff): Promise<boolean> {
    await pause(Math.max(LOOK_MS, resultPace.waitMs()), signal);
    do {
      hasBacklog = outbox.counts.results > 0 && (await sendResults('backlog', begin, backOff));
      if (hasBacklog) await pause(resultPace.waitMs(), signal);
    } while (hasBacklog && !signal.aborted);
    return true;
  }

  async function sendResults(lane: Lane, begin: () => Attempt, backOff: BackOff): Promise<boolean> {
    const batch = await outbox.takeResults(lane, config.batchSize);
    if (batch.length === 0 || signal.aborted) return false;
    if (lane === 'backlog') {
      hasBacklog = true;
      resultPace.spend(batch.length);
    }
    const outcomes = await send(RESULTS, batch, begin, backOff);
    await outbox.settleResults(outcomes);
    return true;
  }

  async function sendNotes(kind: NoteKind, begin: () => Attempt): Promise<boolean> {
    const { events, partCounts, revisions } = outbox.counts;
    if ({ event: events, counts: partCounts, revision: revisions }[kind] === 0) return false;
    const batch = await outbox.takeNotes(kind, config.batchSize);
    if (batch.length === 0 || signal.aborted) return false;
    const outcomes = await send(NOTES[kind], batch, begin);
    await outbox.settleNotes(kind, outcomes);
    return true;
  }

  async function send(
    call: BatchCall,
    batch: QueuedItem[],
    begin: () => Attempt,
    backOff?: BackOff,
  ): Promise<Settlement[]> {
    const attempt = begin();
    const outcomes = await sendBatch(client, call, batch, signal);
    attempt.answered();
    backOff?.reset();
    outcomes.forEach(({ refusal }, index) => {
      if (refusal)
        log.warn({ id: batch[index]?.id, ...refusal }, 'the server refused something; it is kept in the dead letters');
    });
    return outcomes;
  }

  async function sendImage(begin: () => Attempt, backOff: BackOff): Promise<boolean> {
    if (outbox.counts.readyImages <= uploading.size) return false;
    const [image] = await takeImage();
    // Two loops may have asked at once.
    if (!image || uploading.has(image.seq) || signal.aborted) return false;
    uploading.add(image.seq);
    try {
      await upload(image, begin());
      backOff.reset();
    } finally {
      uploading.delete(image.seq);
    }
    return true;
  }

  async function takeImage(): Promise<QueuedImage[]> {
    const live = await outbox.takeImages('live', 1, [...uploading]);
    if (live.length > 0 || hasBacklog || imagePace.waitMs() > 0) return live;
    const backlog = await outbox.takeImages('backlog', 1, [...uploading]);
    for (const { sizeBytes } of backlog) imagePace.spend(sizeBytes);
    return backlog;
  }

  async function upload({ seq, sha256 }: QueuedImage, attempt: Attempt): Promise<void> {
    const bytes = await outbox.readImage(seq);
    if (!bytes) return;
    try {
      await client.putImage(plantCode, sha256, new Uint8Array(bytes), signal);
      attempt.answered();
      await outbox.settleImage({ seq, refusal: null });
    } catch (error) {
      if (!(error instanceof UplinkError) || error.trouble !== 'invalid') throw error;
      log.warn({ image: sha256, reason: error.message }, 'the server refused an image; it is kept in the dead letters');
      await outbox.settleImage({ seq, refusal: { reason: error.message, field: 'image', value: sha256 } });
    }
  }
}
