/** The factors of production context as screens show them. Pure. */
import {
  askedWords,
  factors,
  imageNumbers,
  isAdded,
  machineNumbers,
  positionNumbers,
} from '#schema/production-context.ts';

export { type AskedWord, askedWords, type MachineNumber, machineNumbers } from '#schema/production-context.ts';

/** Words that no machine tells: the server has found them. */
export const foundWords = askedWords.filter((name) => factors[name].from !== 'machine');

/** What is measured on the image itself. */
export const imageFigures = [...imageNumbers, ...positionNumbers];
export type ImageFigure = (typeof imageFigures)[number];

/** Decimals. */
export function factorDigits(name: keyof typeof factors): number {
  const factor = factors[name];
  return 'digits' in factor ? factor.digits : 0;
}

/** Numbers to show of a machine with these signals: those that few machines tell only where this one does. */
export function toldNumbers(signals: readonly { name: string }[]) {
  return machineNumbers.filter((name) => !isAdded(name) || signals.some((signal) => signal.name === name));
}
