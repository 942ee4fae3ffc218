/** Comma-separated values as RFC 4180 has them, in UTF-8, that a spreadsheet cannot take for formulas. */
import type { Cell, ExportColumn, ExportedRow, NameOf } from './export-columns.ts';

/** Characters by which spreadsheets know a formula (OWASP, CSV injection). */
const FORMULA = /^[=+\-@\t\r]/;

export function csvHeader(columns: readonly ExportColumn[]): string {
  return `${columns.map(({ name }) => name).join(',')}\r\n`;
}

/** One line. Times are UTC in ISO 8601, what is missing is empty, and an empty text is "" in quotes. */
export function csvLine(columns: readonly ExportColumn[], row: ExportedRow, nameOf: NameOf): string {
  return `${columns.map((column) => csvCell(column.cell(row, nameOf))).join(',')}\r\n`;
}

/** A text that would be a formula gets an apostrophe in front, which spreadsheets take for "this is text". */
export function csvCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  if (cell instanceof Date) return cell.toISOString();
  if (typeof cell === 'object') return quoted(JSON.stringify(cell));
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return text === '' || /[",\r\n]|^\s|\s$/.test(text) ? quoted(text) : text;
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
