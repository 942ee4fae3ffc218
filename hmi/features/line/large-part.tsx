import { type JSX, Show } from 'solid-js';
import { formatMoment, formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { useLive } from '../../lib/live.ts';
import { GateSign } from '../../ui/gate-sign.tsx';
import { MarkedImage } from '../../ui/marked-image.tsx';
import { Reading } from '../../ui/reading.tsx';
import { ScrollArea } from '../../ui/scroll-area.tsx';
import type { Part } from './create-part-strip.ts';
import type { GateMark } from './gate-marks.ts';
import { PartAnswer } from './part-answer.tsx';
import { outlinesOf, worstDefect } from './part-image.ts';

interface LargePartProps {
  part: Part;
  /** What became of it at the gate; undefined when it did not have to go or nothing is known yet. */
  mark: GateMark | undefined;
  timeZone: string;
  plantId: string;
  /** More readings below the part's own. */
  children?: JSX.Element;
}

/** A part as large as the screen allows, with what the model saw. */
export function LargePart(props: LargePartProps) {
  const live = useLive();
  const part = () => props.part.partId ?? words().value.none;
  const outlines = () => outlinesOf(props.part);
  const captured = () => Date.parse(props.part.capturedAt);
  return (
    <div class="large-part" data-testid="large-part">
      <div class="large-image">
        <Show when={props.part.imageUrl} fallback={<p class="hint">{words().part.noImageKept}</p>}>
          {(url) => (
            <MarkedImage
              src={url()}
              alt={`${words().part.imageOf(part())}, ${words().part.outlined(outlines().length)}`}
              outlines={outlines()}
              waiting={words().part.noImage}
            />
          )}
        </Show>
      </div>
      <div class="large-facts">
        <p class="large-class figure">
          {worstDefect(props.part.defects)?.class ?? words().verdicts[props.part.verdict]}{' '}
          <span class="large-score">{formatNumber(props.part.score, 2, locale())}</span>
        </p>
        <PartAnswer part={props.part} plantId={props.plantId} />
        <ScrollArea label={words().part.partId}>
          <dl class="readings">
            <Reading label={words().part.camera}>{props.part.camera.name}</Reading>
            <Reading label={words().part.time}>
              {formatMoment(captured(), live.now() ?? captured(), props.timeZone, locale())}
            </Reading>
            <Reading label={words().part.partId}>{part()}</Reading>
            <Show when={props.mark}>
              {(mark) => (
                <Reading label={words().part.gate} isAbnormal={mark() === 'not-confirmed'}>
                  <Show when={mark() !== 'bypassed'}>
                    <GateSign isGood={mark() === 'confirmed'} />
                  </Show>
                  {words().gate.marks[mark()]}
                </Reading>
              )}
            </Show>
            {props.children}
          </dl>
        </ScrollArea>
      </div>
    </div>
  );
}
