/** Waiting that can be called off, without leaving a timer or listener on a signal that lives as long as the node. */

/** Resolves at the event (also a failed one), after `timeoutMs`, or when `signal` aborts, whichever is first. Never rejects. */
export function waitFor(event: Promise<unknown> | undefined, signal: AbortSignal, timeoutMs?: number): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const finish = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = timeoutMs === undefined ? undefined : setTimeout(finish, timeoutMs);
    signal.addEventListener('abort', finish);
    event?.then(finish, finish);
  });
}

export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return waitFor(undefined, signal, milliseconds);
}

/** Something that happens again and again, for any number of waiters. */
export interface Bell {
  ring(): void;
  /** Resolves at the next ring or when `signal` aborts. */
  next(signal: AbortSignal, timeoutMs?: number): Promise<void>;
}

export function createBell(): Bell {
  let rung = Promise.withResolvers<void>();
  return {
    ring() {
      rung.resolve();
      rung = Promise.withResolvers();
    },
    next: (signal, timeoutMs) => waitFor(rung.promise, signal, timeoutMs),
  };
}
