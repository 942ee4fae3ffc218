/** Cameras that are late, stand still, show the same again, drip, or change their picture's size. */
import type { MachinePlan } from '../machine-messages.ts';
import { type Behaviour, between, never, onAll, switched } from './behaviour.ts';

const isSnapshot = ({ camera }: MachinePlan) => camera.mode === 'snapshot';
const isStream = ({ camera }: MachinePlan) => camera.mode === 'mjpeg';
/** About the time between two parts. */
const LATE_MS = [270, 380] as const;
const group = 'camera';

export const CAMERA_BEHAVIOURS: readonly Behaviour[] = [
  {
    name: 'image-late-by-a-pitch',
    item: 'A2',
    fits: isSnapshot,
    seconds: [4, 8],
    group,
    hidesParts: never,
    ...switched(({ random }) => ({ imageLateMs: between(LATE_MS, random) }), { imageLateMs: 0 }),
  },
  {
    name: 'stream-stalled',
    item: 'A2',
    fits: isStream,
    seconds: [2, 5],
    group,
    hidesParts: never,
    ...switched({ isStreamStalled: true }, { isStreamStalled: false }),
  },
  {
    name: 'image-frozen',
    item: 'A3',
    fits: onAll,
    seconds: [4, 8],
    group,
    hidesParts: never,
    ...switched({ isImageFrozen: true }, { isImageFrozen: false }),
  },
  {
    name: 'image-dripping',
    item: 'C20',
    fits: isSnapshot,
    seconds: [4, 8],
    group,
    hidesParts: never,
    ...switched({ isImageDripping: true }, { isImageDripping: false }),
  },
  {
    name: 'image-other-size',
    item: 'C20',
    fits: onAll,
    seconds: [3, 6],
    group,
    hidesParts: never,
    ...switched({ isImageOtherSize: true }, { isImageOtherSize: false }),
  },
];
