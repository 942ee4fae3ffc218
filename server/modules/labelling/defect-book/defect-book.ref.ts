/** The defect book's types by name, so that other modules can point to them. */
import { builder } from '../../../kit/builder.ts';
import type { DefectBookRow, DefectClassRow } from './defect-book.table.ts';

export const DefectBookRef = builder.objectRef<DefectBookRow>('DefectBook');
export const DefectClassRef = builder.objectRef<DefectClassRow>('DefectClass');
