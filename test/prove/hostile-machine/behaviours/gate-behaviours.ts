/** Gates that refuse, swallow or do not answer a command, jam, stand open, or do not know whether they pushed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Behaviour, never, onAll, switched, unlessCounter } from './behaviour.ts';

const group = 'gate';
/** Longer than a node waits for the answer to a write. */
const WRITE_MS = 1_500;

export const GATE_BEHAVIOURS: readonly Behaviour[] = [
  {
    name: 'writes-denied',
    item: 'B11',
    fits: onAll,
    seconds: [3, 7],
    group,
    hidesParts: never,
    ...switched({ writes: 'denied' }, { writes: 'taken' }),
  },
  {
    name: 'writes-swallowed',
    item: 'B11',
    fits: onAll,
    seconds: [3, 7],
    group,
    hidesParts: never,
    ...switched({ writes: 'swallowed' }, { writes: 'taken' }),
  },
  {
    name: 'writes-hung',
    item: 'B11',
    fits: onAll,
    seconds: [3, 7],
    group,
    hidesParts: unlessCounter,
    breaksConnection: true,
    begin: (line) => line.set({ writes: 'hung' }),
    async end(line) {
      await line.set({ writes: 'taken' });
      // The last of them is still waited for.
      await sleep(WRITE_MS);
    },
  },
  {
    name: 'ejector-jammed',
    item: 'A5',
    fits: onAll,
    seconds: [4, 8],
    group,
    hidesParts: never,
    ...switched({ isJammed: true }, { isJammed: false }),
  },
  {
    name: 'valve-open',
    item: 'B10',
    fits: onAll,
    seconds: [1, 3],
    group,
    hidesParts: never,
    ...switched({ isValveOpen: true }, { isValveOpen: false }),
  },
  {
    name: 'confirmation-bad',
    item: 'A6',
    fits: onAll,
    seconds: [3, 7],
    group,
    hidesParts: never,
    ...switched({ isConfirmBad: true }, { isConfirmBad: false }),
  },
];
