/** Which image is of which part: by the part's name where both know it, else by time. Either may come first. */
import type { GateAction, SeenImage } from './gate-types.ts';
import type { TrackedPart } from './tracked-part.ts';

export interface ImageTies {
  /** Ties the image to one of the parts, or keeps it until its part's trigger may have come. */
  seen(image: SeenImage, parts: readonly TrackedPart[], nowMs: number): void;
  /** The image's camera knows more of it. */
  looked(image: SeenImage): void;
  /** Names the part whose trigger was nearest, and ties what waits for it. */
  named(partId: string, atMs: number, parts: readonly TrackedPart[]): void;
  /** Ties what waits for a new part. */
  triggered(part: TrackedPart): void;
  /** Gives up images whose time is over. */
  advance(nowMs: number): void;
  readonly wakeAtMs: number;
}

export interface TieSettings {
  windowMs: number;
  offsetMs: number;
  settleMs: number;
  hasPartIds: boolean;
  /** The most images that wait, and names that wait for their trigger. */
  limit: number;
}

interface Waiting {
  image: SeenImage;
  /** Known, but the machine has not told its name yet. */
  part: TrackedPart | undefined;
  untilMs: number;
}

export function createImageTies(settings: TieSettings, emit: (action: GateAction) => void): ImageTies {
  const { windowMs, offsetMs, settleMs, hasPartIds, limit } = settings;
  const waiting: Waiting[] = [];
  const names: { partId: string; atMs: number }[] = [];
  const partOf = new WeakMap<SeenImage, TrackedPart>();

  return {
    seen(image, parts, nowMs) {
      // No image is from the future: then somebody has set the clock that stamped it, and its trigger is not waited for until then.
      const takenMs = Math.min(image.capturedAtMs, nowMs);
      const untilMs = Math.max(nowMs, takenMs - offsetMs) + windowMs + settleMs;
      const entry: Waiting = { image, part: undefined, untilMs };
      waiting.push(entry);
      const part = findPart(image, parts);
      if (part) tie(entry, part);
      const oldest = waiting[0];
      if (oldest && waiting.length > limit) tell(oldest);
    },
    looked: (image) => void partOf.get(image)?.looks.set(image.camera, image.look),
    named(partId, atMs, parts) {
      const unnamed = parts.filter((part) => part.partId === null && distance(part, atMs) <= windowMs);
      const part = nearest(unnamed, atMs);
      if (!part) {
        names.push({ partId, atMs });
        if (names.length > limit) names.shift();
        return;
      }
      part.partId = partId;
      for (const entry of [...waiting]) if (entry.part === part) tell(entry);
      tieWaiting(part);
    },
    triggered(part) {
      const at = part.triggeredAtMs;
      const fits = names.filter(({ atMs }) => Math.abs(atMs - at) <= windowMs);
      const name = fits.toSorted((a, b) => Math.abs(a.atMs - at) - Math.abs(b.atMs - at))[0];
      if (name) {
        names.splice(0, names.indexOf(name) + 1);
        part.partId ??= name.partId;
      }
      tieWaiting(part);
    },
    advance(nowMs) {
      for (const entry of [...waiting]) if (entry.untilMs <= nowMs) tell(entry);
    },
    get wakeAtMs() {
      return Math.min(...waiting.map(({ untilMs }) => untilMs), Number.POSITIVE_INFINITY);
    },
  };

  function findPart(image: SeenImage, parts: readonly TrackedPart[]): TrackedPart | undefined {
    const open = parts.filter(({ looks }) => !looks.has(image.camera));
    if (hasPartIds && image.partId !== null) return open.find(({ partId }) => partId === image.partId);
    const expectedMs = image.capturedAtMs - offsetMs;
    return nearest(
      open.filter((part) => distance(part, expectedMs) <= windowMs),
      expectedMs,
    );
  }

  function tie(entry: Waiting, part: TrackedPart): void {
    const { image } = entry;
    part.looks.set(image.camera, image.look);
    partOf.set(image, part);
    entry.part = part;
    if (part.partId !== null || !hasPartIds) tell(entry);
  }

  function tieWaiting(part: TrackedPart): void {
    for (const entry of [...waiting]) if (!entry.part && findPart(entry.image, [part])) tie(entry, part);
  }

  function tell(entry: Waiting): void {
    waiting.splice(waiting.indexOf(entry), 1);
    entry.image.partId = entry.part?.partId ?? entry.image.partId;
    emit({ kind: 'tied', image: entry.image });
  }
}

function distance({ triggeredAtMs }: TrackedPart, atMs: number): number {
  return Math.abs(triggeredAtMs - atMs);
}

function nearest(parts: readonly TrackedPart[], atMs: number): TrackedPart | undefined {
  return parts.toSorted((a, b) => distance(a, atMs) - distance(b, atMs))[0];
}
