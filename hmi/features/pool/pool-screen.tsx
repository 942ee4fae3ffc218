import './pool.css';
import { useSearchParams } from '@solidjs/router';
import { createMemo, For, Show } from 'solid-js';
import { useDataPlant } from '../../lib/data-plant.ts';
import { formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { Button } from '../../ui/button.tsx';
import { Check } from '../../ui/check.tsx';
import { Choice } from '../../ui/choice.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ScrollArea } from '../../ui/scroll-area.tsx';
import { createChoice } from './create-choice.ts';
import { createPoolPages } from './create-pool-pages.ts';
import type { PoolFilter } from './pool.documents.ts';
import { PoolActs } from './pool-acts.tsx';
import { PoolDetail } from './pool-detail.tsx';
import { PoolFilterPanel } from './pool-filter-panel.tsx';
import { PoolList } from './pool-list.tsx';
import {
  type Figure,
  figures,
  isFigure,
  type QuestionSearch,
  readQuestion,
  type SortName,
  sortKey,
  sortNames,
  writeFilter,
} from './pool-question.ts';
import { PoolViewList } from './pool-views.tsx';
import { SimilarList } from './similar-list.tsx';

/** Every kept image of the plant: filters at the left, the images, and the open one at the right. The address holds all of it. */
export function PoolScreen() {
  const plant = useDataPlant();
  const [search, setSearch] = useSearchParams<QuestionSearch & Record<string, string>>();
  const question = createMemo(() => readQuestion(search as QuestionSearch));
  const pages = createPoolPages(() => ({
    plantId: plant().id,
    filter: question().filter,
    sort: { by: sortKey(question().sort), descending: question().isDescending },
  }));
  const hashes = createMemo(() => pages.rows().map(({ imageSha256 }) => imageSha256));
  const choice = createChoice(hashes);
  const setFilter = (filter: PoolFilter) => {
    choice.clear();
    setSearch({ filter: writeFilter(filter), like: undefined });
  };
  const sortName = (name: SortName) =>
    name === 'capturedAt'
      ? words().pool.captured
      : name === 'labelledAt'
        ? words().pool.labelled
        : words().pool.figures[name];
  const orderName = () => {
    const { ascending, descending, oldest, newest } = words().pool;
    if (isFigure(question().sort)) return question().isDescending ? descending : ascending;
    return question().isDescending ? newest : oldest;
  };
  const toggleColumn = (name: Figure, isShown: boolean) => {
    const columns = figures.filter((each) => (each === name ? isShown : question().columns.includes(each)));
    setSearch({ columns: columns.join(',') });
  };
  const saved = () => {
    const { filter, sort, order, view, columns } = search as QuestionSearch;
    const given = Object.entries({ filter, sort, order, view, columns }).filter(([, value]) => value !== undefined);
    return Object.fromEntries(given) as Record<string, string>;
  };
  const nothing = () => pages.total()?.count === 0;

  return (
    <div class="pool" classList={{ 'pool-with-detail': question().open !== undefined }}>
      <ScrollArea label={words().pool.filter} class="panel pool-side">
        <PoolViewList
          search={saved()}
          onChoose={(next) =>
            setSearch({
              filter: undefined,
              sort: undefined,
              order: undefined,
              view: undefined,
              columns: undefined,
              ...next,
            })
          }
        />
        <PoolFilterPanel filter={question().filter} onFilter={setFilter} failure={pages.failure()} />
      </ScrollArea>
      <section class="panel pool-main" aria-label={words().pool.images}>
        <div class="pool-bar">
          <span class="figure">
            <Show when={pages.total()} fallback={words().session.waiting}>
              {(total) => words().pool.count(formatNumber(total().count, 0, locale()), total().isMore)}
            </Show>
          </span>
          <Choice
            label={words().pool.sort}
            value={question().sort}
            options={sortNames.map((value) => ({ value, name: sortName(value) }))}
            onChoose={(sort) => setSearch({ sort, order: question().isDescending ? 'down' : 'up' })}
          />
          <Button
            pressed={question().isDescending}
            onClick={() => setSearch({ sort: question().sort, order: question().isDescending ? 'up' : 'down' })}
          >
            {orderName()}
          </Button>
          <Button
            pressed={question().view === 'table'}
            onClick={() => setSearch({ view: question().view === 'table' ? undefined : 'table' })}
          >
            {words().pool.table}
          </Button>
          <Show when={question().view === 'table'}>
            <details class="pool-columns">
              <summary>{words().pool.columns}</summary>
              <div class="pool-column-list">
                <For each={figures}>
                  {(name) => (
                    <Check
                      label={words().pool.figures[name]}
                      checked={question().columns.includes(name)}
                      onChange={(isShown) => toggleColumn(name, isShown)}
                    />
                  )}
                </For>
              </div>
            </details>
          </Show>
        </div>
        <PoolActs
          chosen={choice.chosen()}
          filter={question().filter}
          total={pages.total()}
          onClear={choice.clear}
          onChanged={pages.refresh}
        />
        <Show
          when={!question().like}
          fallback={
            <SimilarList
              imageSha256={question().like ?? ''}
              filter={question().filter}
              onOpen={(open) => setSearch({ open })}
              onClose={() => setSearch({ like: undefined })}
            />
          }
        >
          <Show
            when={!nothing()}
            fallback={
              <EmptyState>
                {Object.keys(question().filter).length > 0 ? words().pool.nothingFits : words().pool.none}
              </EmptyState>
            }
          >
            <PoolList
              pages={pages}
              choice={choice}
              timeZone={plant().timeZone}
              isTable={question().view === 'table'}
              columns={question().columns}
              sort={question().sort}
              open={question().open}
              onOpen={(open) => setSearch({ open })}
              onClose={() => setSearch({ open: undefined })}
            />
          </Show>
        </Show>
        <p class="hint pool-keys">{words().pool.keys}</p>
      </section>
      <Show when={question().open}>
        {(open) => (
          <ScrollArea label={words().pool.chosenImage} class="panel pool-side">
            <PoolDetail
              imageSha256={open()}
              onFilter={setFilter}
              onLike={() => setSearch({ like: open() })}
              onClose={() => setSearch({ open: undefined })}
            />
          </ScrollArea>
        )}
      </Show>
    </div>
  );
}
