/** What an exported inspection says, column by column, the same in every format. */
import {
  factors,
  imageNumbers,
  isAdded,
  machineNumbers,
  type NumberName,
  numberNames,
  positionNumbers,
  type WordName,
  wordNames,
} from '#schema/production-context.ts';
import type { InspectionDefectRow, InspectionRow } from '../inspections/inspections.table.ts';
import type { NamedTable } from './result-exports.queries.ts';

export type ExportedRow = Omit<InspectionRow, 'content_hash' | 'capture_quota_ids'> & {
  defects: readonly InspectionDefectRow[];
};

/** The name of the row with this id; null for no id. */
export type NameOf = (table: NamedTable, id: string | null) => string | null;

export type CellKind = 'text' | 'time' | 'integer' | 'real' | 'json';
export type Cell = string | number | Date | object | null;

export interface ExportColumn {
  name: string;
  kind: CellKind;
  required: boolean;
  cell(row: ExportedRow, nameOf: NameOf): Cell;
}

type RowKey = keyof ExportedRow & string;

function plain(name: RowKey, kind: CellKind, required = false): ExportColumn {
  return { name, kind, required, cell: (row) => row[name] as Cell };
}

function named(name: string, table: NamedTable, key: RowKey, required = false): ExportColumn {
  return { name, kind: 'text', required, cell: (row, nameOf) => nameOf(table, row[key] as string | null) };
}

function factorColumns(names: readonly (WordName | NumberName)[]): ExportColumn[] {
  return names.map((name) => plain(factors[name].column, factors[name].kind === 'number' ? 'real' : 'text'));
}

export const exportColumns: readonly ExportColumn[] = [
  plain('id', 'text', true),
  plain('captured_at', 'time', true),
  plain('received_at', 'time', true),
  named('line', 'line', 'line_id', true),
  named('station', 'station', 'station_id', true),
  named('camera', 'camera', 'camera_id', true),
  named('edge_node', 'edge_node', 'edge_node_id'),
  plain('position', 'integer', true),
  plain('part_id', 'text'),
  named('job', 'job', 'job_id'),
  named('product', 'product', 'product_id'),
  named('recipe', 'recipe', 'recipe_id'),
  named('batch', 'material_batch', 'batch_id'),
  named('model_version', 'model_version', 'model_version_id', true),
  plain('verdict', 'text', true),
  plain('score', 'real', true),
  plain('latency_ms', 'real', true),
  plain('defect_class', 'text'),
  plain('defect_count', 'integer', true),
  { name: 'defects', kind: 'json', required: true, cell: ({ defects }) => defects.map(defectOf) },
  { name: 'image_sha256', kind: 'text', required: false, cell: (row) => row.image_sha256?.toString('hex') ?? null },
  { name: 'image_kept', kind: 'integer', required: true, cell: (row) => (row.is_kept ? 1 : 0) },
  plain('keep_probability', 'real', true),
  plain('capture_reason', 'text', true),
  plain('image_lost_at', 'time'),
  ...factorColumns([...wordNames, ...machineNumbers].filter((name) => !isAdded(name))),
  plain('signals', 'json'),
  ...factorColumns([...imageNumbers, ...positionNumbers].filter((name) => !isAdded(name))),
  // behind the others, for readers that count columns
  ...factorColumns([...wordNames, ...numberNames].filter(isAdded)),
];

/** As the API names it. */
function defectOf(defect: InspectionDefectRow) {
  const { class: name, score, box_x: x, box_y: y, box_width: width, box_height: height, outline } = defect;
  return { class: name, score, box: { x, y, width, height }, outline };
}
