/** What an import would do to a plant, part by part: the same whether it is then done or not. Pure. */
import { changedColumns, type FieldChange, fieldChanges, fieldName } from '../parts/part-changes.ts';
import type { PlantModelTable } from '../parts/plants.table.ts';
import { type ModelPart, partKey, plantKey } from './model-parts.ts';

/** A part as the database has it; `values` are its columns. */
export interface KnownPart {
  table: PlantModelTable;
  key: string;
  id: string;
  code: string;
  isRetired: boolean;
  values: Readonly<Record<string, unknown>>;
  parents: Readonly<Record<string, string | null>>;
}

export type ChangeAction = 'created' | 'changed' | 'reinstated' | 'retired';

export interface PartChange {
  action: ChangeAction;
  table: PlantModelTable;
  key: string;
  /** Codes from the line down. */
  codes: readonly string[];
  fields: FieldChange[];
}

export interface ImportPlan {
  changes: PartChange[];
  /** Parts that stay but would belong to one that is retired. */
  stranded: { part: KnownPart; parentKey: string }[];
}

/** What to do with parts of a list in the file that the file does not name. */
export type Missing = 'keep' | 'retire';

export function planImport(wanted: readonly ModelPart[], known: readonly KnownPart[], missing: Missing): ImportPlan {
  const knownByKey = new Map(known.map((part) => [part.key, part]));
  const wantedByKey = new Map(wanted.map((part) => [part.key, part]));
  const changes = wanted.flatMap((part) => changesOf(part, knownByKey.get(part.key)));
  if (missing === 'keep') return { changes, stranded: [] };

  const retired = new Set<string>();
  const order = retireOrder.toReversed();
  for (const table of order)
    for (const part of known) {
      if (part.table !== table || part.isRetired || wantedByKey.has(part.key)) continue;
      const above = part.parents[parentColumns[table]] ?? plantKey;
      const isListed = wantedByKey.get(above)?.lists.includes(table) ?? false;
      if (isListed || retired.has(above)) retired.add(part.key);
    }
  const gone = retireOrder.flatMap((table) =>
    known
      .filter((part) => part.table === table && retired.has(part.key))
      .map(({ key }): PartChange => ({ action: 'retired', table, key, codes: codesOf(key), fields: [] })),
  );
  const stranded = known.flatMap((part) => {
    if (part.isRetired || retired.has(part.key) || wantedByKey.has(part.key)) return [];
    const parentKey = Object.values(part.parents).find((key) => key !== null && retired.has(key));
    return parentKey ? [{ part, parentKey }] : [];
  });
  return { changes: [...changes, ...gone], stranded };
}

/** Nothing before what stands below it. */
const retireOrder: readonly PlantModelTable[] = [
  'camera',
  'station',
  'line',
  'area',
  'edge_node',
  'product',
  'recipe',
  'material_batch',
  'shift',
];

/** In whose list of the file a part stands. */
const parentColumns: Readonly<Record<PlantModelTable, string>> = {
  plant: '',
  area: 'plant_id',
  line: 'area_id',
  station: 'line_id',
  camera: 'station_id',
  edge_node: 'plant_id',
  product: 'plant_id',
  recipe: 'plant_id',
  material_batch: 'plant_id',
  shift: 'plant_id',
};

function changesOf(part: ModelPart, known: KnownPart | undefined): PartChange[] {
  const { table, key } = part;
  const parents = Object.fromEntries(Object.entries(part.parents).filter(([column]) => column !== 'plant_id'));
  const values = { ...part.columns, ...parents };
  const made = { table, key, codes: codesOf(key) };
  if (!known) {
    const fields = Object.entries(values)
      .filter(([, value]) => value !== null)
      .map(([column, to]) => ({ field: shownField(column), from: null, to: shownValue(column, to) }));
    return [{ ...made, action: 'created', fields }];
  }
  const before = { ...known.values, ...known.parents };
  const columns = changedColumns(before, values);
  const fields = fieldChanges(before, columns, shownValue).map((change, index) => ({
    ...change,
    field: shownField(Object.keys(columns)[index] ?? change.field),
  }));
  const reinstated: PartChange[] = known.isRetired ? [{ ...made, action: 'reinstated', fields: [] }] : [];
  return fields.length === 0 ? reinstated : [...reinstated, { ...made, action: 'changed', fields }];
}

/** As the file names it: `area_id` is `area`. */
function shownField(column: string): string {
  return fieldName(column.replace(/_id$/, ''));
}

/** A key is shown by its code. */
function shownValue(column: string, value: unknown): unknown {
  return column.endsWith('_id') && typeof value === 'string' ? codesOf(value).join('/') : value;
}

function codesOf(key: string): string[] {
  return key === plantKey ? [] : (JSON.parse(key) as string[]).slice(1);
}

/** The parts of one plant as rows, under the keys that the file gives them. */
export function knownParts(
  rows: Readonly<Record<PlantModelTable, readonly Readonly<Record<string, unknown>>[]>>,
): KnownPart[] {
  const keys = new Map<string, string>();
  const known: KnownPart[] = [];
  const codesById = new Map<string, readonly string[]>();
  for (const table of ['plant', ...retireOrder.toReversed().toSorted(nodesFirst)] as const)
    for (const row of rows[table]) {
      const above = table === 'station' ? row.line_id : table === 'camera' ? row.station_id : undefined;
      const codes = [...(codesById.get(String(above)) ?? []), String(row.code)];
      const key = table === 'plant' ? plantKey : partKey(table, codes);
      const id = String(row.id);
      codesById.set(id, codes);
      keys.set(id, key);
      const parents = Object.fromEntries(
        Object.entries(row)
          .filter(([column]) => column.endsWith('_id'))
          .map(([column, parent]) => [column, parent === null ? null : (keys.get(String(parent)) ?? null)]),
      );
      known.push({ table, key, id, code: String(row.code), isRetired: row.retired_at !== null, values: row, parents });
    }
  return known;
}

/** A station's node must be known before the station. */
function nodesFirst(a: PlantModelTable, b: PlantModelTable): number {
  return Number(b === 'edge_node') - Number(a === 'edge_node');
}
