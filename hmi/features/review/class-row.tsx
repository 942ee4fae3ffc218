import { For } from 'solid-js';
import { words } from '../../lib/language.ts';
import { keyOfClass } from '../../lib/review-keys.ts';
import type { DeskKeys } from './create-desk-keys.ts';
import type { LabelDesk } from './create-label-desk.ts';
import type { DefectClass } from './review-task.ts';

interface ClassRowProps {
  classes: readonly DefectClass[];
  desk: LabelDesk;
  keys: DeskKeys;
  /** After a tap, the keys are the canvas's again. */
  giveFocusBack: () => void;
}

/** The classes with their keys; good is one of them. */
export function ClassRow(props: ClassRowProps) {
  const press = (number: number, event: MouseEvent) => {
    props.keys.obey({ kind: 'class', number });
    if (event.detail > 0) props.giveFocusBack();
  };
  return (
    <fieldset class="class-row">
      <legend class="visually-hidden">{words().label.classes}</legend>
      <button type="button" class="class-key" onClick={(event) => press(0, event)}>
        <kbd>0</kbd>
        {words().label.good}
      </button>
      <For each={props.classes}>
        {(each, index) => (
          <button
            type="button"
            class="class-key"
            aria-pressed={props.desk.hand().classCode === each.code}
            title={each.definition}
            onClick={(event) => press(index() + 1, event)}
          >
            <kbd>{keyOfClass(index() + 1)}</kbd>
            {each.name}
          </button>
        )}
      </For>
    </fieldset>
  );
}
