import '../../ui/data-table.css';
import './agreement.css';
import { A, useSearchParams } from '@solidjs/router';
import { createMemo, For, Show } from 'solid-js';
import { createAnswer } from '../../lib/create-answer.ts';
import { dataPath, useDataPlant } from '../../lib/data-plant.ts';
import { formatNumber } from '../../lib/format.ts';
import { language, locale, words } from '../../lib/language.ts';
import { curates, useViewer } from '../../lib/viewer.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ScrollArea } from '../../ui/scroll-area.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { type Agreement, AgreementPage, type Figure, ReviewAsks } from './agreement.documents.ts';
import { AsksForm } from './asks-form.tsx';

const DAY_MS = 86_400_000;
const periods = ['30', '90', '365'];
/** Below this upper bound people say a class differently, whatever chance did. */
const LOW = 0.7;

/** How far people agree: one's own figures first, everybody together, and what to do. Nobody is ranked. */
export function AgreementScreen() {
  const plant = useDataPlant();
  const viewer = useViewer();
  const [search, setSearch] = useSearchParams<{ days?: string }>();
  const days = () => (periods.includes(search.days ?? '') ? (search.days ?? '90') : '90');
  const period = createMemo(() => {
    const to = Date.now();
    return { from: new Date(to - Number(days()) * DAY_MS).toISOString(), to: new Date(to).toISOString() };
  });
  const answer = createAnswer(AgreementPage, () => ({ plantId: plant().id, ...period() }));
  const asks = createAnswer(ReviewAsks, () => ({ plantId: plant().id, plantCode: plant().code }));
  const classes = () => asks.data()?.plant?.defectBook?.classes ?? [];
  const nameOf = (label: string) => {
    if (label === 'good') return words().agreement.good;
    const row = classes().find(({ code }) => code === label);
    return row?.translations.find((each) => each.language === language())?.name ?? row?.name ?? label;
  };
  const isEmpty = (shown: Agreement) => shown.images === 0 && shown.persons.length === 0;

  return (
    <ScrollArea label={words().agreement.title} class="agreement">
      <section class="panel agreement-part">
        <h2>{words().agreement.title}</h2>
        <p class="agreement-text">{words().agreement.intro}</p>
        <SelectField
          label={words().agreement.period}
          name="days"
          value={days()}
          options={periods.map((value) => ({ value, name: words().agreement.days(value) }))}
          onChoose={(value) => setSearch({ days: value })}
        />
      </section>
      <Show
        when={answer.data()?.agreement}
        fallback={<p role="status">{answer.failure() ?? words().session.waiting}</p>}
      >
        {(shown) => (
          <Show when={!isEmpty(shown())} fallback={<EmptyState>{words().agreement.none}</EmptyState>}>
            <OwnPart agreement={shown()} nameOf={nameOf} />
            <AllPart agreement={shown()} nameOf={nameOf} />
            <PeoplePart agreement={shown()} />
          </Show>
        )}
      </Show>
      <Show when={asks.data()} keyed>
        {(asked) => (
          <AsksForm
            plantId={plant().id}
            settings={asked.reviewSettings}
            classes={classes()
              .filter((each) => !each.isRetired)
              .map(({ code }) => ({ code, name: nameOf(code) }))}
            mayChange={curates(viewer(), plant().id)}
            onSaved={asks.ask}
          />
        )}
      </Show>
    </ScrollArea>
  );
}

/** A figure with its interval, or how much is missing. */
function Value(props: { figure: Figure; enough: number }) {
  const number = (value: number) => formatNumber(value, 2, locale());
  const count = (value: number) => formatNumber(value, 0, locale());
  return (
    <Show
      when={props.figure.value !== null}
      fallback={<span class="hint">{words().agreement.notEnough(count(props.figure.n), count(props.enough))}</span>}
    >
      <span class="agreement-value">{number(props.figure.value ?? 0)}</span>{' '}
      <span class="hint">
        {words().agreement.interval(number(props.figure.low ?? 0), number(props.figure.high ?? 0))},{' '}
        {words().agreement.of(count(props.figure.n))}
      </span>
    </Show>
  );
}

