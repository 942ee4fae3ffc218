import { For } from 'solid-js';
import { words } from '../../lib/language.ts';
import { Button } from '../../ui/button.tsx';

/** Beside the image, not over it: work goes on while it is open. */
export function KeyHelp(props: { onClose: () => void }) {
  return (
    <section class="key-help" aria-label={words().label.help}>
      <table class="key-table">
        <tbody>
          <For each={words().label.keys}>
            {([key, meaning]) => (
              <tr>
                <th scope="row">
                  <kbd>{key}</kbd>
                </th>
                <td>{meaning}</td>
              </tr>
            )}
          </For>
        </tbody>
      </table>
      <Button onClick={() => props.onClose()}>{words().label.closeHelp}</Button>
    </section>
  );
}
