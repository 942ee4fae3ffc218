import '../../ui/data-table.css';
import { useNavigate, useSearchParams } from '@solidjs/router';
import { createMemo, For, Show } from 'solid-js';
import { createAnswer } from '../../lib/create-answer.ts';
import { formatMinute, formatWeekday } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { Check } from '../../ui/check.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ScrollArea } from '../../ui/scroll-area.tsx';
import { WeekGrid } from '../../ui/week-grid.tsx';
import { Details } from './details.tsx';
import { usePlantSetUp } from './plant-context.ts';
import { PlantShifts, type ShiftInSetUp, type ShiftRunInSetUp } from './plant-setup.documents.ts';
import { RetirePart } from './retire-part.tsx';
import { ShiftForm } from './shift-form.tsx';
import { weekBlocks, weekdays, weeklyDays } from './week-pattern.ts';

/** The pattern moves on by itself: the next seven days are asked for again. */
const ASK_AGAIN_MS = 60_000;

/** The shifts of the plant: their week, what the server makes of it for the next seven days, and the form. */
export function ShiftsScreen() {
  const { plant } = usePlantSetUp();
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams<{ shift: string; add: string; retired: string }>();
  const answer = createAnswer(PlantShifts, () => ({ code: plant().code }), ASK_AGAIN_MS);
  const all = createMemo((): readonly ShiftInSetUp[] => answer.data()?.plant?.shifts ?? []);
  const living = () => all().filter((shift) => shift.retiredAt === null);
  const shown = () => (search.retired ? all() : living());
  const chosen = () => all().find((shift) => shift.code === search.shift);
  const blocks = () =>
    living().flatMap((shift) => weekBlocks(shift).map((block) => ({ ...block, id: shift.id, name: shift.name })));

  return (
    <div class="set-up-split set-up-split-even">
      <section class="panel set-up-list">
        <ScrollArea label={words().setup.tabs.shifts}>
          <Show
            when={shown().length > 0}
            fallback={
              <Show when={answer.data()} fallback={<p role="status">{answer.failure() ?? words().session.waiting}</p>}>
                <EmptyState>{words().setup.noShifts}</EmptyState>
              </Show>
            }
          >
            <WeekGrid
              label={words().setup.week}
              days={weekdays.map((day) => words().setup.weekdays[day])}
              blocks={blocks()}
              chosenId={chosen()?.id}
            />
            <ShiftTable shifts={shown()} chosen={search.shift} />
            <NextRuns
              runs={answer.data()?.plant?.nextShiftRuns ?? []}
              runningId={answer.data()?.plant?.currentShift?.id}
            />
          </Show>
        </ScrollArea>
        <div class="actions">
          <a class="button add-link" href="?add=1">
            {words().setup.add.shift}
          </a>
          <Show when={all().length > living().length}>
            <Check
              label={words().setup.showRetired}
              checked={search.retired !== undefined}
              onChange={(isShown) => setSearch({ retired: isShown ? '1' : null })}
            />
          </Show>
        </div>
      </section>
      <ScrollArea label={words().setup.chosenPart} class="panel">
        <Show
          when={search.add === undefined}
          fallback={
            <Details kind={words().setup.newIn(plant().name)} name={words().setup.kinds.shift}>
              <ShiftForm
                onWritten={async ({ code }) => {
                  await answer.ask();
                  navigate(`?shift=${encodeURIComponent(code)}`);
                }}
              />
              <a class="quiet-link" href="?">
                {words().act.cancel}
              </a>
            </Details>
          }
        >
          <Show when={chosen()} fallback={<EmptyState>{words().setup.chooseShift}</EmptyState>}>
            {(shift) => (
              <Show when={shift().id} keyed>
                {(id) => (
                  <Details kind={words().setup.kinds.shift} name={shift().name} code={shift().code}>
                    <ShiftForm shift={shift()} onWritten={answer.ask} />
                    <div class="details-part">
                      <RetirePart kind="shift" id={id} isRetired={shift().retiredAt !== null} onDone={answer.ask} />
                    </div>
                  </Details>
                )}
              </Show>
            )}
          </Show>
        </Show>
      </ScrollArea>
    </div>
  );
}

function ShiftTable(props: { shifts: readonly ShiftInSetUp[]; chosen: string | undefined }) {
  const daysText = (shift: ShiftInSetUp) => {
    const days = weeklyDays(shift.recurrence);
    // With blanks, so that a long rule can be broken.
    return days === undefined
      ? shift.recurrence.replaceAll(';', '; ')
      : days.map((day) => words().setup.weekdays[day]).join(' ');
  };
  const hoursText = (shift: ShiftInSetUp) => {
    const [hour = 0, minute = 0] = shift.startsAt.split(':').map(Number);
    const end = (hour * 60 + minute + shift.durationMin) % 1440;
    const endText = `${String(Math.floor(end / 60)).padStart(2, '0')}:${String(end % 60).padStart(2, '0')}`;
    return words().value.interval(shift.startsAt, endText);
  };
  return (
    <table class="data-table details-part">
      <thead>
        <tr>
          <th>{words().setup.fields.name}</th>
          <th>{words().setup.hours}</th>
          <th>{words().setup.days}</th>
        </tr>
      </thead>
      <tbody>
        <For each={props.shifts}>
          {(shift) => (
            <tr
              classList={{ 'is-retired': shift.retiredAt !== null }}
              aria-current={shift.code === props.chosen ? 'true' : undefined}
            >
              <td>
                <a href={`?shift=${encodeURIComponent(shift.code)}`}>{shift.name}</a>
              </td>
              <td class="column-short">{hoursText(shift)}</td>
              <td>{shift.retiredAt === null ? daysText(shift) : words().setup.retired}</td>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  );
}

/** As the server computes them: exceptions, valid days and the nights in which clocks change are in them. */
function NextRuns(props: { runs: readonly ShiftRunInSetUp[]; runningId: string | undefined }) {
  const { plant } = usePlantSetUp();
  const time = (iso: string) => formatMinute(Date.parse(iso), plant().timeZone, locale());
  return (
    <section class="details-part">
      <h2>{words().setup.nextRuns}</h2>
      <Show when={props.runs.length > 0} fallback={<p class="quiet-text">{words().setup.noRuns}</p>}>
        <table class="data-table">
          <tbody>
            <For each={props.runs}>
              {(run, index) => (
                <tr>
                  <td class="column-short">{formatWeekday(Date.parse(run.from), plant().timeZone, locale())}</td>
                  <td class="column-short">{words().value.interval(time(run.from), time(run.to))}</td>
                  <td>
                    {run.shift.name}
                    <Show when={index() === 0 && run.shift.id === props.runningId}>
                      <span class="hint"> {words().setup.running}</span>
                    </Show>
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
