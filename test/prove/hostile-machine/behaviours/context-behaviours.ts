/** Clocks that are set, and times of the context that are an hour off. */
import { type Behaviour, between, never, onAll } from './behaviour.ts';

const HOUR_MS = 3_600_000;
const BACK_MS = [100, 900] as const;
const group = 'context';

export const CONTEXT_BEHAVIOURS: readonly Behaviour[] = [
  {
    name: 'context-hour-back',
    item: 'B12',
    fits: onAll,
    seconds: [13, 18],
    group,
    hidesParts: never,
    begin: (line) => line.set({ contextStampedBackMs: HOUR_MS }),
    end: (line) => line.set({ contextStampedBackMs: 0 }),
  },
  {
    name: 'clock-set-back',
    item: 'B9',
    fits: onAll,
    seconds: [10, 14],
    group,
    hidesParts: never,
    begin: (line) => setClock(line, line.clock.aheadMs - between(BACK_MS, line.random)),
    end: () => {},
  },
  {
    name: 'clock-set-forward',
    item: 'B9',
    fits: onAll,
    seconds: [10, 14],
    group,
    hidesParts: never,
    begin: (line) => setClock(line, line.clock.aheadMs + between(BACK_MS, line.random)),
    end: () => {},
  },
];

function setClock(line: Parameters<Behaviour['begin']>[0], aheadMs: number): Promise<void> {
  line.clock.aheadMs = Math.round(aheadMs);
  return line.set({ clockAheadMs: line.clock.aheadMs });
}
