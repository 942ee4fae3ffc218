/**
 * The images that wait for one model's answer. After a death of the child nobody knows which of the images under way killed it:
 * those go one at a time until each has its answer, so that the one that does it again is known.
 */
import type { Judgement } from '../pipeline/judgement.ts';
import type { ImageToJudge } from './model-messages.ts';

export interface WaitingImages {
  /** Images that the child has and has not answered. */
  readonly underWay: number;
  add(image: ImageToJudge): Promise<Judgement>;
  /** The child is ready (again): what waits is sent in the order of asking. */
  resume(): void;
  settle(id: number, judgement: Judgement): void;
  /** A second try would end the same. */
  refuse(id: number, error: Error): void;
  /** The model failed at this image: tried once more. */
  fail(id: number, error: Error): void;
  /** The child has died. An image that was alone with it, for the second time, is given up with `error`. */
  suspect(error: Error): void;
  /** Resolves when nothing waits any more. */
  allSettled(): Promise<void>;
  rejectAll(error: Error): void;
}

interface Waiting extends PromiseWithResolvers<Judgement> {
  image: ImageToJudge;
  failures: number;
  isUnderWay: boolean;
  isSuspect: boolean;
}

const MAX_FAILURES = 2;

/** `send` gives one image to the child; false when there is none. */
export function createWaitingImages(send: (id: number, image: ImageToJudge) => boolean): WaitingImages {
  /** In the order of asking. */
  const waiting = new Map<number, Waiting>();
  let underWay = 0;
  let nextId = 1;

  return {
    get underWay() {
      return underWay;
    },
    add(image) {
      const asked = Promise.withResolvers<Judgement>();
      waiting.set(nextId++, { ...asked, image, failures: 0, isUnderWay: false, isSuspect: false });
      sendNext();
      return asked.promise;
    },
    resume: sendNext,
    settle(id, judgement) {
      remove(id)?.resolve(judgement);
      sendNext();
    },
    refuse(id, error) {
      remove(id)?.reject(error);
      sendNext();
    },
    fail(id, error) {
      const found = waiting.get(id);
      if (!found) return;
      found.failures++;
      if (found.failures >= MAX_FAILURES) remove(id)?.reject(error);
      else takeBack(found);
      sendNext();
    },
    suspect(error) {
      const suspects = [...waiting].filter(([, { isUnderWay }]) => isUnderWay);
      for (const [id, suspect] of suspects) {
        takeBack(suspect);
        suspect.isSuspect = true;
        if (suspects.length > 1) continue;
        suspect.failures++;
        if (suspect.failures >= MAX_FAILURES) remove(id)?.reject(error);
      }
    },
    async allSettled() {
      await Promise.allSettled([...waiting.values()].map(({ promise }) => promise));
    },
    rejectAll(error) {
      for (const id of [...waiting.keys()]) remove(id)?.reject(error);
    },
  };

  function sendNext(): void {
    const isCareful = [...waiting.values()].some(({ isSuspect }) => isSuspect);
    for (const [id, next] of waiting) {
      if (isCareful && underWay > 0) return;
      if (next.isUnderWay) continue;
      if (!send(id, next.image)) return;
      next.isUnderWay = true;
      underWay++;
    }
  }

  function takeBack(found: Waiting): void {
    if (found.isUnderWay) underWay--;
    found.isUnderWay = false;
  }

  function remove(id: number): Waiting | undefined {
    const found = waiting.get(id);
    if (!found) return undefined;
    takeBack(found);
    waiting.delete(id);
    return found;
  }
}
