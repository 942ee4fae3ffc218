/** Results and images for the outbox that tests can tell apart, with limits that only what a test names is near to. */
import { type OutboxConfig, OutboxSchema } from '../../../edge/config/outbox-config.ts';
import type { Verdict } from '../../../edge/pipeline/frame.ts';
import { inspectionId } from '../../../edge/pipeline/inspection-id.ts';
import type { OutboxEntry } from '../../../edge/uplink/outbox-messages.ts';

export function outboxLimits(changed: Partial<OutboxConfig> = {}): OutboxConfig {
  return { ...OutboxSchema.parse({ minFreeBytes: 0, reserveBytes: 0, sacrificeNoticeMs: 0, flushMs: 0 }), ...changed };
}

/** 2026-01-01 and as many milliseconds later as its number. */
export const firstPartMs = Date.UTC(2026, 0, 1);

export interface EntryOptions {
  verdict?: Verdict;
  keepProbability?: number;
  /** 0: without an image. */
  imageBytes?: number;
}

export function outboxEntry(number: number, options: EntryOptions = {}): OutboxEntry {
  const { verdict = 'PASS', keepProbability = 1, imageBytes = 100 } = options;
  const id = inspectionId(firstPartMs + number);
  const image = { sha256: `hash-${number}`, bytes: new Uint8Array(imageBytes).fill(number), verdict, keepProbability };
  return {
    id,
    body: JSON.stringify({ id, partId: `part-${number}`, verdict }),
    image: imageBytes === 0 ? null : image,
    sourceKey: `camera/${number}`,
  };
}
