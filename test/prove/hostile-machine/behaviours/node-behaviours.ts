/** Nodes that are killed or get no time, and configurations with a mistake in them. */
import type { MachinePlan } from '../machine-messages.ts';
import type { Mistake } from '../node-config.ts';
import { type Behaviour, onAll, unlessCounter } from './behaviour.ts';

const group = 'alone';

const mistaken = (
  name: Mistake,
  item: string,
  fits: (plan: MachinePlan) => boolean,
  more: Partial<Pick<Behaviour, 'begin' | 'end'>> = {},
): Behaviour => ({
  name,
  item,
  fits,
  seconds: [6, 10],
  group,
  hidesParts: onAll,
  breaksConnection: true,
  async begin(line) {
    await line.restartNode(name);
    await more.begin?.(line);
  },
  async end(line) {
    await more.end?.(line);
    await line.restartNode(undefined);
  },
});

export const NODE_BEHAVIOURS: readonly Behaviour[] = [
  {
    name: 'node-killed-in-pulse',
    item: 'B10',
    fits: onAll,
    seconds: [1, 3],
    group,
    hidesParts: unlessCounter,
    breaksConnection: true,
    begin: (line) => line.killNodeInPulse(),
    end: (line) => line.startNode(),
  },
  {
    name: 'node-halted',
    item: 'B11',
    fits: onAll,
    seconds: [0.3, 2],
    group,
    hidesParts: unlessCounter,
    begin: (line) => line.haltNode(),
    end: (line) => line.resumeNode(),
  },
  mistaken('command-is-confirmation', 'A5', onAll, {
    begin: (line) => line.set({ isJammed: true }),
    end: (line) => line.set({ isJammed: false }),
  }),
  mistaken('metres', 'C19', onAll),
  mistaken('edge-on-counter', 'A1', ({ trigger }) => trigger === 'counter'),
];
