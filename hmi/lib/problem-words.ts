import { formatAge, formatNumber } from './format.ts';
import { locale, words } from './language.ts';
import type { NodeProblem } from './node-health.ts';

/** What is wrong with a node, in words; `now` is the server's clock in ms. */
export function problemWords(problem: NodeProblem, now: number): string {
  const { nodes } = words();
  switch (problem.kind) {
    case 'never-seen':
      return nodes.neverSeen;
    case 'down':
      return nodes.down(formatAge(now - problem.since, locale()));
    case 'machine-lost':
      return nodes.machineLost;
    case 'node':
    case 'gate':
    case 'camera':
      return problem.problem;
    case 'dead-letters':
      return nodes.deadLetters(formatNumber(problem.count, 0, locale()));
  }
}
