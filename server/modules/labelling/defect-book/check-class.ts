/** Whether a class can be written into a book. */
import { checkText, MAGNITUDE } from '../../../kit/check-values.ts';
import { InvalidInputError } from '../../../kit/errors.ts';
import type { DefectLimit, DefectTranslations, Severity } from './defect-book.table.ts';
import { GOOD } from './good-label.ts';

/** As the database bounds them. */
const LONGEST_NAME = 100;
const LONGEST_DEFINITION = 4000;
const MOST_LIMITS = 10;
const MOST_TRANSLATIONS = 10;
const codeForm = /^[a-z0-9][a-z0-9_-]{0,62}$/;
const languageForm = /^[a-z]{2,3}(-[A-Z]{2})?$/;

export interface ClassInput {
  code: string;
  name: string;
  definition: string;
  severity: Severity;
  limits?: readonly LimitInput[] | null | undefined;
  translations?: readonly TranslationInput[] | null | undefined;
}

interface LimitInput {
  quantity: string;
  unit: string;
  min?: number | null | undefined;
  max?: number | null | undefined;
}

interface TranslationInput {
  language: string;
  name: string;
  definition: string;
}

export interface CheckedClass {
  code: string;
  name: string;
  definition: string;
  severity: Severity;
  limits: DefectLimit[];
  translations: DefectTranslations;
}

/** The class without the blanks around its texts. Throws `InvalidInputError` naming the field. */
export function checkClass(input: ClassInput): CheckedClass {
  const { limits, translations } = input;
  if (!codeForm.test(input.code) || input.code === GOOD)
    throw new InvalidInputError(
      'input.code',
      input.code,
      `give 1 to 63 of a-z, 0-9, - and _; ${GOOD} is the word for images without a defect`,
    );
  if ((limits?.length ?? 0) > MOST_LIMITS)
    throw new InvalidInputError('input.limits', limits?.length, `give at most ${MOST_LIMITS} limits`);
  if ((translations?.length ?? 0) > MOST_TRANSLATIONS)
    throw new InvalidInputError('input.translations', translations?.length, `give at most ${MOST_TRANSLATIONS}`);
  return {
    code: input.code,
    severity: input.severity,
    name: text('input.name', input.name, LONGEST_NAME),
    definition: text('input.definition', input.definition, LONGEST_DEFINITION),
    limits: (limits ?? []).map((limit, index) => checkLimit(`input.limits[${index}]`, limit)),
    translations: Object.fromEntries(
      (translations ?? []).map(({ language, name, definition }, index) => {
        const at = `input.translations[${index}]`;
        if (!languageForm.test(language))
          throw new InvalidInputError(`${at}.language`, language, 'give a language tag such as de or pt-BR');
        const words = {
          name: text(`${at}.name`, name, LONGEST_NAME),
          definition: text(`${at}.definition`, definition, LONGEST_DEFINITION),
        };
        return [language, words];
      }),
    ),
  };
}

function checkLimit(at: string, { quantity, unit, min = null, max = null }: LimitInput): DefectLimit {
  if (min === null && max === null)
    throw new InvalidInputError(`${at}.min`, null, 'give a least or a greatest value, or leave the limit out');
  for (const [name, value] of [
    ['min', min],
    ['max', max],
  ] as const)
    if (value !== null && !(Math.abs(value) <= MAGNITUDE))
      throw new InvalidInputError(`${at}.${name}`, value, `give a number within ±${MAGNITUDE}`);
  if (min !== null && max !== null && min > max)
    throw new InvalidInputError(`${at}.max`, max, `give at least ${min}, which is the least value`);
  return {
    quantity: text(`${at}.quantity`, quantity, LONGEST_NAME),
    unit: text(`${at}.unit`, unit, LONGEST_NAME),
    min,
    max,
  };
}

/** 1 to `longest` characters that can be stored, without the blanks around them. */
export function text(field: string, value: string, longest: number): string {
  const trimmed = value.trim();
  if (trimmed === '') throw new InvalidInputError(field, value, `give 1 to ${longest} characters`);
  const refusal = checkText(field, trimmed, longest);
  if (refusal) throw new InvalidInputError(refusal.field, refusal.value, refusal.reason);
  return trimmed;
}
