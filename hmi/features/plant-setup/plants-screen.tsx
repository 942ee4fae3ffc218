import './plant-setup.css';
import '../../ui/data-table.css';
import { A, useNavigate, useSearchParams } from '@solidjs/router';

import { For, Match, Show, Switch } from 'solid-js';
import { useCatalogueRefresh } from '../../lib/catalogue.ts';
import { createAnswer } from '../../lib/create-answer.ts';
import { words } from '../../lib/language.ts';
import { administers, administersAny, useViewer } from '../../lib/viewer.ts';
import { Check } from '../../ui/check.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Details } from './details.tsx';
import { ImportModel } from './import-model.tsx';
import { PartForm } from './part-form.tsx';
import { type ListedPlant, ListPlants } from './plant-setup.documents.ts';

/** The plants that the person administers, and two ways to a new one: a form, and a file. */
export function PlantsScreen() {
  const viewer = useViewer();
  const navigate = useNavigate();
  const refreshCatalogue = useCatalogueRefresh();
  const [search, setSearch] = useSearchParams<{ add: string; import: string; retired: string }>();
  const answer = createAnswer(ListPlants, () => (administersAny(viewer()) ? {} : undefined));
  const own = () =>
    (answer.data()?.plants.edges ?? []).map(({ node }) => node).filter((plant) => administers(viewer(), plant.id));
  const plants = () => own().filter((plant) => search.retired || plant.retiredAt === null);
  const act = () => {
    if (!viewer().isAdministrator) return 'list';
    if (search.add !== undefined) return 'add';
    return search.import === undefined ? 'list' : 'import';
  };
  async function open(code: string | undefined) {
    await refreshCatalogue();
    if (code !== undefined) navigate(`/admin/plants/${encodeURIComponent(code)}/structure`);
  }

  return (
    <Show when={administersAny(viewer())} fallback={<EmptyState>{words().setup.notAdministrator}</EmptyState>}>
      <div class="set-up">
        <header class="set-up-head">
          <h1 class="set-up-title">{words().nav.plants}</h1>
          <Show when={viewer().isAdministrator && act() === 'list'}>
            <div class="actions">
              <a class="button add-link" href="?add=1">
                {words().setup.add.plant}
              </a>
              <a class="button add-link" href="?import=1">
                {words().modelFile.importTitle}
              </a>
            </div>
          </Show>
        </header>
        <section class="panel set-up-single">
          <Switch>
            <Match when={act() === 'add'}>
              <Details kind={words().setup.newPlant} name={words().setup.kinds.plant}>
                <p class="quiet-text">{words().setup.newPlantHint}</p>
                <PartForm kind="plant" parentId="" onWritten={({ code }) => open(code)} />
                <BackToList />
              </Details>
            </Match>
            <Match when={act() === 'import'}>
              <ImportModel onApplied={open} />
              <BackToList />
            </Match>
            <Match when={answer.failure()}>{(failure) => <p role="alert">{failure()}</p>}</Match>
            <Match when={answer.data()}>
              <Show
                when={plants().length > 0}
                fallback={
                  <EmptyState>
                    {words().setup.noPlants}{' '}
                    <Show when={viewer().isAdministrator}>
                      <a href="?add=1">{words().setup.createFirstPlant}</a>
                    </Show>
                  </EmptyState>
                }
              >
                <PlantTable plants={plants()} />
              </Show>
              <Show when={own().some((plant) => plant.retiredAt !== null)}>
                <Check
                  label={words().setup.showRetired}
                  checked={search.retired !== undefined}
                  onChange={(isShown) => setSearch({ retired: isShown ? '1' : null })}
                />
              </Show>
            </Match>
          </Switch>
        </section>
      </div>
    </Show>
  );
}

function BackToList() {
  return (
    <a class="quiet-link" href="?">
      {words().act.cancel}
    </a>
  );
}

function PlantTable(props: { plants: readonly ListedPlant[] }) {
  return (
    <table class="data-table">
      <thead>
        <tr>
          <th>{words().setup.fields.name}</th>
          <th>{words().setup.fields.code}</th>
          <th>{words().setup.fields.sector}</th>
          <th>{words().setup.fields.timeZone}</th>
        </tr>
      </thead>
      <tbody>
        <For each={props.plants}>
          {(plant) => (
            <tr classList={{ 'is-retired': plant.retiredAt !== null }}>
              <td>
                <A href={`/admin/plants/${encodeURIComponent(plant.code)}/structure`}>{plant.name}</A>
              </td>
              <td>{plant.code}</td>
              <td>{words().setup.sectors[plant.sector]}</td>
              <td>
                {plant.timeZone}
                <Show when={plant.retiredAt}> · {words().setup.retired}</Show>
              </td>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  );
}
