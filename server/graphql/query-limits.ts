/** Bounds of one operation, as a validation rule: how deep it nests, how many fields, aliases and directives it has, fragments spread out. */
import {
  type ASTVisitor,
  type FragmentDefinitionNode,
  type GraphQLError,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';
import { limitExceeded } from '../kit/limit-error.ts';

export interface QueryLimits {
  queryDepth: number;
  queryFields: number;
  queryAliases: number;
  querySameField: number;
  queryDirectives: number;
}

interface Size {
  depth: number;
  fields: number;
  aliases: number;
  directives: number;
  /** How often one field of one object is asked for at most, anywhere below. */
  same: number;
  /** Answer names of each field of this level, because fragments on the same object add up. */
  names: ReadonlyMap<string, ReadonlySet<string>>;
}

type Measure = 'depth' | 'fields' | 'aliases' | 'directives' | 'same';
type Rule = readonly [Measure, keyof QueryLimits, `LEHR_LIMIT_${string}`, (n: number) => string, string];

const nothing: Size = { depth: 0, fields: 0, aliases: 0, directives: 0, same: 0, names: new Map() };

const rules: readonly Rule[] = [
  ['depth', 'queryDepth', 'LEHR_LIMIT_QUERY_DEPTH', (n) => `nests ${n} levels`, 'Ask in several operations.'],
  ['fields', 'queryFields', 'LEHR_LIMIT_QUERY_FIELDS', (n) => `selects ${n} fields`, 'Ask in several operations.'],
  ['aliases', 'queryAliases', 'LEHR_LIMIT_QUERY_ALIASES', (n) => `has ${n} aliases`, 'Ask in several operations.'],
  [
    'same',
    'querySameField',
    'LEHR_LIMIT_QUERY_SAME_FIELD',
    (n) => `asks ${n} times for one field of one object`,
    'Use a list or `nodes(ids:)`.',
  ],
  ['directives', 'queryDirectives', 'LEHR_LIMIT_QUERY_DIRECTIVES', (n) => `has ${n} directives`, 'Leave some out.'],
];

/** What introspection selects below `__schema` and `__type` is bounded by tokens and cost, and does not count here. */
export function queryLimitRule(limits: QueryLimits): ValidationRule {
  return function QueryLimitsRule(context: ValidationContext): ASTVisitor {
    const fragments = new Map<string, Size>();
    return {
      OperationDefinition(operation) {
        const inner = measureSet(operation.selectionSet);
        const size = { ...inner, directives: inner.directives + (operation.directives?.length ?? 0) };
        const name = operation.name?.value ?? 'The operation';
        for (const [measure, key, limit, words, remedy] of rules) {
          const [value, most] = [size[measure], limits[key]];
          if (value > most) context.reportError(tooMuch(`${name} ${words(value)}; ${most} are allowed`));

          function tooMuch(message: string): GraphQLError {
            return limitExceeded({ code: 'QUERY_TOO_LARGE', limit, message, value, most, remedy });
          }
        }
      },
    };

    function measureSet(set: SelectionSetNode): Size {
      let { depth, fields, aliases, directives, same } = nothing;
      const names = new Map<string, Set<string>>();
      for (const selection of set.selections) {
        const part = measureSelection(selection);
        depth = Math.max(depth, part.depth);
        same = Math.max(same, part.same);
        fields += part.fields;
        aliases += part.aliases;
        directives += part.directives + (selection.directives?.length ?? 0);
        for (const [field, answers] of part.names) {
          names.set(field, new Set([...(names.get(field) ?? []), ...answers]));
        }
      }
      for (const answers of names.values()) same = Math.max(same, answers.size);
      return { depth, fields, aliases, directives, same, names };
    }

    function measureSelection(selection: SelectionNode): Size {
      if (selection.kind === Kind.INLINE_FRAGMENT) return measureSet(selection.selectionSet);
      if (selection.kind === Kind.FRAGMENT_SPREAD) return measureFragment(context.getFragment(selection.name.value));

      const { name, alias, selectionSet } = selection;
      const isMeta = name.value.startsWith('__');
      const inner = selectionSet && !isMeta ? measureSet(selectionSet) : nothing;
      return {
        ...inner,
        depth: isMeta ? 0 : inner.depth + 1,
        // __typename costs nothing to answer, but documents made of it alone must not be endless either
        fields: inner.fields + 1,
        aliases: inner.aliases + (alias && alias.value !== name.value ? 1 : 0),
        names: new Map([[name.value, new Set([alias?.value ?? name.value])]]),
      };
    }

    /** Each fragment is measured once; a cycle, which another rule reports, counts as nothing. */
    function measureFragment(fragment: FragmentDefinitionNode | null | undefined): Size {
      if (!fragment) return nothing;
      const name = fragment.name.value;
      const known = fragments.get(name);
      if (known) return known;
      fragments.set(name, nothing);
      const size = measureSet(fragment.selectionSet);
      fragments.set(name, size);
      return size;
    }
  };
}
