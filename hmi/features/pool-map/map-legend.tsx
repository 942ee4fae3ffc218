import { For, Show } from 'solid-js';
import { formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { SIGNS } from './draw-points.ts';
import type { MapAnswer, MapColour } from './pool-map.documents.ts';

const fifths: readonly MapColour[] = ['SCORE', 'LABEL_ERROR', 'OUTLIER', 'UNIQUENESS'];

/** What each sign on the map stands for, with how often it is there. */
export function MapLegend(props: { map: MapAnswer; colour: MapColour; quiet: ReadonlySet<number> }) {
  const entries = () =>
    fifths.includes(props.colour)
      ? props.map.legend.toSorted((a, b) => Number(a.value) - Number(b.value))
      : props.map.legend;
  const nameOf = (entry: MapAnswer['legend'][number]) => {
    if (fifths.includes(props.colour)) return words().map.fifths[Number(entry.value)] ?? entry.value;
    const known: Readonly<Record<string, string>> = words().pool.values;
    return entry.name ?? known[entry.value] ?? entry.value;
  };
  const others = () => props.map.count - props.map.legend.reduce((sum, { count }) => sum + count, 0);
  const number = (value: number) => formatNumber(value, 0, locale());

  return (
    <Show when={props.map.legend.length > 0}>
      <dl class="map-legend" aria-label={words().map.legend}>
        <For each={entries()}>
          {(entry) => (
            <div class="map-legend-entry" data-quiet={props.quiet.has(entry.code) ? '' : undefined}>
              <dt>
                <span aria-hidden="true">{SIGNS[entry.code] ?? SIGNS[0]}</span> {nameOf(entry)}
              </dt>
              <dd class="figure">{number(entry.count)}</dd>
            </div>
          )}
        </For>
        <Show when={others() > 0}>
          <div class="map-legend-entry" data-quiet="">
            <dt>
              <span aria-hidden="true">{SIGNS[0]}</span> {words().map.others}
            </dt>
            <dd class="figure">{number(others())}</dd>
          </div>
        </Show>
      </dl>
    </Show>
  );
}
