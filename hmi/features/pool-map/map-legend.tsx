import { For, Show } from 'solid-js';
import { formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { SHAPES } from './draw-points.ts';
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
                <Sign code={entry.code} /> {nameOf(entry)}
              </dt>
              <dd class="figure">{number(entry.count)}</dd>
            </div>
          )}
        </For>
        <Show when={others() > 0}>
          <div class="map-legend-entry" data-quiet="">
            <dt>
              <Sign code={0} /> {words().map.others}
            </dt>
            <dd class="figure">{number(others())}</dd>
          </div>
        </Show>
      </dl>
    </Show>
  );
}

/** The shape as the map draws it; no font has them all. */
function Sign(props: { code: number }) {
  const path = () =>
    (SHAPES[props.code] ?? [])
      .flatMap((row, y) => [...row].map((sign, x) => (sign === '#' ? `M${x} ${y}h1v1h-1z` : '')))
      .join('');
  return (
    <svg class="map-sign" viewBox="0 0 5 5" aria-hidden="true">
      <path d={path()} />
    </svg>
  );
}
