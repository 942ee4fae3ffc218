/** The map of a plant's images as the screens take it: packed columns, bounded. */
import { type RawBuilder, sql } from 'kysely';
import { READERS, requireRole } from '../../../kit/access.ts';
import type { Context } from '../../../kit/context.ts';
import { encodeGlobalId } from '../../../kit/global-id.ts';
import { poolCondition } from '../pool/pool-condition.ts';
import type { PoolSelection } from '../pool/pool-selection.ts';
import { EMBEDDER } from '../similarity/similarity.service.ts';
import { countPlaced, selectMap, selectNames } from './data-quality.queries.ts';

/** Values that are told apart on a map; what is rarer shares one sign. */
export const MAP_VALUES = 8;

/** Fifths of a score: 0 is the worst. */
const fifths = (column: string) => sql`least(4, floor(${sql.ref(`p.${column}`)} * 5))::integer::text`;
const column = (name: string) => sql`${sql.ref(`p.${name}`)}::text`;

/** What points are told apart by. */
export const MAP_COLOURS = {
  none: { value: sql`NULL::text`, words: 'By nothing.' },
  label: { value: column('label'), words: 'By what people decided.' },
  label_state: { value: column('label_state'), words: 'By how far people are.' },
  verdict: { value: column('verdict'), words: 'By the verdict.' },
  defect_class: { value: column('defect_class'), words: 'By the model’s strongest defect.' },
  origin: { value: column('origin'), words: 'By how they came.' },
  line: { value: column('line_id'), words: 'By line.', table: 'line', type: 'Line' },
  camera: { value: column('camera_id'), words: 'By camera.', table: 'camera', type: 'Camera' },
  product: { value: column('product_id'), words: 'By product.', table: 'product', type: 'Product' },
  batch: { value: column('batch_id'), words: 'By material batch.', table: 'material_batch', type: 'MaterialBatch' },
  score: { value: fifths('score'), words: 'By the model’s score, in fifths.' },
  label_error: { value: fifths('label_error'), words: 'By how well the label fits, in fifths: 0 is the worst.' },
  outlier: { value: fifths('outlier'), words: 'By how like the others they are, in fifths: 0 is the least.' },
  uniqueness: { value: fifths('uniqueness'), words: 'By how unlike their neighbours they are, in fifths.' },
} as const satisfies Record<
  string,
  { value: RawBuilder<unknown>; words: string; table?: 'line' | 'camera' | 'product' | 'material_batch'; type?: string }
>;
export type MapColour = keyof typeof MAP_COLOURS;

export interface PoolMap {
  count: number;
  embedded: number;
  placed: number;
  /** Base64 of 32-bit floats, little-endian: x, y of each point. */
  xy: string;
  /** Base64 of a byte a point. */
  codes: string;
  legend: { code: number; value: string; name: string | null; count: number }[];
}

export async function askMap(
  context: Context,
  plant: { id: string; globalId: string },
  colourBy: MapColour,
  selection: PoolSelection,
): Promise<PoolMap> {
  requireRole(context, plant.id, READERS, { field: 'plantId', value: plant.globalId });
  const colour: (typeof MAP_COLOURS)[MapColour] = MAP_COLOURS[colourBy];
  const limits = { points: context.config.limits.mapPoints, values: MAP_VALUES };
  const row = await selectMap(context.db, poolCondition(plant.id, selection), colour.value, limits);
  const { embedded, placed } = await countPlaced(context.db, plant.id, EMBEDDER);
  const ids = row.legend.flatMap(({ value }) => (value === null ? [] : [value]));
  const names = 'table' in colour ? await selectNames(context.db, colour.table, ids) : new Map<string, string>();
  return {
    count: row.count,
    embedded,
    placed,
    xy: (row.xy ?? Buffer.alloc(0)).swap32().toString('base64'),
    codes: everySecond(row.codes ?? Buffer.alloc(0)).toString('base64'),
    legend: row.legend.map(({ code, value, count }) => ({
      code,
      count,
      value: 'type' in colour ? encodeGlobalId(colour.type, value ?? '') : (value ?? ''),
      name: names.get(value ?? '') ?? null,
    })),
  };
}

/** The lower bytes of 16-bit numbers, big-endian. */
function everySecond(bytes: Buffer): Buffer {
  return Buffer.from(Uint8Array.from({ length: bytes.length / 2 }, (_, at) => bytes[2 * at + 1] ?? 0));
}
