/** Why somebody hides an alarm or changes how it behaves: said in words, never left out. */
import { checkText } from '../../../kit/check-values.ts';
import { InvalidInputError } from '../../../kit/errors.ts';

/** As the database bounds it. */
const LONGEST = 500;

/** Without the blanks around it. Throws `InvalidInputError`. */
export function checkReason(field: string, reason: string): string {
  const text = reason.trim();
  if (text === '') throw new InvalidInputError(field, reason, 'say why, in words');
  const refusal = checkText(field, text, LONGEST);
  if (refusal) throw new InvalidInputError(refusal.field, refusal.value, refusal.reason);
  return text;
}
