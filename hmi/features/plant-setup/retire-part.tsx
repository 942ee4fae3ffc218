import { Show } from 'solid-js';
import { createAct } from '../../lib/create-act.ts';
import { words } from '../../lib/language.ts';
import { Button } from '../../ui/button.tsx';
import { TwoTaps } from '../../ui/two-taps.tsx';
import { setRetired } from './part-acts.ts';
import type { PartKind } from './part-fields.ts';

interface RetirePartProps {
  kind: PartKind | 'shift';
  id: string;
  isRetired: boolean;
  onDone: () => Promise<void>;
}

/** Takes a part out of use, in two taps, and back into use. Nothing is ever deleted. */
export function RetirePart(props: RetirePartProps) {
  const act = createAct();
  async function set(isRetired: boolean) {
    if (await setRetired(act, props.kind, props.id, isRetired)) await props.onDone();
  }
  return (
    <Show
      when={props.isRetired}
      fallback={
        <TwoTaps
          label={words().setup.retire}
          consequence={words().setup.retireConsequence[props.kind]}
          confirm={words().setup.retireNow}
          cancel={words().act.cancel}
          waiting={act.isWaiting()}
          refusal={act.refusal()?.text}
          onConfirm={() => set(true)}
        />
      }
    >
      <div class="two-taps">
        <p class="quiet-text">{words().setup.isRetired}</p>
        <Button waiting={act.isWaiting()} onClick={() => void set(false)}>
          {words().setup.reinstate}
        </Button>
        <Show when={act.refusal()}>
          {(refusal) => (
            <p class="form-refusal" role="alert">
              {refusal().text}
            </p>
          )}
        </Show>
      </div>
    </Show>
  );
}
