import { A, useMatch } from '@solidjs/router';
import { Show } from 'solid-js';
import { findLine, useCatalogue } from '../../lib/catalogue.ts';
import { words } from '../../lib/language.ts';

/** Plant ▸ line. */
export function Breadcrumb() {
  const plants = useCatalogue();
  const match = useMatch(() => '/plants/:plant/lines/:line');
  const place = () => findLine(plants(), match()?.params.plant, match()?.params.line);
  return (
    <nav class="breadcrumb" aria-label={words().nav.breadcrumb}>
      <Show when={place()} fallback={<span aria-current="page">{words().nav.overview}</span>}>
        {(found) => (
          <>
            <A href="/" end>
              {found().plant.name}
            </A>
            <span class="breadcrumb-mark" aria-hidden="true" />
            <span aria-current="page">{found().line.name}</span>
          </>
        )}
      </Show>
    </nav>
  );
}
