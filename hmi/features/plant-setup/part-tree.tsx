import { For, Show } from 'solid-js';
import { words } from '../../lib/language.ts';
import type { TreePart } from './plant-tree.ts';

interface PartTreeProps {
  part: TreePart;
  /** Path of the chosen part. */
  at: string;
  hrefOf: (part: TreePart) => string;
}

/** A part and all below it. Plain nested lists of links: every part has an address of its own. */
export function PartTree(props: PartTreeProps) {
  return (
    <ul class="part-tree">
      <PartBranch {...props} />
    </ul>
  );
}

function PartBranch(props: PartTreeProps) {
  return (
    <li>
      <a
        class="part-link"
        classList={{ 'is-retired': props.part.isRetired }}
        href={props.hrefOf(props.part)}
        aria-current={props.part.path === props.at ? 'true' : undefined}
        title={props.part.code}
        ref={(element) => {
          // A deep link, or a long way down: what is chosen is seen.
          if (props.part.path === props.at && props.at !== '') {
            queueMicrotask(() => element.scrollIntoView({ block: 'nearest' }));
          }
        }}
      >
        <span class="part-name">{props.part.name}</span>
        <span class="hint part-kind">
          {props.part.isRetired ? words().setup.retired : words().setup.kinds[props.part.kind]}
        </span>
      </a>
      <Show when={props.part.children.length > 0}>
        <ul>
          <For each={props.part.children}>
            {(child) => <PartBranch part={child} at={props.at} hrefOf={props.hrefOf} />}
          </For>
        </ul>
      </Show>
    </li>
  );
}
