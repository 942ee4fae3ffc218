import './data.css';
import { A, useParams } from '@solidjs/router';
import { For, type JSX, Show } from 'solid-js';
import { useCatalogue } from '../../lib/catalogue.ts';
import { DataPlantContext, dataPath } from '../../lib/data-plant.ts';
import { words } from '../../lib/language.ts';
import { EmptyState } from '../../ui/empty-state.tsx';

/**
 * Those whose screen exists, in the order of the work; the address of each is its name. Add yours here, its route in hmi/app.tsx and its
 * word in hmi/lib/words-pool-*.ts.
 */
const tabs = ['pool', 'map', 'review', 'book', 'agreement', 'sets', 'exchange', 'retention'] as const;

/** What stands around every screen of a plant's data. */
export function DataFrame(props: { children?: JSX.Element }) {
  const params = useParams<{ plant: string }>();
  const plants = useCatalogue();
  const plant = () => plants().find(({ code }) => code === params.plant);

  return (
    <Show when={plant()} fallback={<EmptyState>{words().data.noSuchPlant}</EmptyState>}>
      {(found) => (
        <DataPlantContext.Provider value={found}>
          <div class="data">
            <header class="data-head">
              <h1 class="data-title">{words().data.title(found().name)}</h1>
              <nav class="data-tabs" aria-label={words().data.parts}>
                <For each={tabs}>
                  {(tab) => (
                    <A class="data-tab" href={dataPath(found(), tab)}>
                      {words().data.tabs[tab]}
                    </A>
                  )}
                </For>
              </nav>
            </header>
            {props.children}
          </div>
        </DataPlantContext.Provider>
      )}
    </Show>
  );
}
