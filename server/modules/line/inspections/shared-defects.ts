/** Defects of rows that were read together, loaded together: once for all live groups that show them, however each filters the rows. */
import type { InspectionDefectRow } from './inspections.table.ts';

interface Keyed {
  plant_id: string;
  id: string;
  defect_count: number;
}

/** Of all these rows that have any, in the order reported. */
export type ReadDefects<Row> = (rows: readonly Row[]) => Promise<readonly InspectionDefectRow[]>;

export interface SharedDefects<Row extends Keyed> {
  /** Says that these rows came by one read. They are told apart by identity: the same inspection read again is another row. */
  remember(rows: readonly Row[], read: ReadDefects<Row>): void;
  /** Undefined for a row that was not remembered. */
  find(row: Row): Promise<InspectionDefectRow[]> | undefined;
}

interface ReadTogether<Row> {
  rows: readonly Row[];
  read: ReadDefects<Row>;
  byKey: Promise<Map<string, InspectionDefectRow[]>> | undefined;
}

/** Nothing is kept of rows that nobody holds any more. */
export function createSharedDefects<Row extends Keyed>(): SharedDefects<Row> {
  const pages = new WeakMap<Row, ReadTogether<Row>>();

  const load = (page: ReadTogether<Row>) => {
    const loading = page
      .read(page.rows)
      .then((defects) => Map.groupBy(defects, (defect) => `${defect.plant_id}:${defect.inspection_id}`));
    page.byKey = loading;
    // The next one who asks tries again.
    loading.catch(() => {
      page.byKey = undefined;
    });
    return loading;
  };

  return {
    remember(rows, read) {
      const withDefects = rows.filter((row) => row.defect_count > 0);
      const page: ReadTogether<Row> = { rows: withDefects, read, byKey: undefined };
      for (const row of withDefects) pages.set(row, page);
    },
    find(row) {
      const page = pages.get(row);
      if (!page) return undefined;
      return (page.byKey ?? load(page)).then((byKey) => byKey.get(`${row.plant_id}:${row.id}`) ?? []);
    },
  };
}
