/**
 * The answers of a person that are on their way, whatever screen is open: one outbox for each person and plant, and it lives as long as the
 * page. Another person at the same browser sends nothing of it.
 */
import { type Accessor, createRoot, createSignal } from 'solid-js';
import { type AnswerOutbox, makeAnswerOutbox, type Sent } from '../../lib/answer-outbox.ts';
import { backOffMs } from '../../lib/back-off.ts';
import { browserStore, makeKeptList } from '../../lib/kept-list.ts';
import type { Answered } from '../../lib/review-session.ts';
import type { PendingAnswer, ReviewTask } from './review-task.ts';

export interface Answers {
  outbox: AnswerOutbox<PendingAnswer>;
  waiting: Accessor<readonly PendingAnswer[]>;
  /** Set while a labelling screen is open; without one, what is refused waits for the next. */
  onRefused: ((answer: PendingAnswer, reason: string) => void) | undefined;
  onDone: (() => void) | undefined;
  takeRefused: () => { answer: PendingAnswer; reason: string }[];
  /** Answered before, for the way back after a reload. */
  behind: ReturnType<typeof makeKeptList<Answered<ReviewTask>>>;
}

const known = new Map<string, Answers>();

export function answersOf(personId: string, plantId: string, send: (answer: PendingAnswer) => Promise<Sent>): Answers {
  const name = `${personId}.${plantId}`;
  const found = known.get(name) ?? createRoot(() => openAnswers(name, send));
  known.set(name, found);
  found.outbox.wake();
  return found;
}

function openAnswers(name: string, send: (answer: PendingAnswer) => Promise<Sent>): Answers {
  const store = browserStore();
  const kept = makeKeptList<PendingAnswer>(`lehr.answers.${name}`, store);
  const refusedKept = makeKeptList<{ answer: PendingAnswer; reason: string }>(`lehr.refused.${name}`, store);
  const [waiting, setWaiting] = createSignal<readonly PendingAnswer[]>(kept.read());
  const answers: Answers = {
    waiting,
    onRefused: undefined,
    onDone: undefined,
    behind: makeKeptList(`lehr.answered.${name}`, store),
    takeRefused() {
      const all = refusedKept.read();
      refusedKept.write([]);
      return all;
    },
    outbox: makeAnswerOutbox({
      kept,
      send,
      changed: (next) => setWaiting(next),
      done: () => answers.onDone?.(),
      refused(answer, reason) {
        if (answers.onRefused) answers.onRefused(answer, reason);
        else refusedKept.write([...refusedKept.read(), { answer, reason }]);
      },
      rest(failures) {
        let wake = () => {};
        const done = new Promise<void>((resolve) => {
          wake = resolve;
        });
        setTimeout(wake, backOffMs(failures, Math.random()));
        return { done, wake };
      },
    }),
  };
  return answers;
}

/** Random, also where the page came over plain HTTP and `crypto.randomUUID` is not there. */
export function newAnswerId(): string {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
