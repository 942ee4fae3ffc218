import './pool-map.css';
import { useSearchParams } from '@solidjs/router';
import { createMemo, createSignal, Show } from 'solid-js';
import { createAnswer } from '../../lib/create-answer.ts';
import { useDataPlant } from '../../lib/data-plant.ts';
import { formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { Button } from '../../ui/button.tsx';
import { Choice } from '../../ui/choice.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import type { MapTool } from './create-map-gestures.ts';
import { readLasso, simplify, writeLasso } from './lasso.ts';
import { MapCanvas } from './map-canvas.tsx';
import { MapLegend } from './map-legend.tsx';
import { MapPoint } from './map-point.tsx';
import { pointsInside, readPoints } from './map-points.ts';
import { MapSelection } from './map-selection.tsx';
import type { MapView } from './map-view.ts';
import { type MapColour, type MapFilter, PoolMapPoints } from './pool-map.documents.ts';

const colours = [
  'LABEL',
  'LABEL_STATE',
  'VERDICT',
  'DEFECT_CLASS',
  'LINE',
  'CAMERA',
  'PRODUCT',
  'BATCH',
  'ORIGIN',
  'SCORE',
  'LABEL_ERROR',
  'OUTLIER',
  'UNIQUENESS',
  'NONE',
] as const satisfies readonly MapColour[];
/** Values that are the usual: they stay quiet, so that the others are seen. */
const usual: readonly string[] = ['good', 'pass', 'unlabelled', 'line', '4'];

/** Every image as a point among those that look like it. The address holds what is told apart, which images, and the line around some. */
export function MapScreen() {
  const plant = useDataPlant();
  const [search, setSearch] = useSearchParams<Partial<Record<'colour' | 'filter' | 'lasso' | 'tool', string>>>();
  const colour = () => colours.find((each) => each === search.colour) ?? 'LABEL';
  const filter = createMemo(() => readFilter(search.filter as string | undefined));
  const lasso = createMemo(() => readLasso(search.lasso as string | undefined));
  const tool = (): MapTool => (search.tool === 'hand' ? 'hand' : 'lasso');
  const [view, setView] = createSignal<MapView>();
  const [pointed, setPointed] = createSignal(-1);
  const [corners, setCorners] = createSignal(0);

  const answer = createAnswer(PoolMapPoints, () => ({ plantId: plant().id, colourBy: colour(), filter: filter() }));
  const map = () => answer.data()?.poolMap;
  const points = createMemo(() => {
    const found = map();
    return found && readPoints(found);
  });
  const inside = createMemo(() => {
    const found = points();
    return found && lasso().length > 0 ? pointsInside(found, lasso()) : undefined;
  });
  const insideCount = createMemo(() => inside()?.reduce((sum, each) => sum + each, 0));
  const quiet = createMemo(
    () => new Set((map()?.legend ?? []).filter(({ value }) => usual.includes(value)).map(({ code }) => code)),
  );
  const point = () => {
    const found = points();
    const at = pointed();
    return found && at >= 0 ? { x: found.xy[2 * at] ?? 0, y: found.xy[2 * at + 1] ?? 0 } : undefined;
  };
  const number = (value: number) => formatNumber(value, 0, locale());
  const setTool = (next: MapTool) => setSearch({ tool: next === 'hand' ? 'hand' : undefined }, { replace: true });
  /** The map zooms about its cross. */
  const press = (key: string) =>
    document.querySelector('.map-hand')?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));

  return (
    <div class="map">
      <section class="panel map-main" aria-label={words().map.label}>
        <div class="map-bar">
          <Choice
            label={words().map.colourBy}
            value={colour()}
            options={colours.map((value) => ({
              value,
              name: `${words().map.colourBy}: ${words().map.colours[value]}`,
            }))}
            onChoose={(next) => setSearch({ colour: next === 'LABEL' ? undefined : next })}
          />
          <Button pressed={tool() === 'lasso'} onClick={() => setTool('lasso')}>
            {words().map.lasso}
          </Button>
          <Button pressed={tool() === 'hand'} onClick={() => setTool('hand')}>
            {words().map.hand}
          </Button>
          <Button label={words().map.closer} onClick={() => press('+')}>
            +
          </Button>
          <Button label={words().map.farther} onClick={() => press('-')}>
            −
          </Button>
          <Button onClick={() => setView(undefined)}>{words().map.fit}</Button>
          <Show when={map()}>
            {(found) => (
              <span class="hint figure">
                {words().map.points(number(found().count), number(found().embedded))}{' '}
                {found().placed < found().embedded
                  ? words().map.waiting(number(found().embedded - found().placed))
                  : ''}
              </span>
            )}
          </Show>
        </div>
        <Show
          when={(points()?.count ?? 0) > 0 && points()}
          fallback={
            <EmptyState>
              {answer.failure() ??
                (!map() ? words().session.waiting : search.filter ? words().map.nothingFits : words().map.none)}
            </EmptyState>
          }
        >
          {(found) => (
            <MapCanvas
              points={found()}
              inside={inside()}
              lasso={lasso()}
              quiet={quiet()}
              view={view()}
              onView={setView}
              tool={tool()}
              onTool={setTool}
              onLasso={(line) => setSearch({ lasso: writeLasso(simplify(line)) })}
              onPoint={(index) => setPointed(index)}
              onCorners={setCorners}
            />
          )}
        </Show>
        <p class="hint map-keys">{words().map.keys}</p>
      </section>
      <aside class="panel map-side">
        <MapSelection
          filter={{ ...filter(), lasso: lasso() }}
          count={insideCount()}
          hasLine={lasso().length > 0}
          corners={corners()}
          onClear={() => setSearch({ lasso: undefined })}
        />
        <Show when={search.filter}>
          <Button onClick={() => setSearch({ filter: undefined })}>{words().map.allImages}</Button>
        </Show>
        <Show when={map()}>{(found) => <MapLegend map={found()} colour={colour()} quiet={quiet()} />}</Show>
        <MapPoint point={point()} />
      </aside>
    </div>
  );
}

/** An address may hold anything. */
function readFilter(text: string | undefined): MapFilter {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as MapFilter) : {};
  } catch {
    return {};
  }
}
