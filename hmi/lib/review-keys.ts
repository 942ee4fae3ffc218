/** The keys of the labelling screen: what is pressed, and what it asks for. Character keys, so that every keyboard layout has them. */
import type { Tool } from './sketch-tools.ts';

export type ReviewCommand =
  /** 0 is good; 1 to 9 are the classes in the book's order, with Shift 10 to 18. */
  | { kind: 'class'; number: number }
  | { kind: 'tool'; tool: Tool }
  /** Sets a corner, closes an outline, or answers where there is nothing to set. */
  | { kind: 'enter' }
  | { kind: 'answer' }
  | { kind: 'skip' }
  | { kind: 'undo' }
  | { kind: 'redo' }
  | { kind: 'accept' }
  | { kind: 'remove' }
  | { kind: 'select-next' }
  | { kind: 'arrow'; dx: -1 | 0 | 1; dy: -1 | 0 | 1; isFar: boolean; isFine: boolean }
  | { kind: 'zoom'; direction: 1 | -1 }
  | { kind: 'fit' }
  | { kind: 'brush'; direction: 1 | -1 }
  | { kind: 'brightness'; direction: 1 | -1 }
  | { kind: 'contrast'; direction: 1 | -1 }
  | { kind: 'plain-view' }
  | { kind: 'layers' }
  /** Takes up one of two answers that disagree, counted from 0. */
  | { kind: 'take'; answer: 0 | 1 }
  | { kind: 'cancel' }
  | { kind: 'help' };

export interface PressedKey {
  key: string;
  /** Of the place on the keyboard: with Shift, digits have other characters. */
  code: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

const characters: Record<string, ReviewCommand> = {
  v: { kind: 'tool', tool: 'select' },
  b: { kind: 'tool', tool: 'box' },
  p: { kind: 'tool', tool: 'polygon' },
  m: { kind: 'tool', tool: 'brush' },
  e: { kind: 'tool', tool: 'eraser' },
  n: { kind: 'answer' },
  s: { kind: 'skip' },
  z: { kind: 'undo' },
  y: { kind: 'redo' },
  a: { kind: 'accept' },
  r: { kind: 'remove' },
  q: { kind: 'select-next' },
  f: { kind: 'fit' },
  o: { kind: 'layers' },
  c: { kind: 'take', answer: 0 },
  d: { kind: 'take', answer: 1 },
  u: { kind: 'brightness', direction: 1 },
  j: { kind: 'brightness', direction: -1 },
  i: { kind: 'contrast', direction: 1 },
  k: { kind: 'contrast', direction: -1 },
  h: { kind: 'plain-view' },
  '+': { kind: 'zoom', direction: 1 },
  '=': { kind: 'zoom', direction: 1 },
  '-': { kind: 'zoom', direction: -1 },
  // beside each other where brackets take AltGr
  ',': { kind: 'brush', direction: -1 },
  '.': { kind: 'brush', direction: 1 },
  '[': { kind: 'brush', direction: -1 },
  ']': { kind: 'brush', direction: 1 },
  '?': { kind: 'help' },
  Delete: { kind: 'remove' },
  Backspace: { kind: 'remove' },
  Enter: { kind: 'enter' },
  Escape: { kind: 'cancel' },
};

const arrows: Record<string, [dx: -1 | 0 | 1, dy: -1 | 0 | 1]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Undefined for keys that are the browser's or nobody's. Space is not here: it is held, not pressed. */
export function reviewCommand(pressed: PressedKey): ReviewCommand | undefined {
  const { key, code, shiftKey, altKey } = pressed;
  if (pressed.ctrlKey || pressed.metaKey) {
    const letter = key.toLowerCase();
    if (letter === 'z') return { kind: shiftKey ? 'redo' : 'undo' };
    if (letter === 'y') return { kind: 'redo' };
    return key === 'Enter' ? { kind: 'answer' } : undefined;
  }
  const arrow = arrows[key];
  if (arrow) return { kind: 'arrow', dx: arrow[0], dy: arrow[1], isFar: shiftKey, isFine: altKey };
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(code)?.[1];
  // On the number block, Shift gives other keys altogether.
  if (digit !== undefined && !altKey && !(shiftKey && code.startsWith('Numpad'))) {
    const number = Number(digit);
    if (!shiftKey) return { kind: 'class', number };
    return number === 0 ? undefined : { kind: 'class', number: 9 + number };
  }
  if (/^\d$/.test(key)) return { kind: 'class', number: Number(key) };
  if (altKey && key.length === 1 && !'[]?'.includes(key)) return undefined;
  return characters[key.length === 1 ? key.toLowerCase() : key];
}

/** What stands on the key of a class. */
export function keyOfClass(number: number): string {
  if (number <= 9) return String(number);
  return number <= 18 ? `Shift ${number - 9}` : '';
}
