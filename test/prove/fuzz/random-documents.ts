/** GraphQL documents out of the schema: right ones, and ones that are wrong in the ways that documents can be. */
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  isRequiredArgument,
  isUnionType,
  Lexer,
  Source,
} from 'graphql';
import type { SeededRandom } from '../../support/seeded-random.ts';
import { makeValues, type ValuePool } from './random-values.ts';

export interface RandomDocument {
  query: string;
  variables: Record<string, unknown>;
}

type Field = GraphQLField<unknown, unknown>;
export type OperationKind = 'query' | 'mutation' | 'subscription';

/** It would sign its caller out, and the rest would be asked by nobody. */
const left: ReadonlySet<string> = new Set(['signOut']);
/** What ends callers or takes their plant away is done to things that are there for it. */
const destructive = /^(retire|revoke|disable|end|set|reset|update|import|rotate|createPasswordReset)/;

/** Rarely given: most of their values make no sense together. */
const paging: ReadonlySet<string> = new Set(['after', 'before', 'first', 'last']);

export function makeDocuments(
  schema: GraphQLSchema,
  random: SeededRandom,
  pools: { main: ValuePool; spare: ValuePool },
) {
  const variables: Record<string, unknown> = {};
  const declared: string[] = [];
  /** Each its own: fields of the same name in several members of a union may differ in type. */
  let aliases = 0;
  let values = makeValues(random, pools.main);
  const { chance } = values;

  const argumentsOf = (args: readonly GraphQLArgument[], wrongness: number): string => {
    const given = args.filter((arg) =>
      isRequiredArgument(arg) ? !chance(wrongness) : chance(paging.has(arg.name) ? 0.08 : 0.4),
    );
    if (given.length === 0) return '';
    const texts = given.map((arg) => {
      const name = `v${declared.length}`;
      variables[name] = values.value(arg.type, arg.name, wrongness);
      declared.push(`$${name}: ${chance(wrongness) ? 'String' : arg.type}`);
      return `${arg.name}: $${name}`;
    });
    return `(${texts.join(', ')})`;
  };

  const selectionOf = (type: GraphQLOutputType, depth: number, width: number, wrongness: number): string => {
    const named = getNamedType(type);
    if (isUnionType(named)) {
      const spreads = named
        .getTypes()
        .map((member) => `... on ${member.name} ${fieldsOf(member, depth, width, wrongness)}`);
      return `{ __typename ${spreads.join(' ')} }`;
    }
    if (isInterfaceType(named)) {
      const members = schema.getPossibleTypes(named);
      const member = random.pick(members);
      return `{ __typename ... on ${member.name} ${fieldsOf(member, depth, width, wrongness)} }`;
    }
    return isObjectType(named) ? fieldsOf(named, depth, width, wrongness) : '';
  };

  const fieldsOf = (
    type: GraphQLObjectType | GraphQLInterfaceType,
    depth: number,
    width: number,
    wrongness: number,
  ): string => {
    const all = Object.values(type.getFields()).filter((field) => depth > 0 || !isComposite(field));
    const count = Math.min(all.length, 1 + random.integer(width));
    const picked = Array.from({ length: count }, () => random.pick(all));
    const texts = picked.map((field) => fieldText(field, `a${aliases++}`, depth - 1, width, wrongness));
    return `{ ${[...(all.length === 0 ? ['__typename'] : texts)].join(' ')} }`;
  };

  const fieldText = (field: Field, alias: string, depth: number, width: number, wrongness: number): string => {
    const name = chance(wrongness / 2) ? random.pick([`${field.name}X`, 'id', '__schema', '__nothing']) : field.name;
    return `${alias}: ${name}${argumentsOf(field.args, wrongness)} ${selectionOf(field.type, depth, width, wrongness)}`;
  };

  const rootOf = (kind: OperationKind) =>
    kind === 'query'
      ? schema.getQueryType()
      : kind === 'mutation'
        ? schema.getMutationType()
        : schema.getSubscriptionType();

  /** An operation on one to three fields of the root. */
  const operation = (kind: OperationKind, wrongness = 0): RandomDocument => {
    const all = Object.values(rootOf(kind)?.getFields() ?? {}).filter((field) => !left.has(field.name));
    const count = kind === 'query' ? 1 + random.integer(3) : 1;
    const texts = Array.from({ length: count }, (_, index) => {
      const field = random.pick(all) as Field;
      values = makeValues(random, destructive.test(field.name) ? pools.spare : pools.main);
      return fieldText(field, `r${index}`, 1 + random.integer(4), 1 + random.integer(5), wrongness);
    });
    const heads = declared.length > 0 ? `(${declared.join(', ')})` : '';
    return { query: `${kind} Fuzz${heads} { ${texts.join(' ')} }`, variables };
  };

  return { operation, nearlyValid, deep, wide, fragments, directives, chance, values };

  /** One token of a right document lost, doubled, or another. */
  function nearlyValid(kind: OperationKind): RandomDocument {
    const right = operation(kind, 0.02);
    const tokens = tokensOf(right.query);
    const at = random.integer(tokens.length);
    const others = [
      '{',
      '}',
      '(',
      ')',
      '$',
      '!',
      '...',
      'on',
      '@',
      ':',
      '"',
      '"""',
      '\\',
      '&',
      '|',
      '1e',
      '-',
      '#',
      '\u0000',
      '\ufeff',
    ];
    const turns = [
      () => tokens.splice(at, 1),
      () => tokens.splice(at, 0, tokens[at] ?? ''),
      () => tokens.splice(at, 1, random.pick(others)),
      () => tokens.splice(at, 1, random.pick(tokens)),
      () => tokens.splice(at),
    ];
    random.pick(turns)();
    return { query: tokens.join(' '), variables: right.variables };
  }

  function deep(): RandomDocument {
    const levels = 1 + random.integer(chance(0.2) ? 3000 : 60);
    const [open, close] = random.pick([
      ['plant { lines { ', '} } '],
      ['plants { edges { node { ', '} } } '],
      ['... { ', '} '],
      ['... on Query { ', '} '],
      ['__schema { types { ', '} } '],
    ] as const);
    return { query: `{ ${open.repeat(levels)} __typename ${close.repeat(levels)} }`, variables: {} };
  }

  function wide(): RandomDocument {
    const count = 1 + random.integer(chance(0.2) ? 5000 : 300);
    const field = random.pick([
      '__typename',
      'viewer { isAdministrator }',
      'plants { edges { node { id } } }',
      'rateLimit { cost }',
    ]);
    const isAliased = chance(0.6);
    const fields = Array.from({ length: count }, (_, index) => (isAliased ? `a${index}: ${field}` : field));
    return { query: `{ ${fields.join(' ')} }`, variables: {} };
  }

  function fragments(): RandomDocument {
    const count = 1 + random.integer(30);
    const isCyclic = chance(0.4);
    const texts = Array.from({ length: count }, (_, index) => {
      const next = index + 1 < count ? index + 1 : isCyclic ? random.integer(count) : undefined;
      // Each twice: measured naively that doubles at every step.
      const spreads = next === undefined ? '__typename' : `...F${next} ...F${next}`;
      return `fragment F${index} on ${chance(0.05) ? 'Line' : 'Query'} { ${spreads} }`;
    });
    const used = chance(0.9) ? '...F0' : '...Missing';
    return { query: `{ ${used} } ${texts.join(' ')}`, variables: {} };
  }

  function directives(): RandomDocument {
    const names = [
      '@skip(if: true)',
      '@include(if: false)',
      '@include(if: $v)',
      '@skip',
      '@defer',
      '@stream',
      '@nothing',
      '@deprecated',
    ];
    const count = 1 + random.integer(chance(0.1) ? 1500 : 20);
    const all = Array.from({ length: count }, () => random.pick(names)).join(' ');
    const place = random.integer(3);
    const query =
      place === 0
        ? `query ($v: Boolean = true) ${all} { __typename }`
        : `query ($v: Boolean) { __typename ${all} viewer ${all} { isAdministrator } }`;
    return { query, variables: chance(0.5) ? { v: random.pick<unknown>([true, null, 'x']) } : {} };
  }
}

function isComposite(field: Field): boolean {
  const type = getNamedType(field.type);
  return isObjectType(type) || isInterfaceType(type) || isUnionType(type);
}

function tokensOf(query: string): string[] {
  const lexer = new Lexer(new Source(query));
  const tokens: string[] = [];
  for (let token = lexer.advance(); token.kind !== '<EOF>'; token = lexer.advance())
    tokens.push(query.slice(token.start, token.end));
  return tokens;
}
