/** Runs what a client asks for over its WebSocket: queries and mutations once, subscriptions through the hub. */
import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  type OperationDefinitionNode,
} from 'graphql';
import type { Caller, Context } from '../kit/context.ts';
import type { Hub, Unsubscribe } from '../live/hub.ts';
import { LosslessSource, PictureSource } from '../live/live-source.ts';
import type { Sink } from '../live/sink.ts';
import type { PreparedDocument } from './documents.ts';
import type { OperationGate } from './operation-gate.ts';
import { shareKey } from './share-key.ts';
import type { OperationRequest } from './ws-message.ts';

export interface OperationRunner {
  schema: GraphQLSchema;
  hub: Hub;
  gate: Pick<OperationGate, 'textOf' | 'admit'>;
  prepare(query: string): PreparedDocument;
  execute(args: ExecutionArgs): Promise<ExecutionResult> | ExecutionResult;
  makeContext(caller: Caller): Context;
  /** What a client may read of an error: refusals as they are, everything else masked, and logged once. */
  maskError(error: GraphQLError, caller: Caller): GraphQLError;
  /** What was changed may be the rights of anybody. */
  afterMutation(caller: Caller): void;
}

export interface RunRequest {
  request: OperationRequest;
  caller: Caller;
  sink: Sink;
}

export type Outcome =
  | { kind: 'result'; result: FormattedExecutionResult }
  | { kind: 'refused'; errors: readonly GraphQLError[] }
  | { kind: 'streaming'; stop: Unsubscribe };

export async function runOperation(runner: OperationRunner, asked: RunRequest): Promise<Outcome> {
  const { sink } = asked;
  const query = runner.gate.textOf(asked.request, asked.caller.rights);
  if (query === undefined) return { kind: 'refused', errors: [new GraphQLError('Say in query what is wanted')] };
  if (query instanceof GraphQLError) return { kind: 'refused', errors: [query] };
  const request = { ...asked.request, query };
  const prepared = runner.prepare(query);
  if ('errors' in prepared) return { kind: 'refused', errors: prepared.errors };
  const { document } = prepared;
  const operation = getOperationAST(document, request.operationName);
  if (!operation) return { kind: 'refused', errors: [new GraphQLError(operationProblem(request.operationName))] };

  const { variables } = request;
  const { address, principal } = asked.caller;
  if (principal === 'shared') throw new Error('A client has no shared principal');
  const cost = runner.gate.admit({ document, operation, variables, address, principal });
  if (cost instanceof GraphQLError) return { kind: 'refused', errors: [cost] };
  const caller: Caller = { ...asked.caller, cost };

  if (operation.operation === 'subscription') return subscribe(runner, { request, caller, sink }, document, operation);
  const result = await executeOnce(runner, document, request, caller);
  if (operation.operation === 'mutation') runner.afterMutation(caller);
  return { kind: 'result', result };
}

async function subscribe(
  runner: OperationRunner,
  { request, caller, sink }: RunRequest,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Promise<Outcome> {
  const { schema, hub } = runner;
  // The source is described, and access to it decided, for this very caller; only what follows is shared.
  const source = await createSourceEventStream({
    schema,
    document,
    variableValues: request.variables,
    operationName: request.operationName,
    contextValue: runner.makeContext(caller),
  });
  if (!(source instanceof LosslessSource || source instanceof PictureSource)) {
    if (!('errors' in source))
      throw new Error(`Subscription ${operation.name?.value ?? ''} gave something that the hub cannot deliver`);
    return { kind: 'refused', errors: (source.errors ?? []).map((error) => runner.maskError(error, caller)) };
  }

  const shared: Caller = {
    requestId: caller.requestId,
    address: caller.address,
    rights: caller.rights,
    principal: 'shared',
  };
  const run = (root: unknown) => executeOnce(runner, document, request, shared, root);
  try {
    const key = shareKey(request, document, operation, caller.rights.key);
    return { kind: 'streaming', stop: await hub.subscribe({ source, shareKey: key, execute: run, sink }) };
  } catch (error) {
    if (error instanceof GraphQLError) return { kind: 'refused', errors: [error] };
    throw error;
  }
}

async function executeOnce(
  runner: OperationRunner,
  document: DocumentNode,
  request: OperationRequest,
  caller: Caller,
  rootValue?: unknown,
): Promise<FormattedExecutionResult> {
  const { errors, ...rest } = await runner.execute({
    schema: runner.schema,
    document,
    variableValues: request.variables,
    operationName: request.operationName,
    contextValue: runner.makeContext(caller),
    rootValue,
  });
  if (!errors) return rest;
  return { errors: errors.map((error) => runner.maskError(error, caller).toJSON()), ...rest };
}

function operationProblem(name: string | undefined): string {
  return name === undefined
    ? 'The document has several operations: say which in operationName'
    : `The document has no operation "${name}"`;
}
