import { useClient } from '@urql/solid';
import { type Accessor, createSignal, onCleanup } from 'solid-js';
import { backOffMs } from './back-off.ts';
import { Catalogue, type CataloguePlant } from './catalogue.ts';

/** A new line appears on the screens within this time. */
const REFRESH_MS = 30_000;

interface KnownCatalogue {
  plants: Accessor<readonly CataloguePlant[] | undefined>;
  refresh: () => Promise<void>;
}

/** The catalogue, undefined until the server has answered once; kept fresh, and kept as it is while the server is away. */
export function createCatalogue(): KnownCatalogue {
  const client = useClient();
  const [plants, setPlants] = createSignal<readonly CataloguePlant[] | undefined>(undefined, {
    // The same catalogue must not rebuild every screen twice a minute.
    equals: (before, after) => JSON.stringify(before) === JSON.stringify(after),
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isGone = false;
  let asked = 0;
  onCleanup(() => {
    isGone = true;
    clearTimeout(timer);
  });

  async function ask(failures: number): Promise<void> {
    clearTimeout(timer);
    asked += 1;
    const mine = asked;
    const result = await client.query(Catalogue, {}).toPromise();
    if (isGone || mine !== asked) return;
    if (result.data) setPlants(result.data.plants.edges.map(({ node }) => node));
    const isDown = !result.data;
    timer = setTimeout(
      () => void ask(isDown ? failures + 1 : 0),
      isDown ? backOffMs(failures, Math.random()) : REFRESH_MS,
    );
  }
  void ask(0);
  return { plants, refresh: () => ask(0) };
}
