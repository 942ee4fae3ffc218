import { createEffect, createMemo, createSignal, For, on, Show } from 'solid-js';
import { createElementSize } from '../../lib/element-size.ts';
import { formatDateMinute, formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { type ImageChoice, placeAfter } from './create-choice.ts';
import type { PoolPages } from './create-pool-pages.ts';
import type { PoolRow } from './pool.documents.ts';
import { digitsOf, type Figure, figureOf, isFigure, type SortName } from './pool-question.ts';

interface PoolListProps {
  pages: PoolPages;
  choice: ImageChoice;
  timeZone: string;
  /** Shown under every image, or as columns of the table. */
  isTable: boolean;
  columns: readonly Figure[];
  sort: SortName;
  open: string | undefined;
  onOpen: (sha256: string) => void;
  onClose: () => void;
}

const CELL_WIDTH = 168;
const CELL_HEIGHT = 168;
const ROW_HEIGHT = 56;
/** Rows beyond the window that are drawn, so that scrolling shows no holes. */
const MARGIN = 3;

/** Images in rows, however many: only those in the window are in the page. Arrows move, Space chooses, Shift extends, Enter opens. */
export function PoolList(props: PoolListProps) {
  const size = createElementSize();
  const [top, setTop] = createSignal(0);
  let area: HTMLDivElement | undefined;
  const perRow = () => (props.isTable ? 1 : Math.max(1, Math.floor(size.width() / CELL_WIDTH)));
  const rowHeight = () => (props.isTable ? ROW_HEIGHT : CELL_HEIGHT);
  const count = () => props.pages.rows().length;
  const first = () => Math.max(0, Math.floor(top() / rowHeight()) - MARGIN) * perRow();
  const last = () => (Math.ceil((top() + size.height()) / rowHeight()) + MARGIN) * perRow();
  const shown = createMemo(() => props.pages.rows().slice(first(), last()));

  createEffect(() => {
    if (count() > 0 && last() >= count()) void props.pages.askMore();
  });
  createEffect(
    on(props.choice.at, (at) => {
      if (!area) return;
      const begin = Math.floor(at / perRow()) * rowHeight();
      if (begin < area.scrollTop) area.scrollTop = begin;
      else if (begin + rowHeight() > area.scrollTop + area.clientHeight)
        area.scrollTop = begin + rowHeight() - area.clientHeight;
    }),
  );

  function onKeyDown(event: KeyboardEvent): void {
    const { choice } = props;
    const perPage = Math.max(1, Math.floor(size.height() / rowHeight()) - 1) * perRow();
    const place = placeAfter(event.key, choice.at(), perRow(), perPage, count());
    const present = props.pages.rows()[choice.at()];
    if (place !== undefined) choice.moveTo(place, event.shiftKey);
    else if (event.key === ' ') choice.toggle(choice.at());
    else if (event.key === 'a' && (event.ctrlKey || event.metaKey)) choice.chooseAll();
    else if (event.key === 'Enter' && present) props.onOpen(present.imageSha256);
    else if (event.key === 'Escape') {
      if (props.open) props.onClose();
      else choice.clear();
    } else return;
    event.preventDefault();
  }

  const idOf = (row: PoolRow | undefined) => (row ? `pool-${row.imageSha256.slice(0, 16)}` : undefined);
  const placeOf = (index: number) => first() + index;
  const figure = (row: PoolRow, name: Figure) => {
    const value = figureOf(row, name);
    return value === undefined ? words().value.none : formatNumber(value, digitsOf(name), locale());
  };
  const isSpoken = () => count() > 0;

  return (
    <div class="pool-list">
      <Show when={props.isTable}>
        <div class="pool-table-head" aria-hidden="true" style={{ '--columns': props.columns.length }}>
          <span />
          <span>{words().pool.captured}</span>
          <span>{words().pool.facets.labelState}</span>
          <For each={props.columns}>
            {(name) => (
              <span class="figure" classList={{ 'pool-sorted': name === props.sort }}>
                {words().pool.figures[name]}
              </span>
            )}
          </For>
        </div>
      </Show>
      <div
        class="pool-scroll"
        role="listbox"
        aria-label={words().pool.images}
        aria-multiselectable="true"
        aria-activedescendant={isSpoken() ? idOf(props.pages.rows()[props.choice.at()]) : undefined}
        tabIndex={0}
        ref={(element) => {
          area = element;
          size.ref(element);
        }}
        onScroll={(event) => setTop(event.currentTarget.scrollTop)}
        onKeyDown={onKeyDown}
      >
        <div
          role="presentation"
          style={{ height: `${Math.ceil(count() / perRow()) * rowHeight()}px`, position: 'relative' }}
        >
          <For each={shown()}>
            {(row, index) => (
              <div
                id={idOf(row)}
                role="option"
                tabIndex={-1}
                aria-selected={props.choice.chosen().has(row.imageSha256)}
                class={props.isTable ? 'pool-row' : 'pool-cell'}
                classList={{
                  'pool-present': placeOf(index()) === props.choice.at(),
                  'pool-open': row.imageSha256 === props.open,
                }}
                style={{
                  transform: `translate(${(placeOf(index()) % perRow()) * CELL_WIDTH}px, ${Math.floor(placeOf(index()) / perRow()) * rowHeight()}px)`,
                  '--columns': props.columns.length,
                }}
                onClick={(event) => {
                  const isChoosing = event.ctrlKey || event.metaKey;
                  props.choice.moveTo(placeOf(index()), event.shiftKey);
                  if (isChoosing) props.choice.toggle(placeOf(index()));
                  else if (!event.shiftKey) props.onOpen(row.imageSha256);
                }}
                onKeyDown={() => undefined}
              >
                <img src={`${row.image.url}?w=${props.isTable ? 80 : 320}`} alt="" loading="lazy" decoding="async" />
                <Show when={!props.isTable}>
                  <span class="visually-hidden">
                    {words().pool.imageLabel(
                      formatDateMinute(new Date(row.capturedAt).getTime(), props.timeZone, locale()),
                      row.label ?? words().pool.labelStates[row.labelState],
                    )}
                  </span>
                </Show>
                <Show
                  when={props.isTable}
                  fallback={
                    <span class="pool-caption">
                      <span>{row.label ?? row.defectClass ?? ''}</span>
                      <span class="figure">
                        {isFigure(props.sort)
                          ? figure(row, props.sort)
                          : row.score === null
                            ? ''
                            : formatNumber(row.score, 2, locale())}
                      </span>
                    </span>
                  }
                >
                  <span class="figure">
                    {formatDateMinute(new Date(row.capturedAt).getTime(), props.timeZone, locale())}
                  </span>
                  <span>{row.label ?? words().pool.labelStates[row.labelState]}</span>
                  <For each={props.columns}>{(name) => <span class="figure">{figure(row, name)}</span>}</For>
                </Show>
              </div>
            )}
          </For>
        </div>
      </div>
    </div>
  );
}
