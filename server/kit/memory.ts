/** What the parts of one server keep in memory for its life: rate limits, one-time codes, caches. Never the truth about the plant. */

/** Names one such thing and says how it starts. Declare it once at the top of the file that owns it. */
export interface Slot<T> {
  readonly make: () => T;
}

export interface Memory {
  /** The thing of this server; made at the first call. */
  of<T>(slot: Slot<T>): T;
}

export function createMemory(): Memory {
  const things = new Map<Slot<unknown>, unknown>();
  return {
    of<T>(slot: Slot<T>): T {
      if (!things.has(slot)) things.set(slot, slot.make());
      return things.get(slot) as T;
    },
  };
}
