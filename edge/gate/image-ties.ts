/**
 * Which image is of which part: that of the trigger that asked for it; else by the part's name where both know it, else by time.
 * Either may come first. An image that may be of two parts, or comes too late to be trusted, is of none.
 */

import type { TriggeredPart } from '../pipeline/frame.ts';
import type { GateEvents } from './gate-events.ts';
import type { GateAction, SeenImage } from './gate-types.ts';
import type { TrackedPart } from './tracked-part.ts';

export interface ImageTies {
  /** Ties the image to one of the parts, or keeps it until its part's trigger may have come. */
  seen(image: SeenImage, parts: readonly TrackedPart[], nowMs: number): void;
  /** The image's camera knows more of it. */
  looked(image: SeenImage, nowMs: number): void;
  /** Names the part whose trigger was nearest, and ties what waits for it. */
  named(partId: string, atMs: number, parts: readonly TrackedPart[], nowMs: number): void;
  /** Ties what waits for a new part. */
  triggered(part: TrackedPart, nowMs: number): void;
  /** Gives up images whose time is over. */
  advance(nowMs: number): void;
  readonly wakeAtMs: number;
}

export interface TieSettings {
  windowMs: number;
  offsetMs: number;
  settleMs: number;
  hasPartIds: boolean;
  /** Whether the image shows a part to be rejected. */
  isReject(image: SeenImage): boolean;
  /** The most images that wait, and names that wait for their trigger. */
  limit: number;
}

interface Waiting {
  image: SeenImage;
  /** Known, but the machine has not told its name yet. */
  part: TrackedPart | undefined;
  untilMs: number;
}

export function createImageTies(
  settings: TieSettings,
  events: Pick<GateEvents, 'untied'>,
  emit: (action: GateAction) => void,
): ImageTies {
  const { windowMs, offsetMs, settleMs, hasPartIds, limit, isReject } = settings;
  const waiting: Waiting[] = [];
  const names: { partId: string; atMs: number }[] = [];
  const partOf = new WeakMap<SeenImage, TrackedPart>();
  /** Why images are of no part, until their verdict is there. */
  const untied = new WeakMap<SeenImage, string>();

  return {
    seen(image, parts, nowMs) {
      if (image.trigger) {
        tieToTrigger(image, image.trigger, parts, nowMs);
        return;
      }
      if (image.uncertaintyMs > windowMs) {
        const reason = `the camera took it at any of ${Math.round(image.uncertaintyMs)} ms, the window is ${windowMs} ms`;
        tell({ image, part: undefined, untilMs: nowMs }, nowMs, reason);
        return;
      }
      // No image is from the future: then somebody has set the clock that stamped it, and its trigger is not waited for until then.
      const takenMs = Math.min(image.capturedAtMs, nowMs);
      const untilMs = Math.max(nowMs, takenMs - offsetMs) + windowMs + settleMs;
      const entry: Waiting = { image, part: undefined, untilMs };
      waiting.push(entry);
      const part = findPart(image, parts);
      if (part) tie(entry, part, nowMs);
      const oldest = waiting[0];
      if (oldest && waiting.length > limit) tell(oldest, nowMs);
    },
    looked(image, nowMs) {
      const reason = untied.get(image);
      if (reason === undefined) partOf.get(image)?.looks.set(image.camera, image.look);
      else tellReject(image, reason, nowMs);
    },
    named(partId, atMs, parts, nowMs) {
      const unnamed = parts.filter((part) => part.partId === null && distance(part, atMs) <= windowMs);
      const part = nearest(unnamed, atMs);
      if (!part) {
        names.push({ partId, atMs });
        if (names.length > limit) names.shift();
        return;
      }
      part.partId = partId;
      for (const entry of [...waiting]) if (entry.part === part) tell(entry, nowMs);
      tieWaiting(part, nowMs);
    },
    triggered(part, nowMs) {
      const at = part.triggeredAtMs;
      const fits = names.filter(({ atMs }) => Math.abs(atMs - at) <= windowMs);
      const name = fits.toSorted((a, b) => Math.abs(a.atMs - at) - Math.abs(b.atMs - at))[0];
      if (name) {
        names.splice(0, names.indexOf(name) + 1);
        part.partId ??= name.partId;
      }
      tieWaiting(part, nowMs);
    },
    advance(nowMs) {
      for (const entry of [...waiting]) if (entry.untilMs <= nowMs) tell(entry, nowMs);
    },
    get wakeAtMs() {
      return Math.min(...waiting.map(({ untilMs }) => untilMs), Number.POSITIVE_INFINITY);
    },
  };

  /** The trigger that asked for an image owns it, unless the part has moved on since it should have been there. */
  function tieToTrigger(image: SeenImage, trigger: TriggeredPart, parts: readonly TrackedPart[], nowMs: number): void {
    const entry: Waiting = { image, part: undefined, untilMs: image.arrivedAtMs + settleMs };
    const part = parts.find((each) => each === trigger);
    const lateMs = image.arrivedAtMs - trigger.triggeredAtMs - offsetMs - image.latencyMs - windowMs;
    if (lateMs > 0) {
      const reason = `the image came ${Math.ceil(lateMs)} ms too late to be of its part`;
      if (part && !part.looks.has(image.camera)) part.looks.set(image.camera, { kind: 'none', reason });
      tell(entry, nowMs, reason);
    } else if (!part || part.looks.has(image.camera)) {
      tell(entry, nowMs, part ? 'its part has an image already' : 'its part is gone');
    } else {
      waiting.push(entry);
      tie(entry, part, nowMs);
    }
  }

  function findPart(image: SeenImage, parts: readonly TrackedPart[]): TrackedPart | undefined {
    const open = parts.filter(({ looks }) => !looks.has(image.camera));
    if (hasPartIds && image.partId !== null) return open.find(({ partId }) => partId === image.partId);
    const latestMs = image.capturedAtMs - offsetMs;
    const earliestMs = latestMs - image.uncertaintyMs;
    // Whenever it was taken, it must be within the window of its part: then it is outside of all others'.
    return nearest(
      open.filter((part) => distance(part, latestMs) <= windowMs && distance(part, earliestMs) <= windowMs),
      latestMs,
    );
  }

  function tie(entry: Waiting, part: TrackedPart, nowMs: number): void {
    const { image } = entry;
    part.looks.set(image.camera, image.look);
    partOf.set(image, part);
    entry.part = part;
    if (part.partId !== null || !hasPartIds) tell(entry, nowMs);
  }

  function tieWaiting(part: TrackedPart, nowMs: number): void {
    for (const entry of [...waiting]) if (!entry.part && findPart(entry.image, [part])) tie(entry, part, nowMs);
  }

  function tell(entry: Waiting, nowMs: number, reason = 'no trigger fits its time'): void {
    const { image, part } = entry;
    const index = waiting.indexOf(entry);
    if (index >= 0) waiting.splice(index, 1);
    image.partId = part?.partId ?? image.partId;
    if (!part) {
      untied.set(image, reason);
      tellReject(image, reason, nowMs);
    }
    emit({ kind: 'tied', image, part });
  }

  function tellReject(image: SeenImage, reason: string, nowMs: number): void {
    if (isReject(image)) events.untied(image, reason, nowMs);
  }
}

function distance({ triggeredAtMs }: TrackedPart, atMs: number): number {
  return Math.abs(triggeredAtMs - atMs);
}

function nearest(parts: readonly TrackedPart[], atMs: number): TrackedPart | undefined {
  return parts.toSorted((a, b) => distance(a, atMs) - distance(b, atMs))[0];
}
