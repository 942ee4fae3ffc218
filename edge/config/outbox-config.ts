/**
 * Store and forward: how much is kept, and how it is sent.
 *
 * The line never waits for a full outbox. What does not fit is given up in this order, each step only when the one before leaves nothing:
 * 1. images of passes, 2. images of uncertain parts, 3. images of rejects: thinned by halves with equal chance, so that those that stay
 * still stand for all; 4. older snapshots of part counts and image revisions, which newer ones have replaced; 5. results, oldest first;
 * 6. events, oldest first. All of it is counted and told to the server as an event. Refused things (dead letters) have limits of their own.
 */
import { z } from 'zod';
import { whole } from './fields.ts';

export const OutboxSchema = z
  .strictObject({
    maxResults: whole(1, 100_000_000).default(5_000_000),
    maxResultBytes: whole(1_000, 10_000_000_000_000).default(16_000_000_000),
    maxImageBytes: whole(1_000, 10_000_000_000_000).default(20_000_000_000),
    maxEvents: whole(1, 10_000_000).default(500_000),
    maxPartCounts: whole(1, 1_000_000).default(100_000),
    maxRevisions: whole(1, 100_000_000).default(5_000_000),
    /** Of the node's running time, so that a clock that jumps gives nothing up. */
    maxAgeDays: z.number('give a number of days').positive('give more than 0').max(3_650).default(30),
    /** Of the database file: images are not the only thing in it. At the limit it behaves as a full disk. */
    maxFileBytes: whole(1_000_000, 100_000_000_000_000).default(64_000_000_000),
    /** Images are given up while the disk has less than this. */
    minFreeBytes: whole(0, 1_000_000_000_000).default(500_000_000),
    /** Set aside on the disk, to have room to give things up in when it is full. */
    reserveBytes: whole(0, 1_000_000_000).default(16_000_000),
    /** What is given up is told at most this often for each kind. */
    sacrificeNoticeMs: whole(0, 86_400_000).default(60_000),
    maxDeadLetters: whole(1, 10_000_000).default(100_000),
    maxDeadImageBytes: whole(0, 1_000_000_000_000).default(1_000_000_000),
    batchSize: whole(1, 500).default(200),
    flushMs: whole(0, 10_000).default(20),
    imageUploads: whole(1, 16).default(2),
    /** A result older than this is backlog, which is sent beside the live ones and never before them. */
    liveMs: whole(100, 60_000).default(2_000),
    /** Of the backlog: results a second, bytes of images a second. */
    catchUpPerS: whole(1, 1_000_000).default(1_000),
    catchUpBytesPerS: whole(1_000, 10_000_000_000).default(20_000_000),
  })
  .prefault({});

export type OutboxConfig = z.infer<typeof OutboxSchema>;
