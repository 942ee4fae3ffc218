/** What a check of a file has found, and whether it may be applied. Pure. */
import type { ModelChange, ModelProblem } from './plant-model.documents.ts';

export type Missing = 'KEEP' | 'RETIRE';

export interface ImportQuestion {
  yaml: string;
  missing: Missing;
}

export interface ImportCheck {
  /** What exactly was checked. */
  question: ImportQuestion;
  changes: readonly ModelChange[];
  problems: readonly ModelProblem[];
}

/** A result is about one text: after any edit it says nothing. */
export function isAbout(check: ImportCheck | undefined, question: ImportQuestion): check is ImportCheck {
  return check !== undefined && check.question.yaml === question.yaml && check.question.missing === question.missing;
}

export function mayApply(check: ImportCheck | undefined, question: ImportQuestion): boolean {
  return isAbout(check, question) && check.problems.length === 0 && check.changes.length > 0;
}

export interface ChangeRow {
  /** `Line line-1`; only in the first row of a part. */
  part: string;
  type: string;
  action: ModelChange['action'] | undefined;
  field: string;
  from: string;
  to: string;
}

/** A row for each value that becomes another one, and one for a part that changes as a whole. */
export function changeRows(changes: readonly ModelChange[]): ChangeRow[] {
  return changes.flatMap((change) => {
    const head = { part: change.codes.join(' / '), type: change.type, action: change.action };
    const rows = change.fields.map(({ field, from, to }, index) => ({
      ...(index === 0 ? head : { part: '', type: '', action: undefined }),
      field,
      from: valueText(from),
      to: valueText(to),
    }));
    return rows.length > 0 ? rows : [{ ...head, field: '', from: '', to: '' }];
  });
}

/** As the file writes it, as far as a cell has room. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(valueText).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
