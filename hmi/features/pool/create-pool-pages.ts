/** Pages of the pool that have been asked for, in order; the next one when the list nears its end. */
import { useClient } from '@urql/solid';
import { type Accessor, createEffect, createSignal, on, onCleanup } from 'solid-js';
import { words } from '../../lib/language.ts';
import { failureOf } from '../../lib/refusal.ts';
import { type PoolFilter, PoolPage, type PoolRow, type PoolSort } from './pool.documents.ts';

const PAGE = 100;

export interface PoolQuery {
  plantId: string;
  filter: PoolFilter;
  sort: PoolSort;
}

export interface PoolPages {
  rows: Accessor<readonly PoolRow[]>;
  /** As counted with the first page; undefined until then. */
  total: Accessor<{ count: number; isMore: boolean } | undefined>;
  hasMore: Accessor<boolean>;
  isAsking: Accessor<boolean>;
  failure: Accessor<string | undefined>;
  askMore: () => Promise<void>;
  /** From the first page again. */
  refresh: () => Promise<void>;
}

export function createPoolPages(query: Accessor<PoolQuery | undefined>): PoolPages {
  const client = useClient();
  const [rows, setRows] = createSignal<readonly PoolRow[]>([]);
  const [total, setTotal] = createSignal<{ count: number; isMore: boolean }>();
  const [hasMore, setMore] = createSignal(false);
  const [isAsking, setAsking] = createSignal(false);
  const [failure, setFailure] = createSignal<string>();
  let cursor: string | null = null;
  let turn = 0;

  async function ask(isFirst: boolean): Promise<void> {
    const wanted = query();
    if (!wanted) return;
    const mine = isFirst ? ++turn : turn;
    setAsking(true);
    const after = isFirst ? null : cursor;
    const result = await client.query(PoolPage, { ...wanted, first: PAGE, after, isCounted: isFirst }).toPromise();
    if (mine !== turn) return;
    setAsking(false);
    setFailure(failureOf(result, words().act.unreachable));
    const page = result.data?.poolImages;
    if (!page) return;
    cursor = page.pageInfo.endCursor ?? null;
    setMore(page.pageInfo.hasNextPage);
    const nodes = page.edges.map(({ node }) => node);
    setRows(isFirst ? nodes : [...rows(), ...nodes]);
    if (isFirst) setTotal({ count: page.totalCount ?? nodes.length, isMore: page.hasMoreThanTotal ?? false });
  }

  createEffect(
    on(
      () => JSON.stringify(query()),
      () => {
        setRows([]);
        setTotal(undefined);
        setMore(false);
        void ask(true);
      },
    ),
  );
  onCleanup(() => {
    turn += 1;
  });
  return {
    rows,
    total,
    hasMore,
    isAsking,
    failure,
    askMore: () => (isAsking() || !hasMore() ? Promise.resolve() : ask(false)),
    refresh: () => ask(true),
  };
}
