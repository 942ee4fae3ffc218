/**
 * The Pothos builder that every module adds to. Nothing is nullable unless said, nothing is open unless a rule opens it:
 * `server/graphql/schema.ts` refuses to build when a field has no rule.
 */
import SchemaBuilder from '@pothos/core';
import ErrorsPlugin from '@pothos/plugin-errors';
import RelayPlugin from '@pothos/plugin-relay';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import { DateTimeResolver, JSONResolver, UUIDResolver } from 'graphql-scalars';
import { forbidden, unauthenticated } from './access-error.ts';
import type { Context } from './context.ts';
import { decodeGlobalId, encodeGlobalId } from './global-id.ts';
import type { Role } from './rights.ts';
import { Sha256Scalar, StreamCursorScalar } from './scalars.ts';

export interface SchemaTypes {
  Context: Context;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: false;
  DefaultNodeNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    JSON: { Input: unknown; Output: unknown };
    UUID: { Input: string; Output: string };
    Sha256: { Input: string; Output: string | Buffer };
    StreamCursor: { Input: string; Output: string };
  };
  AuthScopes: {
    /** Answers anonymously. */
    public: boolean;
    /** Any person or machine that is signed in. */
    signedIn: boolean;
    /** Any person who is signed in. */
    person: boolean;
    /** One of the roles in at least one plant; services check the plant at hand again. */
    roles: readonly Role[];
    /** May create plants and people. */
    administrator: boolean;
  };
}

export const builder = new SchemaBuilder<SchemaTypes>({
  plugins: [ErrorsPlugin, ScopeAuthPlugin, RelayPlugin],
  defaultFieldNullability: false,
  scopeAuth: {
    // a subscription is refused when it begins; its events run in a context that knows rights only
    authorizeOnSubscribe: true,
    // read at each question: signing in changes the rights in the midst of an execution
    authScopes: (context) => ({
      public: true,
      signedIn: () => !context.rights.isAnonymous,
      person: () => context.rights.isPerson,
      roles: (roles) => context.rights.hasAny(roles),
      administrator: () => context.rights.isAdministrator,
    }),
    unauthorizedError: (_parent, context, info) =>
      context.rights.isAnonymous ? unauthenticated() : forbidden(`${info.parentType.name}.${info.fieldName}`),
  },
  errors: {
    directResult: true,
    defaultUnionOptions: {
      name: ({ fieldName }) => `${fieldName.charAt(0).toUpperCase()}${fieldName.slice(1)}Result`,
      description: 'What was done, or the refusal that says why not.',
    },
  },
  relay: {
    clientMutationId: 'omit',
    cursorType: 'String',
    brandLoadedObjects: true,
    encodeGlobalID: encodeGlobalId,
    decodeGlobalID: (globalId) => decodeGlobalId(globalId),
    // both say nothing that their connection's field has not opened
    pageInfoTypeOptions: { description: 'Where a page lies in its list.', authScopes: { public: true } },
    defaultConnectionTypeOptions: { description: 'A page of a list.', authScopes: { public: true } },
    defaultEdgeTypeOptions: { description: 'One place in a list.', authScopes: { public: true } },
    edgesFieldOptions: { nullable: false, description: 'The places on this page, in order.' },
    nodeFieldOptions: { nullable: false, description: 'What stands at this place.' },
    pageInfoFieldOptions: { description: 'Where this page lies in the list.' },
    hasNextPageFieldOptions: { description: 'Whether more follows this page.' },
    hasPreviousPageFieldOptions: { description: 'Whether more precedes this page.' },
    startCursorFieldOptions: { description: 'Cursor of the first place on this page.' },
    endCursorFieldOptions: { description: 'Cursor of the last place on this page.' },
    cursorFieldOptions: { description: 'Opaque; pass it back as `after` or `before`.' },
    nodeTypeOptions: { description: 'Anything that has a global id.' },
    nodeQueryOptions: {
      description: 'Whatever has this id, if the caller may see it.',
      authScopes: { signedIn: true },
    },
    nodesQueryOptions: {
      description: 'Whatever has these ids, in their order; null for what the caller may not see.',
      authScopes: { signedIn: true },
    },
  },
});

builder.addScalarType('DateTime', DateTimeResolver);
builder.addScalarType('JSON', JSONResolver);
builder.addScalarType('UUID', UUIDResolver);
builder.addScalarType('Sha256', Sha256Scalar);
builder.addScalarType('StreamCursor', StreamCursorScalar);
