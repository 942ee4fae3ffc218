import { For, Show } from 'solid-js';
import { createAct } from '../../lib/create-act.ts';
import { createAnswer } from '../../lib/create-answer.ts';
import { formatShare } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { DatasetVersionLeaks, RemoveFromDataset } from './datasets.documents.ts';
import type { PartProps } from './version-data.ts';

const SHOWN = 50;

/** Images that leak, side by side; one of a pair leaves the draft with one press, and can be put in again. */
export function LeakPairs(props: PartProps) {
  const act = createAct();
  const answer = createAnswer(DatasetVersionLeaks, () => ({ id: props.version.id, first: SHOWN }));
  const leaks = () => {
    const node = answer.data()?.node;
    return node?.__typename === 'DatasetVersion' ? node.leaks : undefined;
  };
  const takeOut = async (sha256: string) => {
    const input = { datasetVersionId: props.version.id, imageSha256s: [sha256] };
    if (await act.send(RemoveFromDataset, { input })) await Promise.all([answer.ask(), props.onChanged()]);
  };

  return (
    <>
      <h3>{words().sets.leaks}</h3>
      <Show when={act.refusal()}>
        {(refusal) => (
          <p class="form-refusal" role="alert">
            {refusal().text}
          </p>
        )}
      </Show>
      <Show when={leaks()} fallback={<p role="status">{answer.failure() ?? words().session.waiting}</p>}>
        {(found) => (
          <Show when={found().length > 0} fallback={<EmptyState>{words().sets.noLeaks}</EmptyState>}>
            <ul class="sets-pairs">
              <For each={found()}>
                {(leak) => (
                  <li class="sets-pair">
                    <Side sha256={leak.imageSha256} url={leak.image?.url} split={leak.split} />
                    <Side sha256={leak.otherSha256} url={leak.other?.url} split={leak.otherSplit} />
                    <div>
                      <p>
                        {words().sets.evidence[leak.evidence]}
                        <br />
                        {words().sets.likeness(formatShare(leak.likeness, locale()))}
                      </p>
                      <Show when={props.mayChange}>
                        <Button
                          waiting={act.isWaiting()}
                          label={`${words().sets.takeOut} ${leak.imageSha256.slice(0, 8)}`}
                          onClick={() => void takeOut(leak.imageSha256)}
                        >
                          {words().sets.takeOut} {leak.imageSha256.slice(0, 8)}
                        </Button>
                      </Show>
                    </div>
                  </li>
                )}
              </For>
            </ul>
          </Show>
        )}
      </Show>
    </>
  );
}

function Side(props: { sha256: string; url: string | undefined; split: 'TRAIN' | 'VALIDATION' | 'GOLDEN' }) {
  return (
    <div class="sets-image">
      <Show when={props.url}>{(url) => <img src={`${url()}?w=320`} alt="" loading="lazy" />}</Show>
      <p>{words().sets.split[props.split]}</p>
      <p class="hint">{props.sha256.slice(0, 8)}</p>
    </div>
  );
}
