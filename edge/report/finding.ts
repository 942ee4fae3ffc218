/** What the report says of one field of the configuration. */

export type Fit =
  | 'fits'
  | 'too small'
  | 'too large'
  /** Nothing can be said of it (yet). */
  | 'not known'
  /** No value helps: something else has to change. */
  | 'cannot fit';

export interface Finding {
  /** Of the field, in the configuration's file. */
  path: (string | number)[];
  measured: string;
  /** Undefined where the field has no value, or is none. */
  configured: number | undefined;
  fit: Fit;
  /** What to enter instead. */
  enter?: number;
  /** What has to change, or is worth knowing. */
  remark?: string;
}

/** What is entered is so much more than the largest that was seen. */
export const MARGIN = 0.2;

/** `enter` is a proposal for a value that does not fit; it fits when it is the same. */
export function findingOf(
  path: Finding['path'],
  measured: string,
  configured: number,
  enter: number,
  remark?: string,
): Finding {
  const more = remark === undefined ? {} : { remark };
  if (enter === configured) return { path, measured, configured, fit: 'fits', ...more };
  return { path, measured, configured, fit: enter > configured ? 'too small' : 'too large', enter, ...more };
}

/** With the step as its last digit. */
export function roundUp(value: number, step: number): number {
  return Math.ceil(value / step - 1e-9) * step;
}

/** Whole from 10 on, else to a tenth. */
export function show(value: number): string {
  return String(Math.abs(value) < 10 ? Math.round(value * 10) / 10 : Math.round(value));
}
