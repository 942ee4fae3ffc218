/** A door that works pass one after the other, in the order in which they asked, however long each takes to reach it. */

export interface Turn {
  /** Resolves when all that asked earlier have left. */
  before: Promise<void>;
  /** May be called more than once. */
  leave(): void;
}

export interface Door {
  takeTurn(): Turn;
}

export function createDoor(): Door {
  let last = Promise.resolve();
  return {
    takeTurn() {
      const own = Promise.withResolvers<void>();
      const before = last;
      last = before.then(() => own.promise);
      return { before, leave: own.resolve };
    },
  };
}
