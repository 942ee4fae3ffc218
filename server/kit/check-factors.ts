/** Whether values of production context can be kept. */
import { factors, type NumberName } from '#schema/production-context.ts';
import { checkRange, checkText, type Refusal } from './check-values.ts';

/** The first number that is out of its range, or undefined; one that is missing is no mistake. `path` ends with a dot. */
export function checkNumbers<Name extends NumberName>(
  path: string,
  values: Readonly<Partial<Record<Name, number | null | undefined>>>,
  names: readonly Name[],
): Refusal | undefined {
  for (const name of names) {
    const value = values[name];
    if (value === null || value === undefined) continue;
    const [low, high] = factors[name].range;
    const refusal = checkRange(`${path}${name}`, value, low, high);
    if (refusal) return refusal;
  }
  return undefined;
}

/** The first text that is too long to be kept, or undefined. `path` ends with a dot. */
export function checkTexts<Name extends string>(
  path: string,
  values: Readonly<Partial<Record<Name, string | null | undefined>>>,
  names: readonly Name[],
): Refusal | undefined {
  for (const name of names) {
    const refusal = checkText(`${path}${name}`, values[name]);
    if (refusal) return refusal;
  }
  return undefined;
}
