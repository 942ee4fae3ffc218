/** What people ask of a pool: filters, orders and pages as the screen sends them. */
import { encodeGlobalId } from '../../../server/kit/global-id.ts';
import type { SeededPool } from '../../support/fill-pool.ts';

export interface PoolQuestion {
  name: string;
  filter?: (pool: SeededPool, turn: number) => Record<string, unknown>;
  sort?: { by: string; descending: boolean };
  /** The first page comes with the count, as on the screen; a deep page begins where so large a share of the rows has gone by. */
  depth?: number;
}

const line = (pool: SeededPool, turn: number) => ({
  lineId: [encodeGlobalId('Line', pool.lineIds[turn % pool.lineIds.length] ?? '')],
});
const batch = (pool: SeededPool, turn: number) => ({
  batchId: [encodeGlobalId('MaterialBatch', pool.batchIds[(turn * 7) % pool.batchIds.length] ?? '')],
});
const hour = 3_600_000;
const day = (pool: SeededPool, turn: number) => ({
  capturedAt: {
    from: new Date(pool.newest.getTime() - (turn % 3) * 24 * hour - 24 * hour),
    to: new Date(pool.newest.getTime() - (turn % 3) * 24 * hour),
  },
});
const worst = (by: string) => ({ by, descending: false });
const best = (by: string) => ({ by, descending: true });

export const questions: readonly PoolQuestion[] = [
  { name: 'newest first' },
  { name: 'newest first, deep', depth: 0.6 },
  { name: 'oldest first', sort: worst('CAPTURED_AT') },
  { name: 'one line, newest first', filter: line },
  { name: 'one line, deep', filter: line, depth: 0.6 },
  { name: 'one batch, newest first', filter: batch },
  { name: 'one batch, highest score first', filter: batch, sort: best('SCORE') },
  { name: 'one day, most blurred first', filter: day, sort: worst('BLURRED') },
  {
    name: 'rejects of one line, highest score first',
    filter: (...of) => ({ ...line(...of), verdict: ['REJECT'] }),
    sort: best('SCORE'),
  },
  { name: 'rejects of one line, deep', filter: (...of) => ({ ...line(...of), verdict: ['REJECT'] }), depth: 0.6 },
  {
    name: 'unlabelled, least sure first',
    filter: () => ({ labelState: ['UNLABELLED'], score: { min: 0.4, max: 0.5 } }),
    sort: best('SCORE'),
  },
  { name: 'conflicts', filter: () => ({ labelState: ['CONFLICT'] }) },
  { name: 'probable label errors', filter: () => ({ labelState: ['LABELLED'] }), sort: worst('LABEL_ERROR') },
  { name: 'labelled crack, worst label first', filter: () => ({ label: ['crack'] }), sort: worst('LABEL_ERROR') },
  { name: 'labels decided last', filter: () => ({ labelState: ['LABELLED'] }), sort: best('LABELLED_AT') },
  { name: 'most blurred', sort: worst('BLURRED') },
  { name: 'most blurred, deep', sort: worst('BLURRED'), depth: 0.6 },
  { name: 'flagged dark, one line', filter: (...of) => ({ ...line(...of), isDark: true }), sort: worst('DARK') },
  {
    name: 'outliers of one camera',
    filter: (pool, turn) => ({
      cameraId: [encodeGlobalId('Camera', pool.cameraIds[turn % pool.cameraIds.length] ?? '')],
    }),
    sort: worst('OUTLIER'),
  },
  {
    name: 'near-duplicates, least unique first',
    filter: () => ({ hasNearDuplicates: true }),
    sort: worst('UNIQUENESS'),
  },
  {
    name: 'model says stone (rare), most like others first',
    filter: () => ({ defectClass: ['stone'] }),
    sort: worst('OUTLIER'),
  },
  { name: 'tag night (rare), brightest first', filter: () => ({ tags: { any: ['night'] } }), sort: best('BRIGHTNESS') },
  { name: 'tag sample, sharpest first', filter: () => ({ tags: { all: ['sample'] } }), sort: best('SHARPNESS') },
  { name: 'path says set-3 crack', filter: () => ({ sourcePath: 'set 3 crack' }) },
  {
    name: 'hot, two lines, most rotated first',
    filter: (pool) => ({
      lineId: pool.lineIds.slice(0, 2).map((id) => encodeGlobalId('Line', id)),
      temperatureC: { min: 28 },
    }),
    sort: best('ROTATION_DEG'),
  },
  {
    name: 'lasso of a hundredth of the map',
    filter: () => ({ lasso: [0, 0, 2, 0, 2, 2, 0, 2] }),
    sort: worst('REPRESENTATIVENESS'),
  },
  {
    name: 'kept by the audit, unlabelled, least representative first',
    filter: () => ({ captureReason: ['AUDIT'], labelState: ['UNLABELLED'] }),
    sort: worst('REPRESENTATIVENESS'),
  },
  {
    name: 'one day, one line, unlabelled',
    filter: (...of) => ({ ...line(...of), ...day(...of), labelState: ['UNLABELLED'] }),
  },
];
