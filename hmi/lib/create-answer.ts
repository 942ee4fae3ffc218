/** What the server answers to a question, asked again when it changes or when something was done. */
import { useClient } from '@urql/solid';
import type { TadaDocumentNode } from 'gql.tada';
import { type Accessor, createEffect, createSignal, on, onCleanup } from 'solid-js';
import { words } from './language.ts';
import { failureOf } from './refusal.ts';

export interface Answer<Data> {
  /** Undefined until the server has answered this question; an older answer to the same question stays until the next. */
  data: Accessor<Data | undefined>;
  failure: Accessor<string | undefined>;
  /** When the server answered last, by the browser's monotonic clock; undefined until it has. */
  answeredAtMs: Accessor<number | undefined>;
  ask: () => Promise<void>;
}

/** Asks nothing while `variables` gives undefined. With `everyMs` the question is repeated. */
export function createAnswer<Data, Variables extends Record<string, unknown>>(
  document: TadaDocumentNode<Data, Variables>,
  variables: Accessor<Variables | undefined>,
  everyMs?: number,
): Answer<Data> {
  const client = useClient();
  const [data, setData] = createSignal<Data | undefined>(undefined, {
    // The same answer must not rebuild the forms that show it.
    equals: (before, after) => JSON.stringify(before) === JSON.stringify(after),
  });
  const [failure, setFailure] = createSignal<string>();
  const [answeredAtMs, setAnsweredAtMs] = createSignal<number>();
  let asked = 0;

  async function ask(): Promise<void> {
    const wanted = variables();
    if (!wanted) return;
    asked += 1;
    const mine = asked;
    const result = await client.query<Data, Variables>(document, wanted).toPromise();
    if (mine !== asked) return;
    setFailure(failureOf(result, words().act.unreachable));
    const answered = result.data;
    if (!answered) return;
    setAnsweredAtMs(performance.now());
    setData(() => answered);
  }

  createEffect(
    on(
      () => JSON.stringify(variables()),
      () => {
        asked += 1;
        setData(undefined);
        setAnsweredAtMs(undefined);
        void ask();
      },
    ),
  );
  if (everyMs !== undefined) {
    const timer = setInterval(() => void ask(), everyMs);
    onCleanup(() => clearInterval(timer));
  }
  onCleanup(() => {
    asked += 1;
  });
  return { data, failure, answeredAtMs, ask };
}
