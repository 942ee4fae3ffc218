import type { OutboxConfig } from '../config/outbox-config.ts';
import type { OutboxCounts } from './outbox-messages.ts';

/** How full the outbox is, 0 to 1: results by number or size, or images, whichever is the fuller. On a disk without room it is full. */
export function shareOfLimits(
  counts: Pick<OutboxCounts, 'results' | 'resultBytes' | 'imageBytes' | 'isDiskShort'>,
  limits: Pick<OutboxConfig, 'maxResults' | 'maxResultBytes' | 'maxImageBytes'>,
): number {
  const shares = [
    counts.results / limits.maxResults,
    counts.resultBytes / limits.maxResultBytes,
    counts.imageBytes / limits.maxImageBytes,
    counts.isDiskShort ? 1 : 0,
  ];
  return Math.min(1, Math.max(...shares));
}
