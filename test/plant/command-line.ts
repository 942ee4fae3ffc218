/** Reads flags of the plant's programs: `--name value`, checked with zod, errors that name flag, value and remedy. */
import { parseArgs } from 'node:util';
import { z } from 'zod';

export function readFlags<S extends z.ZodObject>(schema: S, args: readonly string[]): z.infer<S> {
  const names = Object.keys(schema.shape);
  const { values } = parseArgs({
    args: [...args],
    options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
    strict: true,
  });
  const result = schema.safeParse(values);
  if (result.success) return result.data;

  const issue = result.error.issues[0];
  const name = String(issue?.path[0] ?? '');
  const given = values[name];
  throw new Error(`--${name}${given === undefined ? ' is missing' : ` ${given} is refused`}: ${issue?.message}`);
}

/** A number flag with its bounds in the message. */
export function numberFlag(low: number, high: number) {
  const message = `give a number from ${low} to ${high}`;
  return z.coerce.number<string>(message).min(low, message).max(high, message);
}

export function portFlag() {
  return z.coerce
    .number<string>('give a port, 0 for a free one')
    .int('give a whole number')
    .min(0, 'give 0 to 65535')
    .max(65_535, 'give 0 to 65535');
}
