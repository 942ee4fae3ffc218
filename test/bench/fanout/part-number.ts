/** How a payload says how far it goes: its last part's id stands at its very end and holds a number. */

const digits = 10;
/** What follows the id: end of text, part, items, field, data, payload and message. */
const afterId = '"}]}}}}'.length;
const letters = 'm-';

export function partIdOf(number: number): string {
  return letters + String(number).padStart(digits, '0');
}

/** Undefined for a message without parts. */
export function partNumberIn(message: Buffer): number | undefined {
  const end = message.length - afterId;
  const start = end - digits;
  if (start < letters.length || message[start - 1] !== 0x2d || message[start - 2] !== 0x6d) return undefined;
  let number = 0;
  for (let at = start; at < end; at++) {
    const digit = (message[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    number = number * 10 + digit;
  }
  return number;
}
