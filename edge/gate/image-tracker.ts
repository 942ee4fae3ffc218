/** What the pipelines of a station's cameras tell of their images, as inputs of the gate's core; and what the core says of them. */
import type { TriggeredPart } from '../pipeline/frame.ts';
import type { PartTracker, SeenPart } from '../pipeline/part-tracker.ts';
import type { GateAction, GateInput, SeenImage } from './gate-types.ts';
import { wallAheadMs } from './steady-clock.ts';

export interface ImageTracker {
  of(camera: string): PartTracker;
  hear(actions: readonly GateAction[]): void;
  /** Nothing will be tied any more. */
  stop(): void;
}

/** `cameraIds`: what the server calls each camera. */
export function createImageTracker(
  cameraIds: Readonly<Record<string, string>>,
  feed: (input: GateInput) => void,
): ImageTracker {
  const ties = new Map<SeenImage, () => void>();
  const listeners = new Set<(part: TriggeredPart) => void>();

  return {
    of: trackerOf,
    hear(actions) {
      const triggered = actions.findLast(({ kind }) => kind === 'triggered');
      if (triggered?.kind === 'triggered') for (const listener of listeners) listener(triggered.part);
      for (const action of actions) if (action.kind === 'tied') ties.get(action.image)?.();
    },
    stop() {
      for (const untie of ties.values()) untie();
    },
  };

  function trackerOf(camera: string): PartTracker {
    const images = new WeakMap<SeenPart, SeenImage>();
    const look = (part: SeenPart, said: SeenImage['look']) => {
      const image = images.get(part);
      if (image?.look.kind !== 'waiting') return;
      image.look = said;
      feed({ kind: 'looked', image });
    };
    return {
      onTriggered(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
      seen({ capturedAtMs, arrivedAtMs, ...seen }) {
        const aheadMs = wallAheadMs();
        const image: SeenImage = {
          ...seen,
          camera,
          cameraId: cameraIds[camera],
          capturedAtMs: capturedAtMs - aheadMs,
          arrivedAtMs: arrivedAtMs - aheadMs,
          look: { kind: 'waiting' },
        };
        const { promise: tied, resolve } = Promise.withResolvers<void>();
        ties.set(image, () => {
          ties.delete(image);
          resolve();
        });
        const part: SeenPart = {
          get partId() {
            return image.partId;
          },
          tied,
        };
        images.set(part, image);
        feed({ kind: 'seen', image });
        return part;
      },
      decided: (part, { verdict, inspectionId }) => look(part, { kind: 'verdict', verdict, inspectionId }),
      undecided: (part, reason) => look(part, { kind: 'none', reason }),
    };
  }
}
