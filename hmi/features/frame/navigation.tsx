import { A } from '@solidjs/router';
import { For, Show } from 'solid-js';
import { linePath, useCatalogue } from '../../lib/catalogue.ts';
import { words } from '../../lib/language.ts';

/** Only what exists. */
export function Navigation() {
  const plants = useCatalogue();
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
          </>
        )}
      </For>
    </nav>
  );
}
