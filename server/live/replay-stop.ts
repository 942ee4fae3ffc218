/** Where a replayed page ends, so that subscribers who began at different cursors soon ask for the same pages. */

/** Pages end at multiples of the whole page, and before the first such end at multiples of these shares of it. */
const shares = [25, 5, 1];

/**
 * The end of the page that begins behind `after`. From any cursor it takes at most two short pages to reach the pages that all share,
 * so that the rows executed for many cursors grow with the rows of the stream, and only little with the number of cursors.
 */
export function replayStop(after: number, pageSize: number): number {
  const wholeStop = nextMultiple(after, pageSize);
  for (const share of shares) {
    const step = Math.max(1, Math.floor(pageSize / share));
    if (after % step !== 0) return Math.min(wholeStop, nextMultiple(after, step));
  }
  return wholeStop;
}

/** The first multiple above it. */
function nextMultiple(position: number, step: number): number {
  return position - (position % step) + step;
}
