import { createMemo, createSignal, For, onCleanup, Show } from 'solid-js';
import { createElementSize } from '../../lib/element-size.ts';
import { formatAge, formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import type { LinePicture } from './create-line-picture.ts';
import type { Part, PartStrip } from './create-part-strip.ts';
import { PartCell } from './part-cell.tsx';
import { partsOfCamera } from './strip.ts';

interface PartStripProps {
  stations: LinePicture['line']['stations'];
  strip: PartStrip;
  timeZone: string;
  selectedId: string | undefined;
  onSelect: (partId: string) => void;
}

/** Width of a row from which the cells are large, and the widths of a cell; line.css has the same. */
const WIDE_PX = 1000;
const CELL_PX = { usual: 56, large: 80 };
const GAP_PX = 4;
/** A forgotten mouse must not stop the strip for ever. */
const HOLD_MS = 20_000;

/** The parts of each camera, newest at the right. The strip stands still while a pointer rests on it, for nobody hits a moving part. */
export function PartStripPanel(props: PartStripProps) {
  const size = createElementSize();
  const cell = () => (size.width() >= WIDE_PX ? CELL_PX.large : CELL_PX.usual);
  const cells = () => Math.floor((size.width() + GAP_PX) / (cell() + GAP_PX));
  const cameras = createMemo(() => props.stations.flatMap((station) => station.cameras));
  const [held, setHeld] = createSignal<readonly Part[]>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(timer));

  const parts = () => held() ?? props.strip.parts();
  const newer = () => {
    const last = held()?.at(-1);
    return last ? props.strip.parts().filter((part) => part.inspectionId > last.inspectionId).length : 0;
  };
  function release() {
    clearTimeout(timer);
    setHeld(undefined);
  }
  function hold() {
    clearTimeout(timer);
    timer = setTimeout(release, HOLD_MS);
    if (!held()) setHeld(props.strip.parts());
  }

  return (
    <section
      class="panel strip"
      data-no-data={props.strip.feed()?.isStale() ? '' : undefined}
      onPointerEnter={(event) => event.pointerType === 'mouse' && hold()}
      onPointerLeave={release}
    >
      <div class="panel-head">
        <h2>{words().strip.title}</h2>
        <StripAge strip={props.strip} heldNewer={held() ? newer() : undefined} />
      </div>
      <Show when={cameras().length > 0} fallback={<EmptyState>{words().strip.noCameras}</EmptyState>}>
        <div class="strip-rows" style={{ '--cell': `${cell()}px` }}>
          <For each={cameras()}>
            {(camera, index) => (
              <div class="strip-row">
                <span class="strip-camera">{camera.name}</span>
                <ol class="strip-cells figure" ref={(element) => index() === 0 && size.ref(element)}>
                  <For
                    each={partsOfCamera(parts(), camera.id, cells())}
                    fallback={<li class="hint">{words().strip.empty}</li>}
                  >
                    {(part) => (
                      <PartCell
                        part={part}
                        timeZone={props.timeZone}
                        isSelected={part.id === props.selectedId}
                        onSelect={() => props.onSelect(part.id)}
                      />
                    )}
                  </For>
                </ol>
              </div>
            )}
          </For>
        </div>
      </Show>
    </section>
  );
}

function StripAge(props: { strip: PartStrip; heldNewer: number | undefined }) {
  return (
    <Show
      when={props.heldNewer !== undefined}
      fallback={
        <Show when={props.strip.feed()?.isStale()} fallback={<span class="hint">{words().strip.now}</span>}>
          <span class="hint">{words().strip.behind(formatAge(props.strip.feed()?.ageMs() ?? 0, locale()))}</span>
        </Show>
      }
    >
      <span class="abnormal">{words().strip.held(formatNumber(props.heldNewer ?? 0, 0, locale()))}</span>
    </Show>
  );
}