function OwnPart(props: { agreement: Agreement; nameOf: (label: string) => string }) {
  const viewer = useViewer();
  const own = () => props.agreement.persons.find(({ person }) => person.id === viewer().personId);
  return (
    <section class="panel agreement-part">
      <h2>{words().agreement.own}</h2>
      <Show when={own()} fallback={<p class="hint">{words().agreement.ownNone}</p>}>
        {(row) => (
          <dl class="agreement-figures">
            <div>
              <dt>{words().agreement.known}</dt>
              <dd>
                <Value figure={row().known} enough={props.agreement.enough} />
              </dd>
            </div>
            <div>
              <dt>{words().agreement.peers}</dt>
              <dd>
                <Value figure={row().peers} enough={props.agreement.enough} />
              </dd>
            </div>
            <For each={row().knownByClass}>
              {(each) => (
                <div>
                  <dt>
                    {words().agreement.knownShare}: {props.nameOf(each.label)}
                  </dt>
                  <dd>
                    <Value figure={each.figure} enough={props.agreement.enough} />
                  </dd>
                </div>
              )}
            </For>
          </dl>
        )}
      </Show>
    </section>
  );
}

function AllPart(props: { agreement: Agreement; nameOf: (label: string) => string }) {
  const plant = useDataPlant();
  const low = () => props.agreement.classes.filter(({ figure }) => figure.value !== null && (figure.high ?? 1) < LOW);
  return (
    <>
      <section class="panel agreement-part">
        <h2>{words().agreement.all}</h2>
        <p class="hint">{words().agreement.images(formatNumber(props.agreement.images, 0, locale()))}</p>
        <dl class="agreement-figures">
          <div>
            <dt>{words().agreement.fleiss}</dt>
            <dd>
              <Value figure={props.agreement.fleiss} enough={props.agreement.enough} />
            </dd>
          </div>
          <div>
            <dt>{words().agreement.regions}</dt>
            <dd>
              <Value figure={props.agreement.regions} enough={props.agreement.enough} />
            </dd>
          </div>
        </dl>
        <table class="data-table">
          <caption class="visually-hidden">{words().agreement.byClass}</caption>
          <thead>
            <tr>
              <th>{words().agreement.class}</th>
              <th>{words().agreement.specific}</th>
            </tr>
          </thead>
          <tbody>
            <For each={props.agreement.classes}>
              {(row) => (
                <tr>
                  <td>{props.nameOf(row.label)}</td>
                  <td>
                    <Value figure={row.figure} enough={props.agreement.enough} />
                  </td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </section>
      <section class="panel agreement-part">
        <h2>{words().agreement.todo}</h2>
        <Show when={low().length > 0} fallback={<p class="hint">{words().agreement.allWell}</p>}>
          <For each={low()}>{(row) => <p>{words().agreement.lowClass(props.nameOf(row.label))}</p>}</For>
        </Show>
        <p>
          <A href={dataPath(plant(), 'book')}>{words().agreement.openBook}</A>
        </p>
      </section>
    </>
  );
}

function PeoplePart(props: { agreement: Agreement }) {
  const people = () => props.agreement.persons.toSorted((a, b) => a.person.name.localeCompare(b.person.name, locale()));
  return (
    <section class="panel agreement-part">
      <h2>{words().agreement.people}</h2>
      <table class="data-table">
        <thead>
          <tr>
            <th>{words().agreement.person}</th>
            <th>{words().agreement.knownOf}</th>
            <th>{words().agreement.peersOf}</th>
          </tr>
        </thead>
        <tbody>
          <For each={people()}>
            {(row) => (
              <tr>
                <td>{row.person.name}</td>
                <td>
                  <Value figure={row.known} enough={props.agreement.enough} />
                </td>
                <td>
                  <Value figure={row.peers} enough={props.agreement.enough} />
                </td>
              </tr>
            )}
          </For>
        </tbody>
      </table>
      <Show when={props.agreement.pairs.length > 0}>
        <table class="data-table">
          <thead>
            <tr>
              <th>{words().agreement.pairs}</th>
              <th>{words().agreement.kappa}</th>
            </tr>
          </thead>
          <tbody>
            <For each={props.agreement.pairs}>
              {(row) => (
                <tr>
                  <td>{row.people.map(({ name }) => name).join(' · ')}</td>
                  <td>
                    <Value figure={row.kappa} enough={props.agreement.enough} />
                  </td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </Show>
    </section>
  );
}
