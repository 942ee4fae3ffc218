import './review.css';
import { A } from '@solidjs/router';
import { useClient } from '@urql/solid';
import { For, Show } from 'solid-js';
import { createAnswer } from '../../lib/create-answer.ts';
import { dataPath, useDataPlant } from '../../lib/data-plant.ts';
import { formatMoment, formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { useLive } from '../../lib/live.ts';
import { curates, useViewer } from '../../lib/viewer.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { answersOf } from './answers.ts';
import { createDefectClasses } from './create-defect-classes.ts';
import { makeReviewServer } from './make-review-server.ts';
import { reasonText } from './reason-text.ts';
import { ReviewOverview, type ReviewOverviewData } from './review.documents.ts';

const NEXT = 12;
const REFRESH_MS = 10_000;

/** What waits for a person, who works on what, and the way in. */
export function ReviewScreen() {
  const plant = useDataPlant();
  const viewer = useViewer();
  const client = useClient();
  const overview = createAnswer(ReviewOverview, () => ({ plantId: plant().id, first: NEXT }), REFRESH_MS);
  const classes = createDefectClasses(() => plant().id);
  const answers = answersOf(viewer().personId, plant().id, makeReviewServer(client, plant().id).answer);
  const mayLabel = () => curates(viewer(), plant().id);

  return (
    <section class="review">
      <Show when={overview.failure()}>{(text) => <p role="alert">{text()}</p>}</Show>
      <Show when={answers.waiting().length > 0}>
        <p class="review-unsent" role="status">
          {words().review.unsent(answers.waiting().length)}
        </p>
      </Show>
      <Show when={classes.isKnown() && classes.offered().length === 0}>
        <p>{words().review.noBook}</p>
      </Show>
      <Show when={!mayLabel()}>
        <p class="hint">{words().review.mayNot}</p>
      </Show>
      <Show when={overview.data()}>
        {(data) => (
          <Show
            when={data().reviewSummary.waiting.length > 0}
            fallback={<EmptyState>{words().review.empty}</EmptyState>}
          >
            <div class="review-parts">
              <Waiting data={data()} mayLabel={mayLabel()} />
              <Next data={data()} />
            </div>
          </Show>
        )}
      </Show>
    </section>
  );
}

function Waiting(props: { data: ReviewOverviewData; mayLabel: boolean }) {
  const plant = useDataPlant();
  const live = useLive();
  const labelPath = (purpose?: string) =>
    `${dataPath(plant(), 'review', 'label')}${purpose === undefined ? '' : `?purpose=${purpose}`}`;
  const count = (value: number) => formatNumber(value, 0, locale());
  const sum = () => props.data.reviewSummary.waiting.reduce((total, { waiting }) => total + waiting, 0);
  return (
    <section class="review-waiting">
      <p class="review-sum">
        <span class="figure review-sum-figure">{count(sum())}</span> {words().review.waiting}
      </p>
      <Show when={props.mayLabel}>
        <A class="button button-strong review-start" href={labelPath()}>
          {words().review.start}
        </A>
      </Show>
      <p class="hint">
        {words().review.answeredLately(
          count(props.data.reviewSummary.answered),
          count(props.data.reviewSummary.answeredByMe),
        )}
      </p>
      <table class="data-table">
        <thead>
          <tr>
            <th>{words().review.purpose}</th>
            <th class="review-number">{words().review.count}</th>
            <th class="review-number">{words().review.claimed}</th>
          </tr>
        </thead>
        <tbody>
          <For each={props.data.reviewSummary.waiting}>
            {(row) => (
              <tr>
                <td>
                  <Show when={props.mayLabel} fallback={words().review.purposes[row.purpose]}>
                    <A href={labelPath(row.purpose)}>{words().review.purposes[row.purpose]}</A>
                  </Show>
                </td>
                <td class="review-number">{count(row.waiting)}</td>
                <td class="review-number">{count(row.claimed)}</td>
              </tr>
            )}
          </For>
        </tbody>
      </table>
      <h2 class="review-who">{words().review.who}</h2>
      <Show
        when={props.data.reviewSummary.holders.length > 0}
        fallback={<p class="hint">{words().review.whoNobody}</p>}
      >
        <ul>
          <For each={props.data.reviewSummary.holders}>
            {({ person, items, until }) => (
              <li class="review-holder">
                {words().review.whoHolds(person.name, count(items))}{' '}
                <span class="hint">
                  {words().review.until(
                    formatMoment(Date.parse(until), live.now() ?? Date.parse(until), plant().timeZone, locale()),
                  )}
                </span>
              </li>
            )}
          </For>
        </ul>
      </Show>
    </section>
  );
}

function Next(props: { data: ReviewOverviewData }) {
  const plant = useDataPlant();
  const live = useLive();
  const moment = (at: string) => formatMoment(Date.parse(at), live.now() ?? Date.parse(at), plant().timeZone, locale());
  return (
    <section class="review-next">
      <h2>{words().review.next}</h2>
      <ul class="review-list">
        <For each={props.data.reviewQueue.edges}>
          {({ node }) => (
            <li class="review-entry">
              <img src={`${node.poolImage.image.url}?w=160`} alt="" loading="lazy" />
              <div>
                <p class="label-purpose">{words().review.purposes[node.purpose]}</p>
                <p>{reasonText(node.purpose, reasonOf(node.reason))}</p>
                <p class="hint">{moment(node.poolImage.capturedAt)}</p>
              </div>
            </li>
          )}
        </For>
      </ul>
    </section>
  );
}

function reasonOf({ code, params }: { code: string; params: unknown }) {
  return { ...(typeof params === 'object' ? params : {}), code };
}
