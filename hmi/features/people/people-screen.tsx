import './people.css';
import '../../ui/data-table.css';
import { useNavigate, useSearchParams } from '@solidjs/router';
import { createMemo, For, Show } from 'solid-js';
import { useCatalogue } from '../../lib/catalogue.ts';
import { createAnswer } from '../../lib/create-answer.ts';
import { formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { administers, administersAny, useViewer } from '../../lib/viewer.ts';
import { Check } from '../../ui/check.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ScrollArea } from '../../ui/scroll-area.tsx';
import { NewPerson } from './new-person.tsx';
import { ListPeople, type PersonInList } from './people.documents.ts';
import { PersonDetails } from './person-details.tsx';

/** The server's longest page. */
const SHOWN = 500;

/** Who may do what where: the list at the left, the chosen person at the right. */
export function PeopleScreen() {
  const viewer = useViewer();
  const catalogue = useCatalogue();
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams<{ person: string; add: string; disabled: string }>();
  const answer = createAnswer(ListPeople, () => (administersAny(viewer()) ? { first: SHOWN } : undefined));
  const all = createMemo((): readonly PersonInList[] => answer.data()?.people.edges.map(({ node }) => node) ?? []);
  const shown = () => all().filter((person) => search.disabled || person.disabledAt === null);
  const chosen = () => all().find((person) => person.id === search.person);
  const plants = () => catalogue().filter((plant) => administers(viewer(), plant.id));

  return (
    <Show when={administersAny(viewer())} fallback={<EmptyState>{words().setup.notAdministrator}</EmptyState>}>
      <div class="people">
        <h1 class="visually-hidden">{words().nav.people}</h1>
        <section class="panel people-list">
          <ScrollArea label={words().nav.people}>
            <Show when={answer.data()} fallback={<p role="status">{answer.failure() ?? words().session.waiting}</p>}>
              <PeopleTable people={shown()} chosen={search.person} />
              <Show when={answer.data()?.people.pageInfo.hasNextPage}>
                <p class="hint">{words().setup.onlyFirst(formatNumber(SHOWN, 0, locale()))}</p>
              </Show>
            </Show>
          </ScrollArea>
          <div class="actions">
            <a class="button people-add" href="?add=1">
              {words().people.add}
            </a>
            <Show when={all().some((person) => person.disabledAt !== null)}>
              <Check
                label={words().people.showDisabled}
                checked={search.disabled !== undefined}
                onChange={(isShown) => setSearch({ disabled: isShown ? '1' : null })}
              />
            </Show>
          </div>
        </section>
        <ScrollArea label={words().people.chosen} class="panel">
          <Show
            when={search.add === undefined}
            fallback={
              <NewPerson
                plants={plants()}
                onCreated={async (id) => {
                  await answer.ask();
                  navigate(`?person=${encodeURIComponent(id)}`);
                }}
              />
            }
          >
            <Show when={chosen()} fallback={<EmptyState>{words().people.choose}</EmptyState>}>
              {(person) => (
                <Show when={person().id} keyed>
                  {(_id) => <PersonDetails person={person()} plants={plants()} onChanged={answer.ask} />}
                </Show>
              )}
            </Show>
          </Show>
        </ScrollArea>
      </div>
    </Show>
  );
}

function PeopleTable(props: { people: readonly PersonInList[]; chosen: string | undefined }) {
  const roleText = (person: PersonInList) => {
    const roles = new Set(
      person.memberships.flatMap((membership) => membership.roles.map((role) => role.toLowerCase())),
    );
    const names = words().roles;
    const named = [...roles]
      .sort()
      .map((role) => (Object.hasOwn(names, role) ? names[role as keyof typeof names] : role));
    return [...(person.isAdministrator ? [words().people.ofInstallation] : []), ...named].join(', ');
  };
  return (
    <table class="data-table">
      <thead>
        <tr>
          <th>{words().setUp.name}</th>
          <th>{words().session.email}</th>
          <th>{words().people.roles}</th>
        </tr>
      </thead>
      <tbody>
        <For each={props.people}>
          {(person) => (
            <tr
              classList={{ 'is-retired': person.disabledAt !== null }}
              aria-current={person.id === props.chosen ? 'true' : undefined}
            >
              <td>
                <a href={`?person=${encodeURIComponent(person.id)}`}>{person.name}</a>
              </td>
              <td>{person.email ?? words().value.none}</td>
              <td>{person.disabledAt === null ? roleText(person) || words().value.none : words().people.isDisabled}</td>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  );
}
