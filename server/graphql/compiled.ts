/**
 * Operations compiled to functions by graphql-jit: what the server hears again and again costs neither coercion by
 * interpretation nor a walk through its document. Whatever the compiled form refuses is answered by graphql-js, whose
 * errors name the variable and the place inside it (`input[37].score`).
 */
import { type DocumentNode, type ExecutionArgs, type ExecutionResult, execute, type GraphQLSchema } from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';

type Execute = (args: ExecutionArgs) => Promise<ExecutionResult> | ExecutionResult;

export interface CompiledOperations {
  /** Compiles the operation when it is executed for the first time; of a document that is gone nothing is kept. */
  readonly execute: Execute;
}

/** `isCompiled` says which documents are worth it: those that are executed again and again. */
export function compileOperations(
  schema: GraphQLSchema,
  isCompiled: (document: DocumentNode) => boolean,
): CompiledOperations {
  const known = new WeakMap<DocumentNode, Map<string, CompiledQuery | null>>();

  const compiledFor = (document: DocumentNode, operationName: string | null | undefined): CompiledQuery | null => {
    if (!isCompiled(document)) return null;
    const ofDocument = known.get(document) ?? new Map<string, CompiledQuery | null>();
    known.set(document, ofDocument);
    const name = operationName ?? '';
    const found = ofDocument.get(name);
    if (found !== undefined) return found;
    const compiled = compile(schema, document, operationName);
    // names that the document does not have must not fill the memory
    if (compiled) ofDocument.set(name, compiled);
    return compiled;
  };

  return {
    execute(args) {
      const compiled = compiledFor(args.document, args.operationName);
      if (!compiled) return execute(args);
      const result = compiled.query(args.rootValue, args.contextValue, args.variableValues);
      return isPromise(result) ? result.then((settled) => settle(settled, args)) : settle(result, args);
    },
  };
}

/** Without `data` nothing was executed, for a variable was refused: graphql-js says which, and where in it. */
function settle(result: ExecutionResult, args: ExecutionArgs): ReturnType<Execute> {
  return 'data' in result ? result : execute(args);
}

/** null when graphql-js has to do it: it reports what is wrong with the operation. */
function compile(schema: GraphQLSchema, document: DocumentNode, operationName: string | null | undefined) {
  const compiled = compileQuery(schema, document, operationName ?? undefined);
  return isCompiledQuery(compiled) ? compiled : null;
}

function isPromise<T>(value: T | PromiseLike<T>): value is Promise<T> {
  return typeof value === 'object' && value !== null && 'then' in value;
}
