/** Triggers that show what is no number, begin again, go back, stand still, bounce, or are known to be wrong. */

import type { MachinePlan } from '../machine-messages.ts';
import { type Behaviour, never, onAll, switched } from './behaviour.ts';

const isCounter = ({ trigger }: MachinePlan) => trigger === 'counter';
const isEdge = ({ trigger }: MachinePlan) => trigger === 'edge';
const group = 'counting';

export const COUNTING_BEHAVIOURS: readonly Behaviour[] = [
  {
    name: 'counter-as-text',
    item: 'A1',
    fits: isCounter,
    seconds: [3, 6],
    group,
    hidesParts: onAll,
    ...switched({ counterAs: 'text' }, { counterAs: 'number' }),
  },
  {
    name: 'counter-as-fraction',
    item: 'A1',
    fits: isCounter,
    seconds: [3, 6],
    group,
    hidesParts: onAll,
    ...switched({ counterAs: 'fraction' }, { counterAs: 'number' }),
  },
  {
    name: 'counter-restarted',
    item: 'A1',
    fits: isCounter,
    seconds: [1, 2],
    group,
    hidesParts: onAll,
    begin: (line) => line.act('counter-reset'),
    end: () => {},
  },
  {
    name: 'counter-back-by-one',
    item: 'B13',
    fits: isCounter,
    seconds: [1, 2],
    group,
    hidesParts: onAll,
    begin: (line) => line.act('counter-back'),
    end: () => {},
  },
  {
    name: 'trigger-frozen',
    item: 'A6',
    fits: onAll,
    seconds: [7, 10],
    group,
    hidesParts: onAll,
    ...switched({ isCounterFrozen: true }, { isCounterFrozen: false }),
  },
  {
    name: 'trigger-bad',
    item: 'A6',
    fits: onAll,
    seconds: [3, 6],
    group,
    hidesParts: onAll,
    ...switched({ isCounterBad: true }, { isCounterBad: false }),
  },
  {
    name: 'sensor-bounces',
    item: 'C20',
    fits: isEdge,
    seconds: [4, 8],
    group,
    hidesParts: never,
    ...switched({ isBouncing: true }, { isBouncing: false }),
  },
];
