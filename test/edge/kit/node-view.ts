/** A node as it sees itself, with one of everything. */

import type { NodeView } from '../../../edge/node-status.ts';
import type { SignalAtInstant } from '../../../edge/pipeline/frame.ts';
import { outboxLimits } from './outbox-entries.ts';

const emptyOutbox = {
  results: 0,
  resultBytes: 0,
  images: 0,
  readyImages: 0,
  imageBytes: 0,
  events: 0,
  partCounts: 0,
  revisions: 0,
  deadLetters: 0,
  oldestResultAt: null,
  sacrificedImages: 0,
  sacrificedResults: 0,
  sacrificedEvents: 0,
  sacrificedDeadLetters: 0,
  freeBytes: 1,
  isDiskShort: false,
  totalBytes: 2,
  writeProblem: null,
};

const signal: SignalAtInstant = {
  name: 'encoderMm',
  value: 12.5,
  unit: 'mm',
  quality: 'GOOD',
  sourceTime: '2026-01-01T00:00:00.000Z',
};

export function nodeView(now: Date): NodeView {
  return {
    startedAt: now,
    skewMs: undefined,
    isServerUp: true,
    outbox: emptyOutbox,
    outboxLimits: outboxLimits(),
    deadLetters: [
      { seq: 1, kind: 'counts', key: 'count-1', reason: 'wrong', field: null, value: null, at: now.toISOString() },
    ],
    certificateExpiresAt: now,
    problem: 'x'.repeat(600),
    gates: [
      {
        stationId: 'station',
        mode: 'dry-run',
        isEnabled: true,
        isTracking: true,
        inTransit: 0,
        confirmed: 1,
        notConfirmed: 0,
        unexpected: 0,
        late: 0,
        lastCommandAt: now,
        leadErrorsMs: [],
        latenessMs: [1, 2, 4],
        problem: undefined,
      },
    ],
    cameras: [
      {
        cameraId: 'camera',
        code: 'camera-1',
        state: {
          framesTaken: 1,
          droppedFrames: 0,
          lastFrameAtMs: 5,
          p50LatencyMs: undefined,
          p99LatencyMs: undefined,
          shadow: undefined,
          problem: undefined,
        },
        rejectedFiles: 0,
        modelVersionId: undefined,
        shadowModelVersionId: undefined,
        problem: 'no model',
      },
    ],
    machines: [
      {
        line: 'line-1',
        lineId: 'line',
        isConnected: false,
        clockOffset: { offsetMs: -3, uncertaintyMs: 2 },
        security: 'Basic256Sha256 SignAndEncrypt',
        problem: undefined,
        now: {
          quality: 'STALE',
          sourceTime: null,
          state: 'Execute',
          mode: null,
          speedPerMin: null,
          productCode: null,
          recipeCode: null,
          batchCode: null,
          jobCode: null,
          temperatureC: null,
          humidityPercent: null,
          signals: [signal],
        },
      },
    ],
  };
}
