import { A } from '@solidjs/router';
import { For, Show } from 'solid-js';
import { linePath, useCatalogue } from '../../lib/catalogue.ts';
import { dataPath } from '../../lib/data-plant.ts';
import { words } from '../../lib/language.ts';
import { administersAny, useViewer } from '../../lib/viewer.ts';

/** Only what exists, and what the person may open. */
export function Navigation() {
  const plants = useCatalogue();
  const viewer = useViewer();
  return (
    <nav class="navigation" aria-label={words().nav.label}>
      <A class="navigation-link" href="/" end>
        {words().nav.overview}
      </A>
      <For each={plants()}>
        {(plant) => (
          <>
            <Show when={plants().length > 1}>
              <span class="navigation-plant">{plant.name}</span>
            </Show>
            <For each={plant.lines}>
              {(line) => (
                <A class="navigation-link" href={linePath(plant, line)}>
                  {line.name}
                </A>
              )}
            </For>
            <A class="navigation-link" href={dataPath(plant)}>
              {words().nav.data}
            </A>
          </>
        )}
      </For>
      <span class="navigation-gap" />
      <A class="navigation-link" href="/alarms">
        {words().nav.alarms}
      </A>
      <A class="navigation-link" href="/fleet">
        {words().nav.fleet}
      </A>
      <Show when={administersAny(viewer())}>
        <span class="navigation-plant">{words().nav.administration}</span>
        <A class="navigation-link" href="/admin/plants">
          {words().nav.plants}
        </A>
        <A class="navigation-link" href="/admin/people">
          {words().nav.people}
        </A>
      </Show>
    </nav>
  );
}
