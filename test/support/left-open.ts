/** Compares what keeps the process alive now (`process.getActiveResourcesInfo()`) with what did before. */

/** One-shot work that ends by itself, and vitest's own channel to its main process. */
const harmless = new Set(['Immediate', 'FSReqCallback', 'FSReqPromise', 'RandomBytesRequest', 'PipeWrap', 'TTYWrap']);

/** Each kind of resource of which there are more now, as `2 TCPSocketWrap`. */
export function leftOpen(before: readonly string[], now: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const kind of now) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  for (const kind of before) counts.set(kind, (counts.get(kind) ?? 0) - 1);
  return [...counts]
    .filter(([kind, count]) => count > 0 && !harmless.has(kind))
    .map(([kind, count]) => `${count} ${kind}`);
}
