/** Why an image is here, in one line. */
import { formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import type { Purpose, Reason } from './review-task.ts';

export function reasonText(purpose: Purpose, reason: Reason): string {
  const { reasons, purposes, reasonScore, reasonCount, reasonParts } = words().review;
  const number = (value: unknown, digits: number) =>
    typeof value === 'number' ? formatNumber(value, digits, locale()) : undefined;
  const score = number(reason.score, 2);
  const count = number(reason.count, 0);
  const parts = number(reason.parts, 0);
  const facts = [
    score === undefined ? undefined : reasonScore(score),
    count === undefined ? undefined : reasonCount(count),
    parts === undefined ? undefined : reasonParts(parts),
  ].filter((fact) => fact !== undefined);
  const kind = typeof reason.kind === 'string' ? reason.kind.toLowerCase() : '';
  const text = reasons[kind] ?? reasons[reason.code] ?? reasons[purpose.toLowerCase()] ?? purposes[purpose];
  return facts.length === 0 ? text : `${text} (${facts.join(', ')})`;
}
