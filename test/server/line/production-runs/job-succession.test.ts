import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type JobOrigin,
  type JobWord,
  type KnownRun,
  succeed,
} from '../../../../server/modules/line/production-runs/job-succession.ts';

interface Run extends KnownRun {
  resumed: boolean;
}

/** A line, as the service keeps one. */
function hear(runs: Run[], word: JobWord): { changed: boolean; ended: Run | null; refused: boolean } {
  const seen = runs.filter((run) => run.ended_at === null || run.ended_at > word.at || run.code === word.code);
  const { ends, resumes, begins, takesOver, inside } = succeed(seen, word);
  if (inside) return { changed: false, ended: null, refused: true };
  if (ends) {
    ends.ended_at = new Date(Math.max(word.at.getTime(), ends.started_at.getTime()));
    ends.ended_by = word.by;
  }
  if (resumes) Object.assign(resumes, { ended_at: null, ended_by: null, resumed: true });
  if (begins)
    runs.push({
      code: word.code ?? '',
      started_at: begins.startedAt,
      ended_at: begins.endedAt,
      held_by: word.by,
      ended_by: begins.endedAt ? word.by : null,
      resumed: false,
    });
  if (takesOver) Object.assign(takesOver, takesOver.ended_at ? { ended_by: word.by } : { held_by: word.by });
  return { changed: Boolean(ends || resumes || begins || takesOver), ended: ends, refused: false };
}

const code = fc.constantFrom('A', 'B', 'C', 'D');
const keeper = fc.constantFrom('mes' as const, 'person' as const);
const at = fc.integer({ min: 1, max: 60 }).map((time) => new Date(time * 1000));
const anyWord: fc.Arbitrary<JobWord> = fc.oneof(
  fc.record({
    by: fc.constant('machine' as const),
    act: fc.constant('name' as const),
    code: fc.option(code, { nil: null }),
    at,
  }),
  fc.record({ by: fc.constant('machine' as const), act: fc.constant('make' as const), code, at }),
  fc.record({ by: keeper, act: fc.constantFrom('start' as const, 'end' as const), code, at }),
);
const words = fc.array(anyWord, { minLength: 1, maxLength: 30 });
const inOrder = words.map((all) => all.toSorted((a, b) => a.at.getTime() - b.at.getTime()));
const openOf = (runs: readonly Run[]) => runs.filter((run) => run.ended_at === null);

describe('succeed', () => {
  it('keeps at most one job open, each code once, and no job that ends before it begins, whoever says what when', () => {
    fc.assert(
      fc.property(words, (said) => {
        const runs: Run[] = [];
        for (const word of said) {
          hear(runs, word);
          expect(openOf(runs).length).toBeLessThanOrEqual(1);
          expect(new Set(runs.map((run) => run.code)).size).toBe(runs.length);
          for (const run of runs)
            if (run.ended_at) expect(run.ended_at.getTime()).toBeGreaterThanOrEqual(run.started_at.getTime());
        }
      }),
    );
  });

  it('lets a word that is said again change nothing', () => {
    fc.assert(
      fc.property(words, (said) => {
        const runs: Run[] = [];
        for (const word of said) {
          hear(runs, word);
          expect(hear(runs, word).changed).toBe(false);
        }
      }),
    );
  });

  it('ends what MES or a person holds by their word, or when the machine speaks of another code', () => {
    fc.assert(
      fc.property(inOrder, (said) => {
        const runs: Run[] = [];
        for (const word of said) {
          const [open] = openOf(runs);
          const heldBy: JobOrigin | undefined = open?.held_by;
          const { ended } = hear(runs, word);
          if (!ended || heldBy === 'machine' || word.by !== 'machine') continue;
          expect(word.code).not.toBeNull();
          expect(word.code).not.toBe(ended.code);
        }
      }),
    );
  });

  it('never reopens what MES or a person ended', () => {
    fc.assert(
      fc.property(words, (said) => {
        const runs: Run[] = [];
        const closed = new Map<string, number>();
        for (const word of said) {
          hear(runs, word);
          for (const run of runs) {
            if (closed.has(run.code)) expect(run.ended_at?.getTime()).toBe(closed.get(run.code));
            if (run.ended_by === 'mes' || run.ended_by === 'person') closed.set(run.code, run.ended_at?.getTime() ?? 0);
          }
        }
      }),
    );
  });

  it('lets each job end where the next one begins when starts are told in order', () => {
    const starts = fc.uniqueArray(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 20 });
    const by = fc.constantFrom('machine' as const, 'mes' as const, 'person' as const);
    fc.assert(
      fc.property(fc.array(by, { minLength: 20, maxLength: 20 }), starts, (speakers, times) => {
        const runs: Run[] = [];
        for (const [index, time] of times.entries()) {
          const speaker = speakers[index] ?? 'machine';
          const word = { code: `J${time}`, at: new Date(time) };
          if (speaker === 'machine') hear(runs, { by: speaker, act: 'make', ...word });
          else hear(runs, { by: speaker, act: 'start', ...word });
        }
        const sorted = runs.toSorted((a, b) => a.started_at.getTime() - b.started_at.getTime());
        expect(openOf(sorted)).toEqual([sorted.at(-1)]);
        const isSorted = times.every((time, index) => index === 0 || time > (times[index - 1] ?? 0));
        if (isSorted)
          for (const [index, run] of sorted.slice(0, -1).entries())
            expect(run.ended_at).toEqual(sorted[index + 1]?.started_at);
      }),
    );
  });

  it.each<[string, Partial<Run>, JobWord, string]>([
    ['a machine’s job ends when it names none', { held_by: 'machine' }, name(null), 'ends'],
    ['MES’s job stays when the machine names none', { held_by: 'mes' }, name(null), 'nothing'],
    ['MES’s job stays when the machine names it', { held_by: 'mes' }, name('A'), 'nothing'],
    ['MES’s job gives way to another code of the machine', { held_by: 'mes' }, name('B'), 'ends begins'],
    ['MES takes over what the machine began', { held_by: 'machine' }, start('A'), 'takesOver'],
    ['MES’s own job is started once', { held_by: 'mes' }, start('A'), 'nothing'],
    ['what the machine ended goes on', { ended_at: new Date(5000), ended_by: 'machine' }, name('A'), 'resumes'],
    ['what MES ended does not', { ended_at: new Date(5000), ended_by: 'mes' }, name('A'), 'nothing'],
    [
      'MES ends for good what the machine ended',
      { ended_at: new Date(5000), ended_by: 'machine' },
      end('A'),
      'takesOver',
    ],
    ['nothing starts inside a job', { ended_at: new Date(20_000), ended_by: 'machine' }, start('B'), 'inside'],
  ])('%s', (_what, over, word, expected) => {
    const run: Run = {
      code: 'A',
      started_at: new Date(1000),
      ended_at: null,
      held_by: 'machine',
      ended_by: null,
      resumed: false,
      ...over,
    };
    const decided = Object.entries(succeed([run], word)).flatMap(([key, value]) => (value ? [key] : []));
    expect(decided.join(' ') || 'nothing').toBe(expected);
  });
});

function name(named: string | null): JobWord {
  return { by: 'machine', act: 'name', code: named, at: new Date(10_000) };
}

function start(started: string): JobWord {
  return { by: 'mes', act: 'start', code: started, at: new Date(10_000) };
}

function end(ended: string): JobWord {
  return { by: 'mes', act: 'end', code: ended, at: new Date(10_000) };
}
