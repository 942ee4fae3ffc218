import './retention.css';
import '../../ui/data-table.css';
import { A, useSearchParams } from '@solidjs/router';
import { createEffect, createSignal, For, on, Show } from 'solid-js';
import { createAct } from '../../lib/create-act.ts';
import { createAnswer } from '../../lib/create-answer.ts';
import { dataPath, useDataPlant } from '../../lib/data-plant.ts';
import { formatBytes, formatDateMinute, formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { administers, useViewer } from '../../lib/viewer.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Field } from '../../ui/field.tsx';
import { ScrollArea } from '../../ui/scroll-area.tsx';
import { TwoTaps } from '../../ui/two-taps.tsx';
import {
  AskRetention,
  AskRetentionList,
  type RetentionRun,
  SetRetentionRules,
  StartRetentionDryRun,
  StartRetentionRun,
} from './retention.documents.ts';

const kinds = ['PASS', 'REJECT', 'AUDIT_SAMPLE', 'DATASET_MEMBER'] as const;
type Kind = (typeof kinds)[number];
const ASK_EVERY_MS = 3000;

/** How long images are kept: the rules, then a dry run and its list, then the deletion of that list. */
export function RetentionScreen() {
  const plant = useDataPlant();
  const viewer = useViewer();
  const [search, setSearch] = useSearchParams<{ run?: string }>();
  const answer = createAnswer(AskRetention, () => ({ plantId: plant().id }), ASK_EVERY_MS);
  const runs = () => (answer.data()?.retentionRuns.edges ?? []).map(({ node }) => node).reverse();
  const chosen = () => runs().find(({ id }) => id === search.run);
  const mayDelete = () => administers(viewer(), plant().id);
  const moment = (time: string) => formatDateMinute(new Date(time).getTime(), plant().timeZone, locale());
  const sum = (run: RetentionRun) =>
    words().retention.sum(
      formatNumber(
        run.counts.reduce((images, each) => images + each.images, 0),
        0,
        locale(),
      ),
      formatBytes(
        run.counts.reduce((bytes, each) => bytes + each.bytes, 0),
        locale(),
      ),
    );

  return (
    <div class="retention">
      <ScrollArea label={words().retention.rules} class="panel retention-rules">
        <h2>{words().retention.rules}</h2>
        <p class="quiet-text">{words().retention.never}</p>
        <Show when={answer.data()} fallback={<p role="status">{answer.failure() ?? words().session.waiting}</p>}>
          {(data) => <Rules rules={data().retentionRules} mayChange={mayDelete()} onDone={answer.ask} />}
        </Show>
      </ScrollArea>
      <ScrollArea label={words().retention.runs} class="panel">
        <h2>{words().retention.runs}</h2>
        <Show when={mayDelete()}>
          <DryRun onDone={answer.ask} />
        </Show>
        <Show when={runs().length > 0} fallback={<EmptyState>{words().retention.noRuns}</EmptyState>}>
          <table class="data-table">
            <thead>
              <tr>
                <th scope="col">{words().retention.run}</th>
                <th scope="col">{words().retention.asked}</th>
                <th scope="col">{words().retention.state}</th>
                <th scope="col">{words().retention.images}</th>
              </tr>
            </thead>
            <tbody>
              <For each={runs()}>
                {(run) => (
                  <tr aria-current={run.id === search.run ? 'true' : undefined}>
                    <td>
                      <A href={`${dataPath(plant(), 'retention')}?run=${encodeURIComponent(run.id)}`}>
                        {run.isDry ? words().retention.dry : words().retention.real}
                      </A>
                    </td>
                    <td class="figure">
                      {moment(run.requestedAt)} · {run.requestedBy.name}
                    </td>
                    <td>{run.error ?? words().retention.states[run.state]}</td>
                    <td class="figure">{run.finishedAt ? sum(run) : ''}</td>
                  </tr>
                )}
              </For>
            </tbody>
          </table>
        </Show>
      </ScrollArea>
      <Show when={chosen()}>
        {(run) => (
          <ScrollArea label={words().retention.list} class="panel">
            <div class="retention-head">
              <h2>{words().retention.list}</h2>
              <Button onClick={() => setSearch({ run: undefined })}>{words().pool.close}</Button>
            </div>
            <For each={run().counts}>
              {(count) => (
                <p>
                  {words().retention.kinds[count.kind]}:{' '}
                  <span class="figure">
                    {words().retention.sum(formatNumber(count.images, 0, locale()), formatBytes(count.bytes, locale()))}
                  </span>
                </p>
              )}
            </For>
            <Show when={mayDelete() && run().isDry && run().state === 'SUCCEEDED' && run().counts.length > 0}>
              <RealRun run={run()} consequence={words().retention.consequence(sum(run()))} onDone={answer.ask} />
            </Show>
            <List run={run()} />
          </ScrollArea>
        )}
      </Show>
    </div>
  );
}

interface RulesProps {
  rules: readonly { kind: Kind; keepDays: number }[];
  mayChange: boolean;
  onDone: () => Promise<void>;
}

/** Days by kind; an empty field keeps for ever. */
function Rules(props: RulesProps) {
  const plant = useDataPlant();
  const act = createAct();
  const [days, setDays] = createSignal<Partial<Record<Kind, string>>>({});
  const [isSaved, setSaved] = createSignal(false);
  createEffect(
    on(
      () => JSON.stringify(props.rules),
      () => setDays(Object.fromEntries(props.rules.map(({ kind, keepDays }) => [kind, String(keepDays)]))),
    ),
  );

  async function save(): Promise<void> {
    const rules = kinds.flatMap((kind) => {
      const text = days()[kind]?.trim() ?? '';
      return text === '' ? [] : [{ kind, keepDays: Math.round(Number(text)) }];
    });
    setSaved(false);
    if (!(await act.send(SetRetentionRules, { input: { plantId: plant().id, rules } }))) return;
    setSaved(true);
    await props.onDone();
  }

  return (
    <form
      class="retention-form"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <For each={kinds}>
        {(kind) => (
          <Field
            label={words().retention.kinds[kind]}
            type="number"
            name={kind}
            isOptional
            disabled={!props.mayChange}
            value={days()[kind] ?? ''}
            hint={words().retention.days}
            onInput={(text) => setDays({ ...days(), [kind]: text })}
          />
        )}
      </For>
      <Show when={props.mayChange} fallback={<p class="hint">{words().retention.notAdministrator}</p>}>
        <Button type="submit" isStrong waiting={act.isWaiting()}>
          {words().retention.save}
        </Button>
        <Show when={isSaved()}>
          <p role="status">{words().retention.saved}</p>
        </Show>
      </Show>
      <Show when={act.refusal()}>{(refusal) => <p role="alert">{refusal().text}</p>}</Show>
    </form>
  );
}

function DryRun(props: { onDone: () => Promise<void> }) {
  const plant = useDataPlant();
  const act = createAct();
  return (
    <div class="retention-act">
      <Button
        waiting={act.isWaiting()}
        onClick={() =>
          void act
            .send(StartRetentionDryRun, { input: { plantId: plant().id } })
            .then((started) => (started ? props.onDone() : undefined))
        }
      >
        {words().retention.startDry}
      </Button>
      <Show when={act.refusal()}>{(refusal) => <p role="alert">{refusal().text}</p>}</Show>
    </div>
  );
}

function RealRun(props: { run: RetentionRun; consequence: string; onDone: () => Promise<void> }) {
  const act = createAct();
  return (
    <TwoTaps
      label={words().retention.startReal}
      consequence={props.consequence}
      confirm={words().retention.deleteNow}
      cancel={words().act.cancel}
      waiting={act.isWaiting()}
      refusal={act.refusal()?.text}
      onConfirm={() =>
        act
          .send(StartRetentionRun, { input: { dryRunId: props.run.id } })
          .then((started) => (started ? props.onDone() : undefined))
      }
    />
  );
}

/** The first of the list; the rest is in the API. */
function List(props: { run: RetentionRun }) {
  const plant = useDataPlant();
  const answer = createAnswer(AskRetentionList, () => ({ plantId: plant().id, retentionRunId: props.run.id }));
  const list = () => answer.data()?.retentionImages;
  return (
    <Show when={list()} fallback={<p role="status">{answer.failure() ?? words().session.waiting}</p>}>
      {(images) => (
        <>
          <ul class="retention-list">
            <For each={images().edges} fallback={<li>{words().retention.nothing}</li>}>
              {({ node }) => (
                <li>
                  <Show
                    when={node.outcome === null || node.outcome === 'KEPT'}
                    fallback={<span class="retention-gone" />}
                  >
                    <img src={`/images/${plant().code}/${node.imageSha256}?w=80`} alt="" loading="lazy" />
                  </Show>
                  <span>{words().retention.kinds[node.kind]}</span>
                  <span class="figure">
                    {formatDateMinute(new Date(node.capturedAt).getTime(), plant().timeZone, locale())}
                  </span>
                  <span>{node.outcome ? words().retention.outcomes[node.outcome] : ''}</span>
                </li>
              )}
            </For>
          </ul>
          <Show when={images().pageInfo.hasNextPage}>
            <p class="hint">{words().retention.more}</p>
          </Show>
        </>
      )}
    </Show>
  );
}
