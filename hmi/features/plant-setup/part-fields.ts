/** What is entered for a part of each kind. Pure. */

export type PartKind =
  | 'plant'
  | 'area'
  | 'line'
  | 'station'
  | 'camera'
  | 'edgeNode'
  | 'product'
  | 'recipe'
  | 'materialBatch';

export type FieldName = 'name' | 'code' | 'sector' | 'timeZone' | 'targetRatePerMin' | 'edgeNodeId' | 'supplier';

/** As text, as it stands in the form. */
export type PartValues = Partial<Record<FieldName, string>>;

/** In the order in which they are asked for. */
export const partFields: Readonly<Record<PartKind, readonly FieldName[]>> = {
  plant: ['name', 'code', 'sector', 'timeZone'],
  area: ['name', 'code'],
  line: ['name', 'code', 'targetRatePerMin'],
  station: ['name', 'code', 'edgeNodeId'],
  camera: ['name', 'code'],
  edgeNode: ['name', 'code'],
  product: ['name', 'code'],
  recipe: ['code', 'name'],
  materialBatch: ['code', 'name', 'supplier'],
};

/** Codes of these are the machine's own: they are not made from the name. */
const ownCodes: ReadonlySet<PartKind> = new Set(['product', 'recipe', 'materialBatch']);
const optional: ReadonlySet<FieldName> = new Set(['targetRatePerMin', 'edgeNodeId', 'supplier']);

export function isOptional(kind: PartKind, field: FieldName): boolean {
  return optional.has(field) || (field === 'name' && (kind === 'recipe' || kind === 'materialBatch'));
}

/** The code that a name suggests: `Linie 3, Süd` gives `linie-3-sued`. Undefined where codes come from the machine. */
export function suggestedCode(kind: PartKind, name: string): string | undefined {
  if (ownCodes.has(kind)) return undefined;
  return name
    .toLowerCase()
    .replace(/[äöüß]/g, (letter) => ({ ä: 'ae', ö: 'oe', ü: 'ue' })[letter] ?? 'ss')
    .normalize('NFD')
    .replace(/\p{Mark}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
}

/** Empty is null: the value is taken away. */
export function textOrNull(text: string | undefined): string | null {
  const trimmed = (text ?? '').trim();
  return trimmed === '' ? null : trimmed;
}

/** Empty is null; what is no number is NaN, which JSON turns into null: the form's own check keeps it from being sent. */
export function numberOrNull(text: string | undefined): number | null {
  const trimmed = textOrNull(text);
  return trimmed === null ? null : Number(trimmed);
}
