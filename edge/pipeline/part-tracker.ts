/** What the pipeline tells of the parts it looks at, and hears of them. The gate implements it; a station without a trigger has none. */
import type { SeenInput, TriggeredPart, Verdict } from './frame.ts';

/** A part as one camera sees it. */
export interface SeenPart {
  /** What the machine calls the part; null until the image is tied to its trigger, and for good when it never is. */
  readonly partId: string | null;
  /** Resolves when the image is tied to a trigger or the time for that is over. The verdict never waits for it. */
  readonly tied: Promise<void>;
}

export interface PartTracker {
  /** Calls back at each trigger; of several that come at once only with the last: only that part is still there. Answers what ends it. */
  onTriggered(listener: (part: TriggeredPart) => void): () => void;
  /** An image was taken. Returns at once. */
  seen(image: SeenInput): SeenPart;
  /** The verdict stands. Called once, or `undecided` once. */
  decided(part: SeenPart, decision: { verdict: Verdict; inspectionId: string }): void;
  /** No verdict will come of the image: unreadable, dropped for a newer one, no model. */
  undecided(part: SeenPart, reason: string): void;
}
