/**
 * Answers on their way to the server: each is stored before the next image is shown, sent one after the other, and forgotten only when the
 * server has said what became of it. What is refused is given back.
 */
import type { KeptList } from './kept-list.ts';

export interface Outgoing {
  /** Of this answer, not of its image. */
  id: string;
}

export type Sent =
  | { kind: 'done' }
  | { kind: 'refused'; reason: string }
  /** No word from the server: it is sent again. */
  | { kind: 'silent' };

export interface AnswerOutbox<Answer extends Outgoing> {
  waiting(): readonly Answer[];
  /** False when it could not be stored, so that a reload would lose it. */
  add(answer: Answer): boolean;
  /** Sends what waits; at once when it was waiting to try again. */
  wake(): void;
}

interface OutboxOptions<Answer> {
  kept: KeptList<Answer>;
  send: (answer: Answer) => Promise<Sent>;
  /** After the list has changed. */
  changed: (waiting: readonly Answer[]) => void;
  done: (answer: Answer) => void;
  refused: (answer: Answer, reason: string) => void;
  /** Resolves after this many failures in a row have been waited for, or when woken. */
  rest: (failures: number) => { done: Promise<void>; wake: () => void };
}

export function makeAnswerOutbox<Answer extends Outgoing>(options: OutboxOptions<Answer>): AnswerOutbox<Answer> {
  let waiting = options.kept.read();
  let isRunning = false;
  let resting: { wake: () => void } | undefined;

  function keep(next: readonly Answer[]): boolean {
    waiting = [...next];
    const isStored = options.kept.write(waiting);
    options.changed(waiting);
    return isStored;
  }

  async function run() {
    if (isRunning) return;
    isRunning = true;
    let failures = 0;
    for (let first = waiting[0]; first; first = waiting[0]) {
      const answer = first;
      const sent = await options.send(answer).catch((): Sent => ({ kind: 'silent' }));
      if (sent.kind === 'silent') {
        failures += 1;
        const rest = options.rest(failures);
        resting = rest;
        await rest.done;
        resting = undefined;
        continue;
      }
      failures = 0;
      keep(waiting.filter(({ id }) => id !== answer.id));
      if (sent.kind === 'done') options.done(answer);
      else options.refused(answer, sent.reason);
    }
    isRunning = false;
  }

  return {
    waiting: () => waiting,
    add(answer) {
      const isStored = keep([...waiting, answer]);
      void run();
      return isStored;
    },
    wake() {
      resting?.wake();
      void run();
    },
  };
}
