/** What no answer may hold, whatever was asked. */

/** Signs of the server's inside; the fuzzer itself never sends such text. */
const inside: readonly [string, RegExp][] = [
  ['stack', /\n\s+at |\bat async |\.ts:\d+|\.js:\d+:\d+/],
  ['path', /node_modules|file:\/\/\/|\/(home|tmp|work|usr|root)\/|server\/(modules|graphql|kit|database|http)\//],
  ['sql', /\bSELECT\b.{1,200}\bFROM\b|\bINSERT INTO\b|\bUPDATE\b.{1,100}\bSET\b|\$\d+::/s],
  [
    'database',
    /violates|duplicate key|invalid input syntax|invalid byte sequence|does not exist"|relation "|column "|out of range for type|statement timeout/i,
  ],
  [
    'error',
    /\b(Type|Range|Reference|Assertion|Database|Aggregate|Pothos\w*|NoResult|Eval)Error\b|Maximum call stack|Cannot read prop/,
  ],
  ['system', /\bE(CONN\w+|NOENT|ACCES|PIPE|MFILE|NOMEM)\b/],
];

export interface Fault {
  kind: string;
  /** Enough to tell one fault from another. */
  signature: string;
}

/** The first thing wrong with an HTTP answer, if anything is. */
export function checkAnswer(status: number, text: string): Fault | undefined {
  if (status >= 500) return { kind: 'status', signature: `${status} ${text.slice(0, 120)}` };
  return checkText(text);
}

/** The same for what came over a WebSocket. */
export function checkText(text: string): Fault | undefined {
  const masked = /Unexpected error/.exec(text);
  if (masked) {
    const [, path = ''] = /"path":\[([^\]]*)\]/.exec(text) ?? [];
    return { kind: 'internal', signature: path.replaceAll(/\d+/g, 'n') };
  }
  for (const [kind, pattern] of inside) {
    const found = pattern.exec(text);
    if (found)
      return { kind: `unmasked ${kind}`, signature: text.slice(Math.max(0, found.index - 60), found.index + 80) };
  }
  return undefined;
}
