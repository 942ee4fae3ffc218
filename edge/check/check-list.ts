/** What `--check` says: one line for each thing looked at, for the person who stands at the cabinet. */

export interface CheckList {
  readonly isWell: boolean;
  ok(what: string, told: string): void;
  /** Worth knowing, nothing that keeps the node from working. */
  note(what: string, told: string): void;
  /** Answers what `work` found, undefined when it threw: then the reason stands in the list and the check fails. */
  attempt<T>(what: string, work: () => Promise<Finding<T>>): Promise<T | undefined>;
}

export interface Finding<T> {
  result: T;
  told: string;
  /** Worth knowing beside it. */
  notes?: string[];
}

export function createCheckList(say: (line: string) => void): CheckList {
  let isWell = true;
  const put = (mark: 'ok   ' | 'note ' | 'wrong', what: string, told: string) =>
    say(`${mark} ${what}: ${told.replace(/\s+/g, ' ').trim()}`);
  return {
    get isWell() {
      return isWell;
    },
    ok: (what, told) => put('ok   ', what, told),
    note: (what, told) => put('note ', what, told),
    async attempt(what, work) {
      try {
        const { result, told, notes = [] } = await work();
        put('ok   ', what, told);
        for (const note of notes) put('note ', what, note);
        return result;
      } catch (error) {
        isWell = false;
        put('wrong', what, error instanceof Error ? error.message : String(error));
        return undefined;
      }
    },
  };
}
