import { A, useLocation, useMatch } from '@solidjs/router';
import { createMemo, For, Show } from 'solid-js';
import { findLine, useCatalogue } from '../../lib/catalogue.ts';
import { words } from '../../lib/language.ts';

interface Crumb {
  name: string;
  /** Undefined for where one is. */
  href?: string;
}

/** Plant ▸ line, or where one is in the administration. */
export function Breadcrumb() {
  const plants = useCatalogue();
  const location = useLocation();
  const line = useMatch(() => '/plants/:plant/lines/:line');
  const data = useMatch(() => '/data/:plant/*rest');
  const setUp = useMatch(() => '/admin/plants/:plant/*rest');

  const crumbs = createMemo((): Crumb[] => {
    const { nav, account } = words();
    const place = findLine(plants(), line()?.params.plant, line()?.params.line);
    if (place) return [{ name: place.plant.name, href: '/' }, { name: place.line.name }];
    const held = plants().find((plant) => plant.code === data()?.params.plant);
    if (held) return [{ name: held.name, href: '/' }, { name: nav.data }];
    const code = setUp()?.params.plant;
    if (code !== undefined) {
      const name = plants().find((plant) => plant.code === code)?.name ?? code;
      return [{ name: nav.plants, href: '/admin/plants' }, { name }];
    }
    if (location.pathname === '/admin/plants') return [{ name: nav.plants }];
    if (location.pathname === '/admin/people') return [{ name: nav.people }];
    if (location.pathname === '/alarms') return [{ name: nav.alarms }];
    if (location.pathname.startsWith('/fleet')) return [{ name: nav.fleet }];
    if (location.pathname === '/account') return [{ name: account.title }];
    return [{ name: nav.overview }];
  });

  return (
    <nav class="breadcrumb" aria-label={words().nav.breadcrumb}>
      <For each={crumbs()}>
        {(crumb) => (
          <Show when={crumb.href} fallback={<span aria-current="page">{crumb.name}</span>}>
            {(href) => (
              <>
                <A href={href()} end>
                  {crumb.name}
                </A>
                <span class="breadcrumb-mark" aria-hidden="true" />
              </>
            )}
          </Show>
        )}
      </For>
    </nav>
  );
}
