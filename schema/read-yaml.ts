/** Reads YAML that somebody else wrote: server and edge read it by the same bounds, in time that grows with its length only. Pure. */
import { Composer, CST, type Document, Lexer, LineCounter, Parser } from 'yaml';
import { createNodeFinder, findWrongNodes, offsetOf, type WrongNode } from './yaml-nodes.ts';

export interface YamlLimits {
  /** Of the text in UTF-8. */
  bytes: number;
  /** Lists and maps within one another. */
  depth: number;
  /** Words, signs, white space between them and comments: what the parser takes one by one. */
  tokens: number;
  /** `*name`, and as many `&name`; 0: the file has to write everything out. */
  aliases: number;
  /** The variables that hold the limits, where they are variables. */
  names?: { bytes: string; depth: string; tokens: string };
}

export interface YamlProblem {
  line: number;
  column: number;
  /** null: no single value is wrong. */
  value: string | null;
  remedy: string;
}

export interface YamlFile {
  value: unknown;
  /** Of what was read all the same, such as a tag that is not known. */
  warnings: readonly YamlProblem[];
  /** Where the deepest part of the path stands that the file has. */
  placeOf(path: readonly (string | number)[]): { line: number; column: number };
  problems?: undefined;
}

/** A person repairs these first; the parser would make a million of a million brackets. */
const mostProblems = 100;

/** Leaves the parser in the midst of a text. */
class Stop extends Error {}

export function readYaml(text: string, limits: YamlLimits): YamlFile | { problems: readonly YamlProblem[] } {
  const lines = new LineCounter();
  const placed = ({ offset, value, remedy }: WrongNode): YamlProblem => ({ ...placeAt(lines, offset), value, remedy });
  const found: WrongNode[] = [];
  const bytes = Buffer.byteLength(text, 'utf8');
  if (bytes > limits.bytes) {
    found.push({
      offset: 0,
      value: `${bytes} bytes`,
      remedy: `give at most ${limits.bytes} bytes${named(limits, 'bytes')}`,
    });
    return { problems: found.map(placed) };
  }
  const document = compose(text, limits, lines, found);
  if (document && found.length === 0) found.push(...findWrongNodes(document.contents));
  if (!document || found.length > 0) return { problems: found.slice(0, mostProblems).map(placed) };

  const value = plainOf(document, limits.aliases);
  if (value instanceof ReferenceError) {
    const remedy = 'write it out: its aliases stand for too much';
    return { problems: [placed({ offset: 0, value: null, remedy })] };
  }
  const nodeAt = createNodeFinder(document.contents);
  return {
    value: value.plain,
    warnings: document.warnings.map(({ pos, message }) =>
      placed({ offset: pos[0], value: null, remedy: correct(message) }),
    ),
    placeOf: (path) => placeAt(lines, offsetOf(nodeAt(path))),
  };
}

/** undefined when the reading stopped. `found` gets what is wrong. */
function compose(
  text: string,
  limits: YamlLimits,
  lines: LineCounter,
  found: WrongNode[],
): Document.Parsed | undefined {
  // known tags and merged keys would run code of the parser that is not linear, and %YAML 1.1 would turn them on
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    uniqueKeys: false,
    prettyErrors: false,
  });
  // the very lists that the composer fills while it goes through a document
  const { errors, warnings } = composer.streamInfo();
  stopWhenFull(errors);
  stopWhenFull(warnings);
  let document: Document.Parsed | undefined;
  let documents = 0;
  try {
    for (const token of tokensOf(text, limits, lines, found)) {
      if (token.type === 'document') documents += 1;
      if (documents > 1) {
        const remedy = 'keep one document: take the rest out, from the line --- on';
        found.push({ offset: token.offset, value: 'a second document', remedy });
        throw new Stop();
      }
      if (token.type === 'error') found.push({ offset: token.offset, value: null, remedy: correct(token.message) });
      else for (const composed of composer.next(token)) document = composed;
    }
    for (const composed of composer.end(true, text.length)) document = composed;
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    document = undefined;
  }
  const read = errors.slice(0, mostProblems);
  // the document's list is the same one, but for errors behind its end; too many warnings stop as well
  const wrong = new Set([
    ...read,
    ...(document ? document.errors : read.length > 0 || found.length > 0 ? [] : warnings),
  ]);
  for (const { pos, message } of wrong) found.push({ offset: pos[0], value: null, remedy: correct(message) });
  found.sort((a, b) => a.offset - b.offset);
  return document;
}

/** The parser's tokens, as long as they are within the limits: it keeps what it is in on a stack, and goes down into it only afterwards. */
function* tokensOf(text: string, limits: YamlLimits, lines: LineCounter, found: WrongNode[]): Generator<CST.Token> {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  const stop = (value: string, remedy: string): never => {
    found.push({ offset: parser.offset, value, remedy });
    throw new Stop();
  };
  let count = 0;
  let aliases = 0;
  let anchors = 0;
  let isText = false;
  for (const lexeme of new Lexer().lex(text)) {
    const type = isText ? 'scalar' : CST.tokenType(lexeme);
    const isMark: boolean = !isText && lexeme === CST.SCALAR;
    isText = isMark;
    if (!isMark) count += 1;
    if (count > limits.tokens)
      stop(
        `more than ${limits.tokens} tokens`,
        `give at most ${limits.tokens}${named(limits, 'tokens')}: divide the file`,
      );
    if (type === 'alias') aliases += 1;
    if (type === 'anchor') anchors += 1;
    if (aliases > limits.aliases || anchors > limits.aliases) stop(lexeme.slice(0, 100), aliasRemedy(limits.aliases));
    for (const token of parser.next(lexeme)) {
      yield token;
      if (found.length >= mostProblems) throw new Stop();
    }
    const depth = parser.stack.length <= limits.depth ? 0 : parser.stack.filter(CST.isCollection).length;
    if (depth > limits.depth)
      stop(
        `${depth} lists or maps within one another`,
        `nest at most ${limits.depth} lists or maps${named(limits, 'depth')}`,
      );
  }
  yield* parser.end();
}

function aliasRemedy(most: number): string {
  return most === 0
    ? 'write it out: anchors and aliases are not read'
    : `write it out: at most ${most} anchors and aliases are read`;
}

/** The parser makes a list of all errors, each with its stack: one for every second character of a text that is made for it. */
function stopWhenFull<T>(list: T[]): void {
  list.push = (...items) => {
    for (const item of items) list[list.length] = item;
    if (list.length >= mostProblems) throw new Stop();
    return list.length;
  };
}

/** The package counts the anchor, too. */
function plainOf(document: Document.Parsed, aliases: number): { plain: unknown } | ReferenceError {
  try {
    return { plain: document.toJS({ maxAliasCount: aliases + 1 }) };
  } catch (error) {
    if (error instanceof ReferenceError) return error;
    throw error;
  }
}

function placeAt(lines: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function correct(message: string): string {
  return `correct the YAML: ${message.split('\n')[0]?.slice(0, 300) ?? ''}`;
}

function named({ names }: YamlLimits, which: 'bytes' | 'depth' | 'tokens'): string {
  return names ? ` (${names[which]})` : '';
}
