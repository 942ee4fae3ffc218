/** What a change of a part comes to: field by field, as events, audit and the import of a plant model show it. Pure. */

export interface FieldChange {
  /** As the schema names it. */
  field: string;
  from: unknown;
  to: unknown;
}

/** The columns whose value would be another one; `undefined` leaves a column as it is. */
export function changedColumns(
  row: Readonly<Record<string, unknown>>,
  wanted: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(wanted).filter(([column, value]) => value !== undefined && !isSame(row[column], value)),
  );
}

/** `show` turns what a column holds into what people know: a foreign key into a global id or a code. */
export function fieldChanges(
  row: Readonly<Record<string, unknown>>,
  columns: Readonly<Record<string, unknown>>,
  show: (column: string, value: unknown) => unknown = (_column, value) => value,
): FieldChange[] {
  return Object.entries(columns).map(([column, to]) => ({
    field: fieldName(column),
    from: show(column, row[column] ?? null),
    to: show(column, to),
  }));
}

/** The fields that changed, as they were and as they are. */
export function beforeAndAfter(changes: readonly FieldChange[]) {
  return {
    before: Object.fromEntries(changes.map(({ field, from }) => [field, from])),
    after: Object.fromEntries(changes.map(({ field, to }) => [field, to])),
  };
}

/** Everything of the row, for the audit: by the names of the schema. */
export function factsOf(row: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [fieldName(column), value]));
}

/** `target_rate_per_min` is `targetRatePerMin`. */
export function fieldName(column: string): string {
  return column.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}
