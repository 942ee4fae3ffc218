/** Which of a person's next images is one whose answer is known: a draw that nobody can foresee and that can be done again. */
import { createHash } from 'node:crypto';

/**
 * Whether a known answer is shown in place of the item. The same item draws anew once the person has answered a known one, so that the share
 * of known answers among what a person is shown is `share` whatever is claimed or given back in between.
 */
export function drawsKnown(draw: { personId: string; itemId: string; answered: number; share: number }): boolean {
  const { personId, itemId, answered, share } = draw;
  const digest = createHash('sha256').update(`${personId}:${itemId}:${answered}`, 'utf8').digest();
  return digest.readUInt32BE(0) / 2 ** 32 < share;
}
