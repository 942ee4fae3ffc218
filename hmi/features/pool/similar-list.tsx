import { For, Show } from 'solid-js';
import { createAnswer } from '../../lib/create-answer.ts';
import { useDataPlant } from '../../lib/data-plant.ts';
import { formatShare } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ScrollArea } from '../../ui/scroll-area.tsx';
import { type PoolFilter, SimilarImages } from './pool.documents.ts';

interface SimilarListProps {
  imageSha256: string;
  filter: PoolFilter;
  onOpen: (sha256: string) => void;
  onClose: () => void;
}

/** The images most like one, of those that the filter names, the likest first. */
export function SimilarList(props: SimilarListProps) {
  const plant = useDataPlant();
  const answer = createAnswer(SimilarImages, () => ({
    plantId: plant().id,
    imageSha256: props.imageSha256,
    filter: props.filter,
  }));
  const found = () => answer.data()?.similarImages ?? [];
  return (
    <div class="pool-similar">
      <div class="pool-bar">
        <h2>{words().pool.similarTitle}</h2>
        <Button onClick={props.onClose}>{words().pool.allAgain}</Button>
      </div>
      <ScrollArea label={words().pool.similarTitle}>
        <Show
          when={found().length > 0}
          fallback={
            <EmptyState>
              {answer.failure() ?? (answer.data() ? words().pool.noSimilar : words().session.waiting)}
            </EmptyState>
          }
        >
          <ul class="pool-similar-list">
            <For each={found()}>
              {({ poolImage, likeness }) => (
                <li>
                  <button type="button" class="pool-similar-image" onClick={() => props.onOpen(poolImage.imageSha256)}>
                    <img src={`${poolImage.image.url}?w=320`} alt="" loading="lazy" />
                    <span class="pool-caption">
                      <span>{poolImage.label ?? words().pool.labelStates[poolImage.labelState]}</span>
                      <span class="figure">{formatShare(likeness, locale())} %</span>
                    </span>
                  </button>
                </li>
              )}
            </For>
          </ul>
        </Show>
      </ScrollArea>
    </div>
  );
}
