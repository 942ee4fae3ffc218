/** Where the keyboard is in a list of images, and which of them are chosen. */
import { type Accessor, createSignal } from 'solid-js';

export interface ImageChoice {
  /** Place of the keyboard in the list. */
  at: Accessor<number>;
  chosen: Accessor<ReadonlySet<string>>;
  /** To the place; with `extends` everything from where the choice began is chosen. */
  moveTo: (place: number, extend: boolean) => void;
  toggle: (place: number) => void;
  chooseAll: () => void;
  clear: () => void;
}

export function createChoice(hashes: Accessor<readonly string[]>): ImageChoice {
  const [at, setAt] = createSignal(0);
  const [chosen, setChosen] = createSignal<ReadonlySet<string>>(new Set());
  let anchor = 0;

  return {
    at: () => Math.min(at(), Math.max(0, hashes().length - 1)),
    chosen,
    moveTo(place, extend) {
      const to = Math.max(0, Math.min(place, hashes().length - 1));
      if (extend) {
        const [low, high] = [Math.min(anchor, to), Math.max(anchor, to)];
        setChosen(new Set([...chosen(), ...hashes().slice(low, high + 1)]));
      } else anchor = to;
      setAt(to);
    },
    toggle(place) {
      const hash = hashes()[place];
      if (hash === undefined) return;
      anchor = place;
      const next = new Set(chosen());
      if (!next.delete(hash)) next.add(hash);
      setChosen(next);
    },
    chooseAll: () => setChosen(new Set(hashes())),
    clear: () => setChosen(new Set<string>()),
  };
}

/** The place that a key moves to in rows of so many; undefined for a key that moves nothing. */
export function placeAfter(
  key: string,
  at: number,
  perRow: number,
  perPage: number,
  count: number,
): number | undefined {
  switch (key) {
    case 'ArrowLeft':
      return perRow === 1 ? undefined : at - 1;
    case 'ArrowRight':
      return perRow === 1 ? undefined : at + 1;
    case 'ArrowUp':
      return at - perRow;
    case 'ArrowDown':
      return at + perRow;
    case 'PageUp':
      return at - perPage;
    case 'PageDown':
      return at + perPage;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}
