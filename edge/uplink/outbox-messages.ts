/** What the edge process and its outbox thread say to each other. */
import type { OutboxConfig } from '../config.ts';

export interface OutboxEntry {
  id: string;
  /** The InspectionInput as JSON; sent as it is, so that a repeat is the same bytes. */
  body: string;
  image: { sha256: string; bytes: Uint8Array } | null;
  sourceKey: string | null;
}

export interface QueuedResult {
  seq: number;
  id: string;
  body: string;
}

export interface QueuedImage {
  seq: number;
  sha256: string;
  sizeBytes: number;
}

/** Why the server did not take something; kept beside it. */
export interface Refusal {
  reason: string;
  field: string | null;
  value: string | null;
}

export interface DeadLetter extends Refusal {
  seq: number;
  kind: 'result' | 'image';
  /** Id of the inspection, or hash of the image. */
  key: string;
  at: string;
}

export interface OutboxCounts {
  results: number;
  images: number;
  /** Images whose result the server has: they may be sent. */
  readyImages: number;
  imageBytes: number;
  deadLetters: number;
  /** Dead letters and their images that were deleted to keep to the limits, since the start. */
  sacrificed: number;
}

/** Every request that the thread answers: its argument and its answer. */
export interface OutboxCalls {
  put: { ask: OutboxEntry; answer: null };
  takeResults: { ask: { limit: number }; answer: QueuedResult[] };
  settleResults: { ask: { seq: number; refusal: Refusal | null }[]; answer: null };
  takeImages: { ask: { limit: number; except: number[] }; answer: QueuedImage[] };
  readImage: { ask: { seq: number }; answer: Uint8Array | null };
  settleImage: { ask: { seq: number; refusal: Refusal | null }; answer: null };
  sources: { ask: null; answer: string[] };
  forgetSources: { ask: string[]; answer: null };
  deadLetters: { ask: { limit: number }; answer: DeadLetter[] };
  close: { ask: null; answer: null };
}

export type OutboxCallName = keyof OutboxCalls;
export type OutboxRequest = {
  [Name in OutboxCallName]: { id: number; name: Name; ask: OutboxCalls[Name]['ask'] };
}[OutboxCallName];
export type OutboxReply = { id: number; counts: OutboxCounts } & ({ answer: unknown } | { error: string });

export interface OutboxThreadOptions {
  home: string;
  config: OutboxConfig;
}

/** Sent once, before any reply. */
export type OutboxOpened = { opened: OutboxCounts } | { refused: string };
