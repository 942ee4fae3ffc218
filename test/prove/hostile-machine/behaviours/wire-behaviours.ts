/** Networks that hold back or break, controllers that start again, load a program, keep a signal to themselves, or publish more slowly than asked. */
import { type Behaviour, onAll, unlessCounter } from './behaviour.ts';

const group = 'wire';
const SLOW_MS = 1_000;
const FAST_MS = 10;

export const WIRE_BEHAVIOURS: readonly Behaviour[] = [
  {
    name: 'nodes-created-anew',
    item: 'A7',
    fits: onAll,
    seconds: [4, 7],
    group,
    hidesParts: unlessCounter,
    breaksConnection: true,
    begin: (line) => line.act('recreate-nodes'),
    end: () => {},
  },
  {
    name: 'network-holds-back',
    item: 'B11',
    fits: onAll,
    seconds: [1.5, 4],
    group,
    hidesParts: unlessCounter,
    breaksConnection: true,
    begin: (line) => line.set({ wire: 'paused' }),
    end: (line) => line.set({ wire: 'open' }),
  },
  {
    name: 'network-cut',
    item: 'B11',
    fits: onAll,
    seconds: [1, 4],
    group,
    hidesParts: unlessCounter,
    breaksConnection: true,
    begin: (line) => line.set({ wire: 'cut' }),
    end: (line) => line.set({ wire: 'open' }),
  },
  {
    name: 'server-restarted',
    item: 'C17',
    fits: onAll,
    seconds: [1, 2],
    group,
    hidesParts: unlessCounter,
    breaksConnection: true,
    begin: (line) => line.act('restart-server'),
    end: () => {},
  },
  {
    name: 'signal-mute',
    item: 'C16',
    fits: onAll,
    seconds: [6, 9],
    group,
    hidesParts: unlessCounter,
    breaksConnection: true,
    async begin(line) {
      await line.set({ isMute: true });
      await line.act('drop-connections');
    },
    end: (line) => line.set({ isMute: false }),
  },
  {
    name: 'publishing-slowed',
    item: 'C18',
    fits: onAll,
    seconds: [6, 9],
    group: 'alone',
    hidesParts: unlessCounter,
    breaksConnection: true,
    async begin(line) {
      await line.set({ leastPublishingMs: SLOW_MS });
      await line.act('drop-connections');
    },
    async end(line) {
      await line.set({ leastPublishingMs: FAST_MS });
      await line.act('drop-connections');
    },
  },
];
