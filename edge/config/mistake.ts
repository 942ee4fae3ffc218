/** What is wrong with a field of the configuration, for the person who wrote it. */

export type FieldPath = readonly (string | number)[];

/** Where the path leads and what to do; the value and the line are found by the path. */
export interface Mistake {
  path: FieldPath;
  message: string;
}

/** Every mistake in the file, one line each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
