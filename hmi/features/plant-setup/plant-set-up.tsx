import './plant-setup.css';
import { A, useParams } from '@solidjs/router';
import { For, type JSX, Match, Show, Switch } from 'solid-js';
import { useCatalogueRefresh } from '../../lib/catalogue.ts';
import { createAnswer } from '../../lib/create-answer.ts';
import { words } from '../../lib/language.ts';
import { administers, useViewer } from '../../lib/viewer.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PlantContext } from './plant-context.ts';
import { PlantSetUp as PlantSetUpDocument } from './plant-setup.documents.ts';

const tabs = ['structure', 'nodes', 'materials', 'shifts', 'tokens', 'file'] as const;

/** What stands around every screen of a plant's set-up: its name and the parts of the set-up. */
export function PlantSetUp(props: { children?: JSX.Element }) {
  const params = useParams<{ plant: string }>();
  const viewer = useViewer();
  const refreshCatalogue = useCatalogueRefresh();
  const answer = createAnswer(PlantSetUpDocument, () => ({ code: params.plant }));
  const refresh = async () => {
    await Promise.all([answer.ask(), refreshCatalogue()]);
  };
  const plant = () => answer.data()?.plant ?? undefined;
  const base = () => `/admin/plants/${encodeURIComponent(params.plant)}`;

  return (
    <Switch fallback={<p role="status">{words().session.waiting}</p>}>
      <Match when={plant()}>
        {(found) => (
          <Show
            when={administers(viewer(), found().id)}
            fallback={<EmptyState>{words().setup.notAdministrator}</EmptyState>}
          >
            <div class="set-up">
              <header class="set-up-head">
                <h1 class="set-up-title">
                  {found().name}
                  <Show when={found().retiredAt}>
                    <span class="hint"> {words().setup.retired}</span>
                  </Show>
                </h1>
                <nav class="tabs" aria-label={words().setup.parts}>
                  <For each={tabs}>
                    {(tab) => (
                      <A class="tab" href={`${base()}/${tab}`}>
                        {words().setup.tabs[tab]}
                      </A>
                    )}
                  </For>
                </nav>
              </header>
              <PlantContext.Provider value={{ plant: found, refresh }}>{props.children}</PlantContext.Provider>
            </div>
          </Show>
        )}
      </Match>
      <Match when={answer.data()}>
        <EmptyState>
          {words().setup.noSuchPlant} <A href="/admin/plants">{words().setup.allPlants}</A>
        </EmptyState>
      </Match>
      <Match when={answer.failure()}>{(failure) => <EmptyState>{failure()}</EmptyState>}</Match>
    </Switch>
  );
}
