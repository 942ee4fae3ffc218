/** Sends what the outbox holds: results in batches in their order, each image after its result. A refusal goes to the dead letters and blocks nothing. */
import type { OutboxConfig } from '../config.ts';
import type { Logger } from '../log.ts';
import { pause } from '../wait.ts';
import { RECORD_INSPECTIONS, RecordInspectionsSchema } from './documents.ts';
import type { Outbox } from './outbox.ts';
import type { QueuedImage, QueuedResult, Refusal } from './outbox-messages.ts';
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

type Settlement = { seq: number; refusal: Refusal | null };

export function startSender(options: SenderOptions): Sender {
  const { outbox, client, contact, config, plantCode, log } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const uploading = new Set<number>();
  const loops = [repeat(sendResults), ...Array.from({ length: config.imageUploads }, () => repeat(sendImage))];

  return {
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
  };

  /** `step` answers whether it found something to do. */
  async function repeat(step: (backOff: BackOff, attempt: Attempt) => Promise<boolean>): Promise<void> {
    const backOff = createBackOff(options.retryMinMs, options.retryMaxMs);
    while (!signal.aborted) {
      const attempt = contact.begin();
      try {
        // Asked for before looking: what comes in between is not missed.
        const changed = outbox.changed(signal);
        if (!(await step(backOff, attempt))) await changed;
      } catch (error) {
        if (signal.aborted) break;
        attempt.failed(error);
        await pause(backOff.next(), signal);
      }
    }
  }

  async function sendResults(backOff: BackOff, attempt: Attempt): Promise<boolean> {
    if (outbox.counts.results === 0) return false;
    // A moment for more to come, unless a batch is full already.
    if (outbox.counts.results < config.batchSize) await pause(config.flushMs, signal);
    const batch = await outbox.takeResults(config.batchSize);
    if (batch.length === 0 || signal.aborted) return false;
    const settled = await record(batch);
    attempt.answered();
    backOff.reset();
    await outbox.settleResults(settled);
    return true;
  }

  /** When the request as a whole is at fault, halves of it find the one item that is. */
  async function record(batch: QueuedResult[]): Promise<Settlement[]> {
    try {
      const variables = `{"input":[${batch.map(({ body }) => body).join(',')}]}`;
      const { recordInspections: answer } = await client.graphql(
        RECORD_INSPECTIONS,
        variables,
        RecordInspectionsSchema,
        signal,
      );
      if (answer.__typename === 'InvalidInputError') {
        return await divide(batch, {
          reason: `${answer.message} ${answer.remedy}`,
          field: answer.field,
          value: answer.value,
        });
      }
      return batch.map(({ seq, id }, index) => {
        const item = answer.items[index];
        if (item?.id.toLowerCase() !== id)
          throw new UplinkError('contract', `item ${index} is answered as ${item?.id}, expected ${id}`);
        if (item.outcome === 'RECORDED' || item.outcome === 'DUPLICATE') return { seq, refusal: null };
        return refuse(seq, id, { reason: item.reason ?? item.outcome, field: item.field, value: item.value });
      });
    } catch (error) {
      if (error instanceof UplinkError && error.trouble === 'invalid') {
        return await divide(batch, { reason: error.message, field: null, value: null });
      }
      throw error;
    }
  }

  async function divide(batch: QueuedResult[], refusal: Refusal): Promise<Settlement[]> {
    const [only] = batch;
    if (only && batch.length === 1) return [refuse(only.seq, only.id, refusal)];
    const half = Math.ceil(batch.length / 2);
    return [...(await record(batch.slice(0, half))), ...(await record(batch.slice(half)))];
  }

  function refuse(seq: number, id: string, refusal: Refusal): Settlement {
    log.warn({ inspection: id, ...refusal }, 'the server refused a result; it is kept in the dead letters');
    return { seq, refusal };
  }

  async function sendImage(backOff: BackOff, attempt: Attempt): Promise<boolean> {
    if (outbox.counts.readyImages <= uploading.size) return false;
    const [image] = await outbox.takeImages(1, [...uploading]);
    // Two loops may have asked at once.
    if (!image || uploading.has(image.seq) || signal.aborted) return false;
    uploading.add(image.seq);
    try {
      await upload(image, attempt);
      backOff.reset();
    } finally {
      uploading.delete(image.seq);
    }
    return true;
  }

  async function upload({ seq, sha256 }: QueuedImage, attempt: Attempt): Promise<void> {
    const bytes = await outbox.readImage(seq);
    if (!bytes) return;
    try {
      await client.putImage(plantCode, sha256, new Uint8Array(bytes), signal);
      attempt.answered();
      await outbox.settleImage(seq, null);
    } catch (error) {
      if (!(error instanceof UplinkError) || error.trouble !== 'invalid') throw error;
      log.warn({ image: sha256, reason: error.message }, 'the server refused an image; it is kept in the dead letters');
      await outbox.settleImage(seq, { reason: error.message, field: 'image', value: sha256 });
    }
  }
}
