/** Fills the queues of all plants with images that nobody has seen and reckons anew what a look at each is worth. */
import { act } from '../../../kit/act.ts';
import type { Services } from '../../../kit/context.ts';
import { newId } from '../../../kit/ids.ts';
import { factsOf } from './facts-of-image.ts';
import { updateWorths } from './review.queries.ts';
import { queueSuggested, selectAwaitedSuggestions } from './suggestions.queries.ts';
import {
  type CellCounts,
  cellKey,
  countCells,
  countOpenLabels,
  insertLabelItems,
  selectFresh,
  selectOpenFacts,
  selectPlantsWithPool,
  type WeighedRow,
} from './weigh.queries.ts';
import { worthOf } from './worth.ts';

type Needed = Pick<Services, 'db' | 'hub' | 'config' | 'now'>;

export async function weighQueue(services: Needed, signal?: AbortSignal): Promise<void> {
  const { db } = services;
  await queueAwaited(services);
  for (const plantId of await selectPlantsWithPool(db)) {
    if (signal?.aborted) return;
    const cells = await countCells(db, plantId);
    await fill(services, plantId, cells);
    await weighAgain(services, plantId, cells, signal);
  }
}

/** What was said at the line before the image came. */
async function queueAwaited(services: Needed): Promise<void> {
  const { db, config } = services;
  const waiting = await selectAwaitedSuggestions(db, config.limits.reviewStep);
  for (const [plantId, images] of Map.groupBy(waiting, (each) => each.plantId)) {
    const sha256s = images.map(({ sha256 }) => sha256);
    await act(services, ({ trx, now }) => queueSuggested(trx, now, sha256s, plantId));
  }
}

/** Of the newest images that nobody has seen those worth most, as long as the queue has room. */
async function fill({ db, config, now }: Needed, plantId: string, cells: CellCounts): Promise<void> {
  const room = config.limits.reviewQueue - (await countOpenLabels(db, plantId));
  if (room <= 0) return;
  const fresh = await selectFresh(db, plantId, config.limits.reviewStep);
  const best = fresh
    .map((row) => ({ row, ...weigh(row, cells) }))
    .sort((a, b) => b.worth - a.worth)
    .slice(0, room);
  if (best.length === 0) return;
  const items = best.map(({ row, worth, reason }) => ({
    ...{ id: newId(), sha256: row.image_sha256.toString('hex'), worth, reason },
  }));
  await insertLabelItems(db, plantId, now(), items);
}

/** Worths of what waits follow what has been labelled, measured and captured meanwhile. */
async function weighAgain({ db, config }: Needed, plantId: string, cells: CellCounts, signal?: AbortSignal) {
  let after: string | null = null;
  for (;;) {
    const rows: (WeighedRow & { id: string })[] = await selectOpenFacts(db, plantId, after, config.limits.reviewStep);
    if (rows.length === 0 || signal?.aborted) return;
    const worths = rows.map((row) => {
      const { worth, reason } = weigh(row, cells);
      return { id: row.id, worth, reason };
    });
    await updateWorths(db, worths);
    after = rows.at(-1)?.id ?? null;
  }
}

function weigh(row: WeighedRow, cells: CellCounts) {
  const count = cells.counts.get(cellKey(row)) ?? 1;
  const cell = cells.total > 0 ? { count, total: cells.total } : null;
  return worthOf(factsOf(row, { cell, hasLabelledTwin: row.hasLabelledTwin }));
}
