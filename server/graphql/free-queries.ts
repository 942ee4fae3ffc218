/** Who may send documents of their own, and what everybody may say all the same: the way in, and whether the server answers. */
import { type DocumentNode, Kind, parse, type SelectionSetNode } from 'graphql';
import type { Config } from '../config.ts';
import type { Rights } from '../kit/rights.ts';

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

/** Whether the text says nothing else than anybody may. Text that cannot be parsed may pass: it is refused for that. */
export function isOpenToEverybody(text: string, isAnonymous: boolean): boolean {
  if (text.length > mostCharacters) return false;
  let document: DocumentNode;
  try {
    document = parse(text, { maxTokens: mostTokens });
  } catch {
    return true;
  }
  const allowed = isAnonymous ? waysIn : everybodys;
  return document.definitions.every(
    (definition) =>
      definition.kind === Kind.OPERATION_DEFINITION &&
      definition.selectionSet.selections.every(
        (selection) => selection.kind === Kind.FIELD && allowed.has(selection.name.value),
      ) &&
      levelsOf(definition.selectionSet) <= mostLevels,
  );
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
