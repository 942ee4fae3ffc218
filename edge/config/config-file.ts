/** A YAML file whose fields can be named to people: by file, line, path and value. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { readYaml, type YamlLimits } from '#schema/read-yaml.ts';
import { ConfigError, type FieldPath, type Mistake } from './mistake.ts';

/** Far more than the 64 stations and machines need that a node may have. */
const yamlLimits: YamlLimits = { bytes: 1024 * 1024, depth: 20, tokens: 100_000, aliases: 100 };

export interface ConfigFile {
  content: unknown;
  /** At which line of the file a field stands; one that is not written, what it belongs to. */
  lineOf(path: FieldPath): number;
  /** One line: `FILE:LINE: FIELD is VALUE; MESSAGE`. */
  describe(mistake: Mistake): string;
}

/** Throws `ConfigError` when the file cannot be read or is no YAML. */
export function readConfigFile(file: string): ConfigFile {
  const read = readYaml(readText(file, '--config', yamlLimits.bytes), yamlLimits);
  if (read.problems) {
    const broken = read.problems.map(
      ({ line, value, remedy }) =>
        `${file}:${line}: not YAML that is read${value === null ? '' : ` (${value})`}; ${remedy}`,
    );
    throw new ConfigError(broken.join('\n'));
  }
  const content = read.value;
  const lineOf = (path: FieldPath) => read.placeOf(path).line;
  return {
    content,
    lineOf,
    describe: ({ path, message }) =>
      `${file}:${lineOf(path)}: ${fieldName(path)} is ${showValue(valueAt(content, path))}; ${message}`,
  };
}

/** Throws `ConfigError` with the name of the field that leads to the file. */
export function readText(path: string, field: string, mostBytes: number): string {
  if (!existsSync(path)) throw new ConfigError(`${field} is ${showValue(path)}; no such file, correct the path`);
  const { size } = statSync(path);
  if (size > mostBytes) throw new ConfigError(`${path}:1: ${field} has ${size} bytes; give at most ${mostBytes}`);
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(`${field} is ${showValue(path)}; it cannot be read (${reason})`, { cause });
  }
}

export function showValue(value: unknown): string {
  if (value === undefined) return 'missing';
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 80 ? `${json.slice(0, 77)}…` : json;
}

function valueAt(content: unknown, path: FieldPath): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined,
    content,
  );
}

export function fieldName(path: FieldPath): string {
  if (path.length === 0) return 'the file';
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('');
}
