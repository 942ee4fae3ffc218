/**
 * Operations compiled to functions by graphql-jit: what the server hears again and again costs neither coercion by
 * interpretation nor a walk through its document. Whatever the compiled form refuses is answered by graphql-js, whose
 * errors name the variable and the place inside it (`input[37].score`).
 */
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type GraphQLSchema,
  Kind,
} from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';

type Execute = (args: ExecutionArgs) => Promise<ExecutionResult> | ExecutionResult;

export interface CompiledOperations {
  /** As graphql-js does. Compiles when an operation is first executed; of a document that is gone nothing is kept. */
  readonly execute: Execute;
  /** Compiles it now instead of then. */
  prepare(document: DocumentNode): void;
}

/**
 * `isWorthIt` says which documents are executed again and again: it is asked once for each. Compiled are the stored
 * operations and whatever a stream executes for every event; `test/contract/compiled-operations.test.ts` runs each by
 * graphql-js, too.
 */
export function compileOperations(
  schema: GraphQLSchema,
  isWorthIt: (document: DocumentNode) => boolean,
): CompiledOperations {
  const known = new WeakMap<DocumentNode, Map<string, CompiledQuery> | null>();

  const ofDocument = (document: DocumentNode): Map<string, CompiledQuery> | null => {
    const found = known.get(document);
    if (found !== undefined) return found;
    const made = isWorthIt(document) ? new Map<string, CompiledQuery>() : null;
    known.set(document, made);
    return made;
  };
  const compiledFor = ({
    document,
    operationName,
  }: Pick<ExecutionArgs, 'document' | 'operationName'>): CompiledQuery | null => {
    const operations = ofDocument(document);
    if (!operations) return null;
    const name = operationName ?? '';
    const found = operations.get(name);
    if (found) return found;
    const compiled = compile(schema, document, operationName);
    // names that the document does not have must not fill the memory
    if (compiled) operations.set(name, compiled);
    return compiled;
  };

  return {
    prepare(document) {
      const operations = document.definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION);
      for (const { name } of operations) {
        const compiled = compiledFor({ document, operationName: name?.value });
        // a lone operation need not be named by who sends it
        if (compiled && operations.length === 1) ofDocument(document)?.set('', compiled);
      }
    },
    execute(args) {
      const compiled = compiledFor(args);
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
