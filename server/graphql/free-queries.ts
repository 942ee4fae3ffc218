/** Who may send documents of their own, and what everybody may say all the same: the way in, and whether the server answers. */
import { type DocumentNode, GraphQLError, Kind, type SelectionSetNode } from 'graphql';
import type { Config } from '../config.ts';
import type { Rights } from '../kit/rights.ts';
import { parseBounded } from './parse-bounded.ts';

export function maySendOwnDocuments(rights: Rights, freeQueries: Config['freeQueries']): boolean {
  if (rights.isAnonymous) return freeQueries.includes('anonymous');
  return rights.hasAny(freeQueries.filter((name) => name !== 'anonymous'));
}

const everybodys = new Set(['__typename']);
/** Fields that answer anonymously; a session begins with them. */
const waysIn = new Set([
  ...everybodys,
  'viewer',
  'rateLimit',
  'signIn',
  'createFirstAdministrator',
  'resetPassword',
  'enrolEdgeNode',
]);
/** `signIn { memberships { plant { code } } }`, and not much further from there. */
const mostLevels = 5;
const mostCharacters = 2000;
const mostTokens = 300;

/** `{ syntaxError }`: the text is no document; only its error may be answered. */
export type Openness = 'open' | 'closed' | { syntaxError: GraphQLError };

/** Open is only what was parsed to its end and says nothing else than anybody may. */
export function opennessOf(text: string, isAnonymous: boolean): Openness {
  if (text.length > mostCharacters) return 'closed';
  const document = parsed(text);
  if (document === 'tooLong') return 'closed';
  if (document instanceof GraphQLError) return { syntaxError: document };
  const allowed = isAnonymous ? waysIn : everybodys;
  const isOpen = document.definitions.every(
    (definition) =>
      definition.kind === Kind.OPERATION_DEFINITION &&
      definition.selectionSet.selections.every(
        (selection) => selection.kind === Kind.FIELD && allowed.has(selection.name.value),
      ) &&
      levelsOf(definition.selectionSet) <= mostLevels,
  );
  return isOpen ? 'open' : 'closed';
}

function parsed(text: string): DocumentNode | 'tooLong' | GraphQLError {
  try {
    return parseBounded(text, mostTokens);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return error.extensions.code === 'QUERY_TOO_LARGE' ? 'tooLong' : error;
  }
}

function levelsOf(set: SelectionSetNode): number {
  let levels = 0;
  for (const selection of set.selections) {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return Number.POSITIVE_INFINITY;
    const below = selection.selectionSet ? levelsOf(selection.selectionSet) : 0;
    levels = Math.max(levels, selection.kind === Kind.FIELD ? below + 1 : below);
  }
  return levels;
}
