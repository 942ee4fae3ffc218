import { A } from '@solidjs/router';
import { createEffect, createSignal, on, onCleanup, Show } from 'solid-js';
import { createAnswer } from '../../lib/create-answer.ts';
import { dataPath, useDataPlant } from '../../lib/data-plant.ts';
import { formatDateMinute } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { around } from './lasso.ts';
import type { Point } from './map-points.ts';
import { PoolMapImage } from './pool-map.documents.ts';

/** A pointer on its way passes many points: it is asked for the one where it rests. */
const REST_MS = 120;

/** The image of the point under the cross. */
export function MapPoint(props: { point: Point | undefined }) {
  const plant = useDataPlant();
  const [asked, setAsked] = createSignal<Point>();
  createEffect(
    on(
      () => props.point,
      (point) => {
        const timer = setTimeout(() => setAsked(point), REST_MS);
        onCleanup(() => clearTimeout(timer));
      },
    ),
  );
  const answer = createAnswer(PoolMapImage, () => {
    const point = asked();
    return point && { plantId: plant().id, lasso: around(point) };
  });
  const image = () => answer.data()?.poolImages.edges[0]?.node;
  const state = (name: string) => (words().pool.values as Readonly<Record<string, string>>)[name.toLowerCase()] ?? name;

  return (
    <section class="map-point" aria-label={words().map.point}>
      <Show when={image()} fallback={<p class="hint">{answer.failure() ?? words().map.pointNone}</p>}>
        {(found) => (
          <>
            <img class="map-thumbnail" src={`${found().image.url}?w=320`} alt="" />
            <p>
              {found().label ?? words().map.unlabelled} · {found().verdict === null ? '' : state(found().verdict ?? '')}
            </p>
            <p class="hint figure">
              {formatDateMinute(new Date(found().capturedAt).getTime(), plant().timeZone, locale())}{' '}
              {found().line?.name}
            </p>
            <A class="button" href={`${dataPath(plant(), 'pool')}?open=${found().imageSha256}`}>
              {words().map.openImage}
            </A>
          </>
        )}
      </Show>
    </section>
  );
}
