/** Which live operations give the same bytes, and so are executed once. */
import { createHash } from 'node:crypto';
import { type DocumentNode, Kind, type OperationDefinitionNode, visit } from 'graphql';
import type { OperationRequest } from './ws-message.ts';

/**
 * Equal for equal documents, variables and rights. The variable behind `after` of the root field is left out when it stands nowhere else:
 * it says where a reader begins, not what the reader sees.
 */
export function shareKey(
  request: OperationRequest,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  rightsKey: string,
): string {
  const start = startVariable(document, operation);
  const variables: [string, unknown][] = [];
  for (const { variable } of operation.variableDefinitions ?? []) {
    const name = variable.name.value;
    if (name !== start && Object.hasOwn(request.variables, name)) variables.push([name, request.variables[name]]);
  }
  variables.sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify([request.query, operation.name?.value ?? null, canonical(variables), rightsKey]);
  return createHash('sha256').update(text).digest('base64url');
}

function startVariable(document: DocumentNode, operation: OperationDefinitionNode): string | undefined {
  const [root, ...others] = operation.selectionSet.selections;
  if (root?.kind !== Kind.FIELD || others.length > 0) return undefined;
  const value = root.arguments?.find(({ name }) => name.value === 'after')?.value;
  if (value?.kind !== Kind.VARIABLE) return undefined;
  const name = value.name.value;
  let uses = 0;
  visit(document, {
    // Definitions name it without using it; a use in any fragment or directive counts.
    VariableDefinition: () => false,
    Variable: (node) => {
      if (node.name.value === name) uses++;
    },
  });
  return uses === 1 ? name : undefined;
}

/** With object keys in order, at every depth. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]) => [key, canonical(each)]);
}
