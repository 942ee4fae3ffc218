/**
 * A line runs one job at a time, and three speak of it: its machine, the MES and people. Whoever speaks last of a new job is believed.
 * A job that MES or a person began stays until they end it or the machine names another code: a machine that names none says
 * nothing about it. What MES or a person ended stays ended, however long the machine goes on naming it.
 */

export type JobOrigin = 'machine' | 'mes' | 'person';

/** A job of the line as far as its place in their order goes. */
export interface KnownRun {
  code: string;
  started_at: Date;
  ended_at: Date | null;
  /** Whose word it stays by. */
  held_by: JobOrigin;
  ended_by: JobOrigin | null;
}

export type JobWord =
  /** The machine names its present job, or none. */
  | { by: 'machine'; act: 'name'; code: string | null; at: Date }
  /** A part was made in this job: perhaps long ago, out of a node's outbox. */
  | { by: 'machine'; act: 'make'; code: string; at: Date }
  | { by: 'mes' | 'person'; act: 'start' | 'end'; code: string; at: Date };

/** What becomes of the line's jobs; all null when nothing does. */
export interface Succession<Run> {
  /** The open job that ends at the word's time, or when it began if that is later. */
  ends: Run | null;
  /** A job that had ended and goes on. */
  resumes: Run | null;
  /** A new job; `endedAt` is set when a later one is known already. */
  begins: { startedAt: Date; endedAt: Date | null } | null;
  /** A job that from now on is MES's or the person's: begun, or ended, by the machine before. */
  takesOver: Run | null;
  /** The ended job in whose time a new one was to start: refused. */
  inside: Run | null;
}

const nothing = { ends: null, resumes: null, begins: null, takesOver: null, inside: null };

/** `runs` are jobs of the line: at least the open one, the one of the code, those that ran at the word's time and those that began later. */
export function succeed<Run extends KnownRun>(runs: readonly Run[], word: JobWord): Succession<Run> {
  const open = runs.find((run) => run.ended_at === null) ?? null;
  const known = runs.find((run) => run.code === word.code);
  switch (word.act) {
    case 'name':
      return named(runs, open, known, word.code, word.at);
    case 'make':
      return known ? nothing : begun(runs, open, word.at);
    case 'start': {
      if (known) return { ...nothing, takesOver: known === open && known.held_by === 'machine' ? known : null };
      const inside = runs.find((run) => run.ended_at && run.started_at <= word.at && word.at < run.ended_at);
      return inside ? { ...nothing, inside } : begun(runs, open, word.at);
    }
    case 'end':
      if (known && known === open) return { ...nothing, ends: known };
      return { ...nothing, takesOver: known?.ended_by === 'machine' ? known : null };
  }
}

function named<Run extends KnownRun>(
  runs: readonly Run[],
  open: Run | null,
  known: Run | undefined,
  code: string | null,
  at: Date,
): Succession<Run> {
  // Older than what is known: a report that was overtaken.
  if (open && at < open.started_at) return nothing;
  if (code === null) return { ...nothing, ends: open?.held_by === 'machine' ? open : null };
  if (!known) return begun(runs, open, at);
  if (known === open || known.ended_by !== 'machine' || (known.ended_at && at < known.ended_at)) return nothing;
  return { ...nothing, ends: open, resumes: known };
}

/** A job heard of late ended when the next known one started; otherwise it is the line's job from `at` on. */
function begun<Run extends KnownRun>(runs: readonly Run[], open: Run | null, at: Date): Succession<Run> {
  const later = runs
    .map((run) => run.started_at)
    .filter((startedAt) => startedAt > at)
    .sort((a, b) => a.getTime() - b.getTime())[0];
  if (later) return { ...nothing, begins: { startedAt: at, endedAt: later } };
  return { ...nothing, ends: open, begins: { startedAt: at, endedAt: null } };
}
