/** A YAML file whose fields can be named to people: by file, line, path and value. */
import { existsSync, readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import { ConfigError, type FieldPath, type Mistake } from './mistake.ts';

export interface ConfigFile {
  content: unknown;
  /** One line: `FILE:LINE: FIELD is VALUE; MESSAGE`. */
  describe(mistake: Mistake): string;
}

/** Throws `ConfigError` when the file cannot be read or is no YAML. */
export function readConfigFile(file: string): ConfigFile {
  const lines = new LineCounter();
  const document = parseDocument(readText(file, '--config'), { lineCounter: lines, uniqueKeys: true });
  const broken = document.errors[0];
  if (broken) {
    throw new ConfigError(`${file}:${lines.linePos(broken.pos[0]).line}: not YAML: ${broken.message.split('\n')[0]}`);
  }
  const content: unknown = document.toJS();
  return {
    content,
    describe: ({ path, message }) =>
      `${file}:${lineOf(path)}: ${fieldName(path)} is ${showValue(valueAt(content, path))}; ${message}`,
  };

  /** Line of the deepest node on the way to the field that the file has. */
  function lineOf(path: FieldPath): number {
    for (let length = path.length; length >= 0; length--) {
      const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
      const range = (node as { range?: [number, number, number] } | null | undefined)?.range;
      if (range) return lines.linePos(range[0]).line;
    }
    return 1;
  }
}

/** Throws `ConfigError` with the name of the field that leads to the file. */
export function readText(path: string, field: string): string {
  if (!existsSync(path)) throw new ConfigError(`${field} is ${showValue(path)}; no such file, correct the path`);
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

function fieldName(path: FieldPath): string {
  if (path.length === 0) return 'the file';
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('');
}
