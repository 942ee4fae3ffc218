/** `--dead-letters` and `--retry-dead-letters`: what the server refused, for the person who mends the cause. */
import type { EdgeConfig } from './config.ts';
import { openOutboxStore } from './uplink/outbox-store.ts';
import { readDeadLetters } from './uplink/read-outbox-file.ts';

/** Also while the node runs. Throws when there is no outbox. */
export function showDeadLetters(home: string, say: (line: string) => void): void {
  const letters = readDeadLetters(home);
  for (const { at, kind, key, field, value, reason } of letters) {
    const where = field === null ? '' : ` ${field}${value === null ? '' : ` ${JSON.stringify(value)}`}`;
    say(`${at}  ${kind.padEnd(8)}  ${key}  ${where}: ${reason.replace(/\s+/g, ' ').trim()}`);
  }
  say(
    letters.length === 0
      ? 'the server has refused nothing'
      : `${letters.length} refused; mend the cause, then send them again`,
  );
}

/** Throws when the node runs: then it is asked through the server. */
export function retryDeadLetters(
  { home, outbox }: Pick<EdgeConfig, 'home' | 'outbox'>,
  say: (line: string) => void,
): void {
  const store = open();
  try {
    let count = 0;
    store.transaction(() => {
      count = store.call('retryDeadLetters', { wish: null });
    });
    for (let hasMore = true; hasMore; ) {
      store.transaction(() => {
        hasMore = store.goOn();
      });
    }
    store.transaction(() => store.call('close', null));
    say(
      count === 0
        ? 'the server has refused nothing'
        : `${count} go back to the outbox; the node sends them at its next start`,
    );
  } finally {
    store.close();
  }

  function open() {
    try {
      return openOutboxStore(home, outbox);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`${reason}; while the node runs, have the server ask it (mutation retryDeadLetters)`, { cause });
    }
  }
}
