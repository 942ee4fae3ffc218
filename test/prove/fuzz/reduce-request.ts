/** Makes a request that provokes a fault smaller, for as long as it still does. */
import { type DocumentNode, parse, print, visit } from 'graphql';
import type { FuzzRequest } from './random-requests.ts';

/** Each try costs a request. */
const mostTries = 150;

interface Sent {
  query: string;
  variables?: Record<string, unknown>;
}

/** `provokes` asks whether the request still has the same fault. What is no GraphQL document is left as it is. */
export async function reduceRequest(
  request: FuzzRequest,
  provokes: (request: FuzzRequest) => Promise<boolean>,
): Promise<FuzzRequest> {
  const sent = readSent(request);
  if (!sent) return request;
  let tries = 0;
  let best = sent;
  const keepIf = async (candidate: Sent): Promise<boolean> => {
    tries += 1;
    if (!(await provokes({ ...request, body: JSON.stringify(candidate) }))) return false;
    best = candidate;
    return true;
  };

  for (let at = 0; tries < mostTries; ) {
    const smaller = withoutSelection(best.query, at);
    if (smaller === undefined) break;
    if (!(await keepIf({ ...best, query: smaller }))) at += 1;
  }
  for (const path of pathsOf(best.variables ?? {})) {
    if (tries >= mostTries) break;
    const variables = structuredClone(best.variables ?? {});
    if (removePath(variables, path)) await keepIf({ ...best, variables });
  }
  return { ...request, body: JSON.stringify(best) };
}

function readSent({ body }: FuzzRequest): Sent | undefined {
  try {
    const sent = JSON.parse(String(body)) as Sent;
    parse(sent.query);
    return sent;
  } catch {
    return undefined;
  }
}

/** The document without its n-th selection; undefined when it has not so many. */
function withoutSelection(query: string, wanted: number): string | undefined {
  const document: DocumentNode = parse(query);
  let at = -1;
  let isRemoved = false;
  const smaller = visit(document, {
    SelectionSet(set) {
      if (isRemoved || set.selections.length < 2) return undefined;
      const first = at + 1;
      at += set.selections.length;
      if (wanted > at) return undefined;
      isRemoved = true;
      return { ...set, selections: set.selections.filter((_selection, index) => first + index !== wanted) };
    },
  });
  return isRemoved ? print(smaller) : undefined;
}

function pathsOf(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null || path.length > 4) return [];
  return Object.entries(value).flatMap(([key, inner]) => [[...path, key], ...pathsOf(inner, [...path, key])]);
}

function removePath(root: Record<string, unknown>, path: readonly string[]): boolean {
  let holder: unknown = root;
  for (const key of path.slice(0, -1)) holder = (holder as Record<string, unknown> | undefined)?.[key];
  const last = path.at(-1);
  if (typeof holder !== 'object' || holder === null || last === undefined || !(last in holder)) return false;
  if (Array.isArray(holder)) holder.splice(Number(last), 1);
  else delete (holder as Record<string, unknown>)[last];
  return true;
}
