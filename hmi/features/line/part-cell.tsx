import { Match, Switch } from 'solid-js';
import { formatTime } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { useLive } from '../../lib/live.ts';
import { MarkedImage } from '../../ui/marked-image.tsx';
import type { Part } from './create-part-strip.ts';
import { outlinesOf, thumbnailOf } from './part-image.ts';

interface PartCellProps {
  part: Part;
  timeZone: string;
  isSelected: boolean;
  onSelect: () => void;
}

/** One part: a pass is a quiet frame, everything else keeps its image and outline. */
export function PartCell(props: PartCellProps) {
  const live = useLive();
  const name = () =>
    words().strip.part(
      words().verdicts[props.part.verdict],
      props.part.partId ?? words().value.none,
      formatTime(Date.parse(props.part.capturedAt), props.timeZone, locale()),
    );
  return (
    <li>
      <button
        type="button"
        class="part-cell"
        data-verdict={props.part.verdict}
        aria-label={name()}
        aria-pressed={props.isSelected}
        disabled={live.isLocked()}
        // At the touch, not at its end: until then another part may have moved under the finger.
        onPointerDown={() => live.isLocked() || props.onSelect()}
        onClick={(event) => event.detail === 0 && props.onSelect()}
      >
        <Switch>
          <Match when={props.part.verdict !== 'PASS' && props.part.imageUrl}>
            {(url) => <MarkedImage src={thumbnailOf(url())} alt="" outlines={outlinesOf(props.part)} />}
          </Match>
          <Match when={props.part.verdict === 'REJECT'}>
            <span aria-hidden="true">×</span>
          </Match>
          <Match when={props.part.verdict === 'UNCERTAIN'}>
            <span aria-hidden="true">?</span>
          </Match>
        </Switch>
      </button>
    </li>
  );
}
