/** Asks everything as one caller and says of each field whether it was allowed. */
import {
  createSourceEventStream,
  type ExecutionResult,
  execute,
  GraphQLObjectType,
  GraphQLSchema,
  getNamedType,
  isCompositeType,
  parse,
} from 'graphql';
import { schema } from '../../../server/graphql/schema.ts';
import type { TestClient } from '../../support/test-client.ts';
import { type AccessWorld, argumentsOf, neededBelow, objectTypes, subscriptionArguments } from './access-world.ts';
import { mutationCalls } from './mutation-calls.ts';

/** 'hidden': answered as if the thing did not exist. Anything else that is not allowed is an error in words. */
export type Verdict = 'allow' | 'deny' | 'hidden' | string;

/** Verdicts by `Type.field`. */
export async function askAll(world: AccessWorld, client: TestClient): Promise<Map<string, Verdict>> {
  const verdicts = new Map<string, Verdict>();
  for (const [name, verdict] of await probeTypes(world, client)) verdicts.set(name, verdict);
  for (const field of Object.values(schema.getQueryType()?.getFields() ?? {})) {
    const text = `{ root: ${field.name}${argumentsOf(field.name, world.plant)} ${typenameOf(field.type)} }`;
    verdicts.set(`Query.${field.name}`, verdictOf(await client.ask(text), 'root'));
  }
  for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) {
    const text = `subscription { root: ${field.name}${subscriptionArguments(field.name, world.plant)} { __typename } }`;
    const contextValue = await world.contextOf(client);
    const source = await createSourceEventStream({ schema, document: parse(text), contextValue });
    const verdict = 'errors' in source ? verdictOf(source as ExecutionResult, 'root') : 'allow';
    verdicts.set(`Subscription.${field.name}`, verdict);
  }
  for (const [name, values] of Object.entries(mutationCalls(world))) {
    verdicts.set(`Mutation.${name}`, await tryMutation(client, name, values()));
  }
  return verdicts;
}

/** Each field of each type, resolved from a real object of it by its real resolver, reached without a way there. */
async function probeTypes(world: AccessWorld, client: TestClient): Promise<Map<string, Verdict>> {
  const types = objectTypes();
  const fields = types.flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })));
  const asked = fields.map(
    ({ type, field }, index) =>
      `f${index}: ${type.name} { ${field.name}${neededBelow[field.name] ?? ''} ${typenameOf(field.type)} }`,
  );
  const document = parse(`{ ${asked.join('\n')} }`);
  const answer = await execute({ schema: probeSchema(world), document, contextValue: await world.contextOf(client) });
  return new Map(
    fields.map(({ type, field }, index) => [`${type.name}.${field.name}`, verdictOf(answer, `f${index}`)]),
  );
}

/** The global id of the sample of every type that has one. */
export async function globalIds(world: AccessWorld): Promise<string[]> {
  const types = objectTypes().filter((type) => type.getInterfaces().some(({ name }) => name === 'Node'));
  const document = parse(`{ ${types.map(({ name }) => `${name} { id }`).join(' ')} }`);
  const contextValue = await world.contextOf(world.callers.administrator);
  const { data } = await execute({ schema: probeSchema(world), document, contextValue });
  return types.flatMap(({ name }) => {
    const found = data?.[name];
    return isObject(found) && typeof found.id === 'string' ? [found.id] : [];
  });
}

function probeSchema(world: AccessWorld): GraphQLSchema {
  const fields = objectTypes().map(
    (type) => [type.name, { type, resolve: () => world.samples.get(type.name) }] as const,
  );
  return new GraphQLSchema({ query: new GraphQLObjectType({ name: 'Probe', fields: Object.fromEntries(fields) }) });
}

async function tryMutation(client: TestClient, name: string, values: Record<string, unknown>): Promise<Verdict> {
  const field = schema.getMutationType()?.getFields()[name];
  if (!field) return 'there is no such mutation';
  const [first, ...rest] = field.args;
  const variables = first?.name === 'input' && rest.length === 0 && !('input' in values) ? { input: values } : values;
  const declared = field.args.map((argument) => `$${argument.name}: ${argument.type}`).join(', ');
  const given = field.args.map((argument) => `${argument.name}: $${argument.name}`).join(', ');
  const [heads, calls] = [declared && `(${declared})`, given && `(${given})`];
  const text = `mutation ${heads} { root: ${name}${calls} ${typenameOf(field.type)} }`;
  return verdictOf(await client.ask(text, variables), 'root');
}

function typenameOf(type: Parameters<typeof getNamedType>[0]): string {
  return isCompositeType(getNamedType(type)) ? '{ __typename }' : '';
}

interface Answered {
  data?: Record<string, unknown> | null;
  errors?: readonly {
    message: string;
    path?: readonly (string | number)[] | undefined;
    extensions?: Record<string, unknown>;
  }[];
}

function verdictOf(answer: unknown, alias: string): Verdict {
  const { data, errors } = answer as Answered;
  const error = errors?.find(({ path }) => path === undefined || path[0] === alias);
  const code = error?.extensions?.code;
  if (code === 'UNAUTHENTICATED' || code === 'FORBIDDEN') return 'deny';
  if (code === 'NOT_FOUND') return 'hidden';
  if (error) return `broken: ${error.message}`;
  const value = data?.[alias];
  return isObject(value) && value.__typename === 'NotFoundError' ? 'hidden' : 'allow';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
