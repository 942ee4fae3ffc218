import { Show } from 'solid-js';
import { createAct } from '../../lib/create-act.ts';
import { formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { TwoTaps } from '../../ui/two-taps.tsx';
import { FreezeDataset } from './datasets.documents.ts';
import type { PartProps } from './version-data.ts';

/** The last act on a draft, with what it means. */
export function FreezePart(props: PartProps) {
  const act = createAct();
  const freeze = async () => {
    if (await act.send(FreezeDataset, { datasetVersionId: props.version.id })) await props.onChanged();
  };
  return (
    <section class="panel sets-part">
      <Show when={props.version.state === 'DRAFT'} fallback={<EmptyState>{words().sets.isFrozen}</EmptyState>}>
        <p class="hint">{words().sets.freezeHint}</p>
        <Show when={props.mayChange}>
          <TwoTaps
            label={words().sets.freeze}
            consequence={words().sets.freezeConsequence(formatNumber(props.version.itemCount, 0, locale()))}
            confirm={words().sets.freezeConfirm}
            cancel={words().act.cancel}
            waiting={act.isWaiting()}
            refusal={act.refusal()?.text}
            onConfirm={freeze}
          />
        </Show>
      </Show>
    </section>
  );
}
