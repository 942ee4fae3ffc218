/** Keeps images claimed ahead of the reviewer, renews the claims while the screen is open and gives back what was not answered. */
import { createEffect, createSignal, on, onCleanup } from 'solid-js';
import type { ReviewServer } from './review-server.ts';
import type { Purpose, ReviewTask } from './review-task.ts';

/** Fewer than this many ahead, and more are asked for. */
const LOW = 4;
const BATCH = 8;
/** The server lends no more at a time. */
const MOST = 20;
const RENEW_MS = 30_000;
/** Where nothing waits, it is asked again. */
const ASK_AGAIN_MS = 10_000;

interface ClaimOptions {
  server: ReviewServer;
  purposes: () => Purpose[] | undefined;
  /** Answers that the server has not heard of: their images still count as held. */
  unsent: () => number;
  /** Those that are here: the present one first. */
  held: () => readonly ReviewTask[];
  arrived: (tasks: ReviewTask[]) => void;
  /** Somebody else has them now. */
  lost: (ids: ReadonlySet<string>) => void;
}

export function createClaims({ server, purposes, unsent, held, arrived, lost }: ClaimOptions) {
  const [isAsking, setAsking] = createSignal(false);
  const [failure, setFailure] = createSignal<string>();
  const [hasAsked, setAsked] = createSignal(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isGone = false;

  async function ask() {
    if (isAsking() || isGone) return;
    clearTimeout(timer);
    setAsking(true);
    const before = held().length;
    const answer = await server.claim(Math.min(MOST, BATCH + unsent()), purposes());
    setAsking(false);
    if (isGone) {
      if (answer.tasks) void server.release(answer.tasks.map(({ id }) => id));
      return;
    }
    setFailure(answer.failure);
    if (answer.tasks) {
      setAsked(true);
      arrived(answer.tasks);
    }
    // Nothing new: what is held counts among what the server gives.
    if (held().length <= before && held().length <= LOW) timer = setTimeout(() => void ask(), ASK_AGAIN_MS);
  }

  createEffect(
    on(
      () => held().length <= LOW,
      (isLow) => isLow && void ask(),
    ),
  );
  const renewing = setInterval(async () => {
    const ids = held().map(({ id }) => id);
    if (ids.length === 0) return;
    const renewed = await server.renew(ids);
    if (renewed && !isGone) lost(new Set(ids.filter((id) => !renewed.has(id))));
  }, RENEW_MS);
  onCleanup(() => {
    isGone = true;
    clearTimeout(timer);
    clearInterval(renewing);
    const ids = held().map(({ id }) => id);
    if (ids.length > 0) void server.release(ids);
  });
  return { isAsking, hasAsked, failure, ask };
}
