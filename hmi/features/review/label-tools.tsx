import { For, type JSX, Show } from 'solid-js';
import { formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import type { ReviewCommand } from '../../lib/review-keys.ts';
import { proposalsOf } from '../../lib/sketch.ts';
import { canRedo, canUndo } from '../../lib/sketch-log.ts';
import { type Tool, tools } from '../../lib/sketch-tools.ts';
import type { DeskKeys } from './create-desk-keys.ts';
import type { LabelDesk } from './create-label-desk.ts';

const toolKeys: Record<Tool, string> = { select: 'V', box: 'B', polygon: 'P', brush: 'M', eraser: 'E' };

interface LabelToolsProps {
  desk: LabelDesk;
  keys: DeskKeys;
  giveFocusBack: () => void;
}

/** Every tool for mouse and finger, with the key that does the same. */
export function LabelTools(props: LabelToolsProps) {
  const hasProposals = () => proposalsOf(props.desk.log().present).length > 0;
  const hasBrush = () => ['brush', 'eraser'].includes(props.desk.hand().tool);
  const Act = (act: {
    command: ReviewCommand;
    sign: string;
    children: JSX.Element;
    pressed?: boolean;
    disabled?: boolean;
  }) => (
    <button
      type="button"
      class="tool"
      aria-pressed={act.pressed}
      disabled={act.disabled}
      onClick={(event) => {
        props.keys.obey(act.command);
        if (event.detail > 0) props.giveFocusBack();
      }}
    >
      <span>{act.children}</span>
      <span class="key-sign" aria-hidden="true">
        {act.sign}
      </span>
    </button>
  );

  return (
    <div class="label-tools" role="toolbar" aria-label={words().label.tools} aria-orientation="vertical">
      <For each={tools}>
        {(tool) => (
          <Act command={{ kind: 'tool', tool }} sign={toolKeys[tool]} pressed={props.desk.hand().tool === tool}>
            {words().label.tool[tool]}
          </Act>
        )}
      </For>
      <Act command={{ kind: 'remove' }} sign="R" disabled={props.desk.log().present.shapes.length === 0}>
        {hasProposals() ? words().label.refuse : words().label.remove}
      </Act>
      <Act command={{ kind: 'accept' }} sign="A" disabled={!hasProposals()}>
        {words().label.accept}
      </Act>
      <Act command={{ kind: 'layers' }} sign="O" pressed={props.keys.showsProposals()}>
        {words().label.proposals}
      </Act>
      <Act
        command={{ kind: 'undo' }}
        sign="Z"
        disabled={!canUndo(props.desk.log()) && props.desk.session().behind.length === 0}
      >
        {words().label.undo}
      </Act>
      <Act command={{ kind: 'redo' }} sign="Y" disabled={!canRedo(props.desk.log()) && !props.desk.isReopened()}>
        {words().label.redo}
      </Act>
      <Show when={hasBrush()}>
        <Act command={{ kind: 'brush', direction: -1 }} sign=",">
          {words().label.smaller}
        </Act>
        <Act command={{ kind: 'brush', direction: 1 }} sign=".">
          {words().label.larger} {formatNumber(props.desk.hand().radius * 2, 0, locale())}
          <span class="unit">px</span>
        </Act>
      </Show>
      <Act command={{ kind: 'zoom', direction: 1 }} sign="+">
        {words().label.zoomIn}
      </Act>
      <Act command={{ kind: 'zoom', direction: -1 }} sign="−">
        {words().label.zoomOut}
      </Act>
      <Act command={{ kind: 'fit' }} sign="F">
        {words().label.fit}
      </Act>
      <Act command={{ kind: 'plain-view' }} sign="H">
        {words().label.plain}
      </Act>
      <Light
        label={words().label.brightness}
        value={props.keys.brightness()}
        onInput={(value) => props.keys.setBrightness(value)}
      />
      <Light
        label={words().label.contrast}
        value={props.keys.contrast()}
        onInput={(value) => props.keys.setContrast(value)}
      />
    </div>
  );
}

/** Of the view only: the image stays as it was taken. */
function Light(props: { label: string; value: number; onInput: (value: number) => void }) {
  return (
    <label class="light">
      <span>
        {props.label} <span class="figure">{formatNumber(props.value, 1, locale())}</span>
      </span>
      <input
        type="range"
        min="0.3"
        max="3"
        step="0.1"
        value={props.value}
        onInput={(event) => props.onInput(event.currentTarget.valueAsNumber)}
      />
    </label>
  );
}
