import { Show } from 'solid-js';
import { words } from '../../lib/language.ts';
import { useLive } from '../../lib/live.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import type { Part } from './create-part-strip.ts';
import { type GateMarks, markOf } from './gate-marks.ts';
import { LargePart } from './large-part.tsx';
import { SelectedPart } from './selected-part.tsx';

interface PartPanelProps {
  lastReject: Part | null;
  /** Global id from the address. */
  selectedId: string | undefined;
  /** The selected part where the strip still holds it. */
  selected: Part | undefined;
  /** What became of the line's rejects at the gate. */
  marks: GateMarks;
  timeZone: string;
  plantId: string;
  onSelect: (partId: string | undefined) => void;
}

/** The last reject, large; or the part that was touched, with the machine as it was when it passed the camera. */
export function PartPanel(props: PartPanelProps) {
  const live = useLive();
  return (
    <section class="panel part-panel" aria-live="off">
      <Show
        when={props.selectedId}
        keyed
        fallback={
          <>
            <div class="panel-head">
              <h2>{words().part.lastReject}</h2>
            </div>
            <Show when={props.lastReject} fallback={<EmptyState>{words().part.none}</EmptyState>}>
              {(part) => (
                <LargePart
                  part={part()}
                  mark={markOf(props.marks, part())}
                  timeZone={props.timeZone}
                  plantId={props.plantId}
                />
              )}
            </Show>
          </>
        }
      >
        {(id) => (
          <>
            <div class="panel-head">
              <h2>{words().part.selected}</h2>
              <Button disabled={live.isLocked()} onClick={() => props.onSelect(undefined)}>
                {words().part.showLastReject}
              </Button>
            </div>
            <SelectedPart
              id={id}
              known={props.selected}
              marks={props.marks}
              timeZone={props.timeZone}
              plantId={props.plantId}
            />
          </>
        )}
      </Show>
    </section>
  );
}
