/** Refusals that a caller can act on. They are data: each becomes a GraphQL type, none is logged as a fault. */

/** A refusal with a code that programs can tell apart. Anything else that is thrown is a bug and masked. */
export abstract class DomainError extends Error {
  abstract readonly code: string;
  /** Gives the class name to logs without each subclass repeating it. */
  override get name(): string {
    return this.constructor.name;
  }
}

/** A value that cannot be taken as it is. `field` is the path inside the input, such as `input.items[3].label`. */
export class InvalidInputError extends DomainError {
  readonly code = 'INVALID_INPUT';
  readonly field: string;
  readonly value: string | null;
  readonly remedy: string;

  constructor(field: string, value: unknown, remedy: string) {
    super(`${field} cannot be ${shown(value)}: ${remedy}`);
    this.field = field;
    this.value = valueText(value);
    this.remedy = remedy;
  }
}

/** The named thing does not exist, or the caller may not know that it does. */
export class NotFoundError extends DomainError {
  readonly code = 'NOT_FOUND';
  readonly field: string;
  readonly value: string | null;

  constructor(field: string, value: unknown) {
    super(`${field}: nothing found for ${shown(value)}`);
    this.field = field;
    this.value = valueText(value);
  }
}

/** The thing exists already, or its state does not allow the act. */
export class ConflictError extends DomainError {
  readonly code = 'CONFLICT';
  readonly field: string;
  readonly value: string | null;
  readonly remedy: string;

  constructor(field: string, value: unknown, remedy: string) {
    super(`${field} conflicts at ${shown(value)}: ${remedy}`);
    this.field = field;
    this.value = valueText(value);
    this.remedy = remedy;
  }
}

const longestShownValue = 200;

/** The offending value as text, cut so that a large input does not come back whole. */
function valueText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return text.length > longestShownValue ? `${text.slice(0, longestShownValue)}…` : text;
}

function shown(value: unknown): string {
  const text = valueText(value);
  return text === null ? 'empty' : `"${text}"`;
}
