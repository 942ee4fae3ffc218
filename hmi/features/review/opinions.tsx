import { For, Show } from 'solid-js';
import { words } from '../../lib/language.ts';
import { decodeMask, type Region, traceMask } from '../../lib/regions.ts';
import { Button } from '../../ui/button.tsx';
import { MarkedImage } from '../../ui/marked-image.tsx';
import type { Opinion, ReviewTask } from './review-task.ts';

interface OpinionsProps {
  task: ReviewTask;
  nameOf: (code: string) => string;
  onTake: (number: 0 | 1) => void;
}

const letters = ['A', 'B'] as const;

/** What two people say who disagree, side by side; who said what does not matter, and is not told. */
export function Opinions(props: OpinionsProps) {
  const both = () => props.task.opinions.slice(0, 2);
  const label = (opinion: Opinion) => (opinion.label === 'good' ? words().label.good : props.nameOf(opinion.label));
  return (
    <section
      class="opinions"
      aria-label={props.task.purpose === 'SETTLE' ? words().label.conflict : words().label.saidBefore}
    >
      <For each={both()}>
        {(opinion, index) => {
          const letter = letters[index() as 0 | 1];
          return (
            <div class="opinion">
              <div class="opinion-image">
                <MarkedImage
                  src={`${props.task.image.url}?w=320`}
                  alt=""
                  outlines={opinion.regions.flatMap((region) => outlinesOf(region, props.task.image))}
                />
              </div>
              <p>
                {words().label.answerOf(letter)}: <strong>{label(opinion)}</strong>
                <Show when={opinion.label !== 'good' && opinion.regions.length === 0}>
                  {`, ${words().label.noOutline}`}
                </Show>
              </p>
              <Show when={opinion.label !== 'good'}>
                <Button onClick={() => props.onTake(index() as 0 | 1)}>{words().label.take(letter)}</Button>
              </Show>
            </div>
          );
        }}
      </For>
    </section>
  );
}

/** In shares of the image's size. */
function outlinesOf(region: Region, { width, height }: { width: number; height: number }): number[][] {
  const share = (ring: readonly number[]) => ring.map((value, at) => value / (at % 2 === 0 ? width : height));
  if (region.kind === 'polygon') return region.rings.map(share);
  if (region.kind === 'mask') {
    return traceMask(decodeMask(region.counts, region.width, region.height), region.width, region.height).map(share);
  }
  const [right, bottom] = [region.x + region.width, region.y + region.height];
  return [share([region.x, region.y, right, region.y, right, bottom, region.x, bottom])];
}
