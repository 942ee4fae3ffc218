/** Troubles of a gate that last: what people read until they end, the most serious first. */

/** From the most serious to the least. */
const KINDS = [
  'conflict',
  'trigger',
  'belt',
  'slip',
  'confirm',
  'enabled',
  'exit',
  'command',
  'line-stop',
  'silent',
  'lag',
  'part-id',
  'state',
  'job',
] as const;

export type ProblemKind = (typeof KINDS)[number];

export interface GateProblems {
  /** Undefined when it has ended. */
  set(kind: ProblemKind, text: string | undefined): void;
  readonly text: string | undefined;
}

export function createGateProblems(): GateProblems {
  const texts = new Map<ProblemKind, string>();
  return {
    set(kind, text) {
      if (text === undefined) texts.delete(kind);
      else texts.set(kind, text);
    },
    get text() {
      const sorted = KINDS.flatMap((kind) => texts.get(kind) ?? []);
      return sorted.length === 0 ? undefined : sorted.join('; ');
    },
  };
}
