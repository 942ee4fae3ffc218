/** Bounds of one operation, as a validation rule: how deep it nests and how many fields it selects, fragments spread out. */
import {
  type ASTVisitor,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';

export interface QueryLimits {
  queryDepth: number;
  queryFields: number;
}

interface Size {
  depth: number;
  fields: number;
}

const nothing: Size = { depth: 0, fields: 0 };

/** Introspection is bounded by the number of tokens and open to signed-in callers only, so it does not count. */
export function queryLimitRule(limits: QueryLimits): ValidationRule {
  return function QueryLimits(context: ValidationContext): ASTVisitor {
    const fragments = new Map<string, Size>();
    return {
      OperationDefinition(operation) {
        const { depth, fields } = measure(operation.selectionSet);
        const name = operation.name?.value ?? 'The operation';
        if (depth > limits.queryDepth) {
          context.reportError(tooMuch(`${name} nests ${depth} levels; ${limits.queryDepth} are allowed.`));
        }
        if (fields > limits.queryFields) {
          context.reportError(tooMuch(`${name} selects ${fields} fields; ${limits.queryFields} are allowed.`));
        }
      },
    };

    function measure(set: SelectionSetNode): Size {
      let { depth, fields } = nothing;
      for (const selection of set.selections) {
        let part: Size;
        if (selection.kind === Kind.FIELD) {
          if (selection.name.value.startsWith('__')) continue;
          const inner = selection.selectionSet ? measure(selection.selectionSet) : nothing;
          part = { depth: inner.depth + 1, fields: inner.fields + 1 };
        } else if (selection.kind === Kind.INLINE_FRAGMENT) {
          part = measure(selection.selectionSet);
        } else {
          part = measureFragment(context.getFragment(selection.name.value));
        }
        depth = Math.max(depth, part.depth);
        fields += part.fields;
      }
      return { depth, fields };
    }

    /** Each fragment is measured once; a cycle, which another rule reports, counts as nothing. */
    function measureFragment(fragment: FragmentDefinitionNode | null | undefined): Size {
      if (!fragment) return nothing;
      const name = fragment.name.value;
      const known = fragments.get(name);
      if (known) return known;
      fragments.set(name, nothing);
      const size = measure(fragment.selectionSet);
      fragments.set(name, size);
      return size;
    }
  };
}

function tooMuch(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'QUERY_TOO_LARGE' } });
}
