import './part-answer.css';
import { createSignal, For, onCleanup, Show } from 'solid-js';
import { createAct } from '../../lib/create-act.ts';
import { createAnswer } from '../../lib/create-answer.ts';
import { words } from '../../lib/language.ts';
import { useLive } from '../../lib/live.ts';
import { suggests, useViewer } from '../../lib/viewer.ts';
import { Button } from '../../ui/button.tsx';
import type { Part } from './create-part-strip.ts';
import { SaidOfPart, SayAtLine } from './part-answer.documents.ts';

/** A press that was meant for the part before would come within this time. */
const SETTLES_AFTER_MS = 300;

const kinds = {
  REJECT: ['REJECT_WAS_WRONG', 'REJECT_WAS_RIGHT'],
  PASS: ['WAS_BAD'],
  UNCERTAIN: ['WAS_BAD'],
} as const;

interface PartAnswerProps {
  part: Pick<Part, 'id' | 'verdict'>;
  plantId: string;
}

/** One tap: whether the verdict was right. It asks a reviewer to look, and may be said otherwise later. */
export function PartAnswer(props: PartAnswerProps) {
  return (
    // Keyed: a press that began on one part never ends on another.
    <Show when={props.part.id} keyed>
      {(id) => <AnswerOf id={id} verdict={props.part.verdict} plantId={props.plantId} />}
    </Show>
  );
}

function AnswerOf(props: { id: string; verdict: Part['verdict']; plantId: string }) {
  const viewer = useViewer();
  const live = useLive();
  const said = createAnswer(SaidOfPart, () => ({ id: props.id }));
  const [isSettled, setSettled] = createSignal(false);
  const timer = setTimeout(() => setSettled(true), SETTLES_AFTER_MS);
  onCleanup(() => clearTimeout(timer));
  const act = createAct();
  const [sent, setSent] = createSignal<string>();

  const suggestions = () => {
    const node = said.data()?.node;
    return node?.__typename === 'Inspection' ? node.suggestions : [];
  };
  const own = () => suggestions().find(({ person }) => person.id === viewer().personId)?.kind;
  const text = {
    REJECT_WAS_WRONG: () => words().said.wasWrong,
    REJECT_WAS_RIGHT: () => words().said.wasRight,
    WAS_BAD: () => words().said.wasBad,
  };

  return (
    <section class="part-answer" aria-label={words().said.title}>
      <Show when={suggests(viewer(), props.plantId)}>
        <div class="part-answer-acts">
          <For each={kinds[props.verdict]}>
            {(kind) => (
              <Button
                pressed={own() === kind}
                disabled={live.isLocked() || !isSettled() || act.isWaiting()}
                waiting={act.isWaiting() && sent() === kind}
                onClick={async () => {
                  setSent(kind);
                  if (await act.send(SayAtLine, { input: { inspectionId: props.id, kind } })) await said.ask();
                }}
              >
                {text[kind]()}
              </Button>
            )}
          </For>
        </div>
      </Show>
      <Show when={act.refusal()}>{(refusal) => <p role="alert">{refusal().text}</p>}</Show>
      <For each={suggestions()}>
        {({ person, kind }) => (
          <p class="hint">
            {words().said.by(person.id === viewer().personId ? words().said.you : person.name, words().said[kind])}
          </p>
        )}
      </For>
    </section>
  );
}
