/** What a starting book is made of. The limits are starting values: a plant sets its own with its customers. */
import type { DefectLimit, DefectTranslations, Severity } from './defect-book.table.ts';

export interface TemplateClass {
  code: string;
  name: string;
  definition: string;
  severity: Severity;
  limits: readonly DefectLimit[];
  translations: DefectTranslations;
}

/** Counts from this measure on. */
export function from(quantity: string, unit: string, min: number): DefectLimit {
  return { quantity, unit, min, max: null };
}

export function german(name: string, definition: string): DefectTranslations {
  return { de: { name, definition } };
}
