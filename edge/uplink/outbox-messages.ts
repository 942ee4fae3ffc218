/** What the edge process and its outbox thread say to each other. */
import type { OutboxConfig } from '../config/outbox-config.ts';
import type { Verdict } from '../pipeline/frame.ts';
import type { CaptureRevision, NodeEvent, PartCounts } from './node-events.ts';

/** An image that is to be sent, with what decides when it has to go. */
export interface OutboxImage {
  sha256: string;
  bytes: Uint8Array;
  verdict: Verdict;
  /** As the result says; a later thinning multiplies it. */
  keepProbability: number;
}

export interface OutboxEntry {
  id: string;
  /** The InspectionInput as JSON; sent as it is, so that a repeat is the same bytes. */
  body: string;
  /** Null when the capture policy did not keep it. */
  image: OutboxImage | null;
  sourceKey: string | null;
}

/** Something that waits to be sent, as JSON. */
export interface QueuedItem {
  seq: number;
  id: string;
  body: string;
}

export interface QueuedImage {
  seq: number;
  sha256: string;
  sizeBytes: number;
}

/** live: what came in during the last seconds; backlog: what is older, and repeats. */
export type Lane = 'live' | 'backlog';
/** Everything small that is sent beside results: what happened, where the parts went, what became of images. */
export type NoteKind = 'event' | 'counts' | 'revision';

/** Why the server did not take something; kept beside it. */
export interface Refusal {
  reason: string;
  field: string | null;
  value: string | null;
}

export type Settlement = { seq: number; refusal: Refusal | null };

export interface DeadLetter extends Refusal {
  seq: number;
  kind: 'result' | 'image' | NoteKind;
  /** Id of what was refused, or hash of the image. */
  key: string;
  at: string;
}

export interface OutboxCounts {
  results: number;
  resultBytes: number;
  images: number;
  /** Images whose result the server has: they may be sent. */
  readyImages: number;
  imageBytes: number;
  events: number;
  partCounts: number;
  revisions: number;
  deadLetters: number;
  /** Capture time of the oldest result that waits. */
  oldestResultAt: string | null;
  /** Given up to keep to the limits or the disk, since the start. */
  sacrificedImages: number;
  sacrificedResults: number;
  sacrificedEvents: number;
  sacrificedDeadLetters: number;
  /** Of the disk below the home. */
  freeBytes: number;
  totalBytes: number;
  /** It has less than the node wants, and images are given up for it. */
  isDiskShort: boolean;
  /** Why the last write failed; null when it did not. */
  writeProblem: string | null;
}

/** Every request that the thread answers: its argument and its answer. */
export interface OutboxCalls {
  put: { ask: OutboxEntry; answer: null };
  putEvents: { ask: NodeEvent[]; answer: null };
  putCounts: { ask: PartCounts; answer: null };
  putRevisions: { ask: CaptureRevision[]; answer: null };
  takeResults: { ask: { lane: Lane; limit: number }; answer: QueuedItem[] };
  settleResults: { ask: Settlement[]; answer: null };
  takeNotes: { ask: { kind: NoteKind; limit: number }; answer: QueuedItem[] };
  settleNotes: { ask: { kind: NoteKind; outcomes: Settlement[] }; answer: null };
  takeImages: { ask: { lane: Lane; limit: number; except: number[] }; answer: QueuedImage[] };
  readImage: { ask: { seq: number }; answer: Uint8Array | null };
  settleImage: { ask: Settlement; answer: null };
  sources: { ask: null; answer: string[] };
  forgetSources: { ask: string[]; answer: null };
  deadLetters: { ask: { limit: number }; answer: DeadLetter[] };
  retryDeadLetters: { ask: { wish: string | null }; answer: number };
  close: { ask: null; answer: null };
}

export type OutboxCallName = keyof OutboxCalls;
export type OutboxRequest = {
  [Name in OutboxCallName]: { id: number; name: Name; ask: OutboxCalls[Name]['ask'] };
}[OutboxCallName];
export type OutboxReply = { id: number; counts: OutboxCounts } & ({ answer: unknown } | { error: string });
/** Told when time or disk changed the counts and nobody asked. */
export type OutboxNews = { counts: OutboxCounts };

export interface OutboxThreadOptions {
  home: string;
  config: OutboxConfig;
}

/** Sent once, before any reply. */
export type OutboxOpened = { opened: OutboxCounts } | { refused: string };
