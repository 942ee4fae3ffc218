import { pino } from 'pino';
import { expect, it } from 'vitest';
import { watchDisk } from '../../edge/node/watch-disk.ts';
import type { OutboxCounts } from '../../edge/uplink/outbox-messages.ts';
import { createBell } from '../../edge/wait.ts';
import { nodeView } from './kit/node-view.ts';

it('says once that the disk is full, and once that it has room again', async () => {
  const lines: string[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line).msg) });
  const stopping = new AbortController();
  const bell = createBell();
  let counts: OutboxCounts = { ...nodeView(new Date()).outbox, isDiskShort: false };
  const outbox = {
    get counts() {
      return counts;
    },
    changed: (signal: AbortSignal) => bell.next(signal),
  };
  const watching = watchDisk(outbox, { home: '/data', minFreeBytes: 500 }, log, stopping.signal);
  for (const freeBytes of [400, 300, 600, 700]) {
    counts = { ...counts, freeBytes, isDiskShort: freeBytes < 500 };
    bell.ring();
    await new Promise(setImmediate);
  }
  stopping.abort();
  await watching;
  expect(lines).toEqual([
    'the disk of /data is full: 400 bytes are free, images are given up; make room there, it wants 500 (outbox.minFreeBytes)',
    'the disk of /data has room again: 600 bytes are free',
  ]);
});
