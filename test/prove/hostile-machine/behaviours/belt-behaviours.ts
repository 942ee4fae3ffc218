/** Encoders that are old, stand, jump or are bad, and speeds in a unit that nobody expects. */
import type { MachinePlan } from '../machine-messages.ts';
import { type Behaviour, between, never, onAll, switched } from './behaviour.ts';

const isEncoder = ({ belt }: MachinePlan) => belt.kind === 'encoder';
const isSpeed = ({ belt }: MachinePlan) => belt.kind === 'speed';
const OLD_MS = [250, 400] as const;
const group = 'belt';

const speed = (name: string, speedFactor: number): Behaviour => ({
  name,
  item: 'A8',
  fits: isSpeed,
  seconds: [4, 8],
  group,
  hidesParts: never,
  ...switched({ speedFactor }, { speedFactor: 1 }),
});

export const BELT_BEHAVIOURS: readonly Behaviour[] = [
  {
    name: 'encoder-stamped-back',
    item: 'A4',
    fits: isEncoder,
    seconds: [4, 8],
    group,
    hidesParts: never,
    ...switched(({ random }) => ({ encoderStampedBackMs: between(OLD_MS, random) }), { encoderStampedBackMs: 0 }),
  },
  {
    name: 'encoder-late',
    item: 'A4',
    fits: isEncoder,
    seconds: [4, 8],
    group,
    hidesParts: never,
    ...switched(({ random }) => ({ encoderLateMs: between(OLD_MS, random) }), { encoderLateMs: 0 }),
  },
  {
    name: 'encoder-frozen',
    item: 'A6',
    fits: isEncoder,
    seconds: [2, 5],
    group,
    hidesParts: never,
    ...switched({ isEncoderFrozen: true }, { isEncoderFrozen: false }),
  },
  {
    name: 'belt-signal-bad',
    item: 'A6',
    fits: onAll,
    seconds: [2, 5],
    group,
    hidesParts: never,
    ...switched({ isEncoderBad: true }, { isEncoderBad: false }),
  },
  {
    name: 'encoder-reset',
    item: 'B14',
    fits: isEncoder,
    seconds: [1, 2],
    group,
    hidesParts: never,
    begin: (line) => line.act('encoder-reset'),
    end: () => {},
  },
  speed('speed-per-hour', 60),
  speed('speed-times-four', 4),
  /** 400 mm/s are 0.4 m/s, and would be 200 parts a minute. */
  speed('speed-in-metres', 0.002),
  speed('speed-negative', -1),
];
