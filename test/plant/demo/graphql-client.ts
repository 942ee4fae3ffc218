/** A small GraphQL over HTTP client for the demo's set-up: cookies of one person, errors as exceptions, refusals as data. */

interface Answer {
  data?: Record<string, unknown>;
  errors?: { message: string; path?: unknown[] }[];
}

export class DemoClient {
  readonly url: string;
  #cookie = '';

  constructor(url: string) {
    this.url = url;
  }

  /** Headers that carry the person's session and pass the server's origin check. */
  headers(): Record<string, string> {
    return { origin: this.url, ...(this.#cookie ? { cookie: this.#cookie } : {}) };
  }

  /** Runs one operation; throws with the first message when the answer has errors. */
  async run<T>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...this.headers() },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(30_000),
    });
    const answer = (await response.json()) as Answer;
    const first = answer.errors?.[0];
    if (first) throw new Error(`${first.message} (${JSON.stringify(first.path ?? [])})`);
    for (const cookie of response.headers.getSetCookie()) this.#cookie = cookie.split(';')[0] ?? '';
    return answer.data as T;
  }

  /** Runs a mutation with one field whose result is a union: gives the wanted type or throws the refusal's message. */
  async act<T>(
    field: string,
    type: string,
    selection: string,
    argumentsText: string,
    variables: Variables,
  ): Promise<T> {
    const declared = Object.entries(variables).map(([name, { type: t }]) => `$${name}: ${t}`);
    const head = declared.length > 0 ? `(${declared.join(', ')})` : '';
    const query = `mutation ${head} { result: ${field}${argumentsText} { __typename ... on ${type} { ${selection} } ... on Error { message } } }`;
    const values = Object.fromEntries(Object.entries(variables).map(([name, { value }]) => [name, value]));
    const { result } = await this.run<{ result: { __typename: string; message?: string } }>(query, values);
    if (result.__typename !== type) throw new Error(`${field}: ${result.__typename}: ${result.message ?? 'refused'}`);
    return result as T;
  }
}

/** Variables of one mutation with their GraphQL types. */
export type Variables = Record<string, { type: string; value: unknown }>;

/** The usual shape: one variable `input` of the type `<Field>Input`. */
export function input(field: string, value: unknown): [argumentsText: string, variables: Variables] {
  const type = `${field[0]?.toUpperCase()}${field.slice(1)}Input!`;
  return ['(input: $input)', { input: { type, value } }];
}
