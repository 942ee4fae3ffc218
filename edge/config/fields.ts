/** Kinds of values that the parts of the configuration share; each message says what to give instead. */
import { z } from 'zod';

export const code = z
  .string('give a code as the server knows it, e.g. line-1')
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'give a code of lower-case letters, digits and dashes, e.g. line-1');
export const text = z
  .string('give a text')
  .min(1, 'give a text that is not empty')
  .max(500, 'give at most 500 characters');
export const whole = (min: number, max: number) =>
  z
    .int(`give a whole number from ${min} to ${max}`)
    .min(min, `give a whole number from ${min} to ${max}`)
    .max(max, `give a whole number from ${min} to ${max}`);
