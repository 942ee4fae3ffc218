/** What `--check` says: one line for each thing looked at, for the person who stands at the cabinet. */
import type { FieldPath, Mistake } from '../config/mistake.ts';

export interface CheckList {
  readonly isWell: boolean;
  ok(what: string, told: string): void;
  /** Keeps the node from doing what it is there for. */
  wrong(what: string, mistake: Mistake): void;
  /** Worth knowing, nothing that keeps the node from working. */
  note(what: string, doubt: Mistake): void;
  /**
   * Answers what `work` found, undefined when it threw: then the reason stands in the list and the check fails. With `path` the
   * reason is told as that field's.
   */
  attempt<T>(what: string, work: () => Promise<Finding<T>>, path?: FieldPath): Promise<T | undefined>;
}

export interface Finding<T> {
  result: T;
  told: string;
  /** Fields that do not fit what was found. */
  mistakes?: Mistake[];
  /** Fields that hardly fit it. */
  doubts?: Mistake[];
  /** Worth knowing beside it. */
  notes?: string[];
}

/** `describe` names a field to people by file, line and value. */
export function createCheckList(say: (line: string) => void, describe: (mistake: Mistake) => string): CheckList {
  let isWell = true;
  const put = (mark: 'ok   ' | 'note ' | 'wrong', what: string, told: string) => {
    if (mark === 'wrong') isWell = false;
    say(`${mark} ${what}: ${told.replace(/\s+/g, ' ').trim()}`);
  };
  const list: CheckList = {
    get isWell() {
      return isWell;
    },
    ok: (what, told) => put('ok   ', what, told),
    wrong: (what, mistake) => put('wrong', what, describe(mistake)),
    note: (what, doubt) => put('note ', what, describe(doubt)),
    async attempt(what, work, path) {
      try {
        const { result, told, mistakes = [], doubts = [], notes = [] } = await work();
        put('ok   ', what, told);
        for (const mistake of mistakes) list.wrong(what, mistake);
        for (const doubt of doubts) list.note(what, doubt);
        for (const note of notes) put('note ', what, note);
        return result;
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        put('wrong', what, path ? describe({ path, message }) : message);
        return undefined;
      }
    },
  };
  return list;
}
