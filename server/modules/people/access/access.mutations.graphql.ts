/** Signing in and out, and making people and tokens. */
import { ADMINISTRATORS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { TooManyAttemptsError, WrongCredentialsError } from './access.errors.ts';
import { PersonRef, RoleRef, TokenRef, TokenRoleRef, ViewerRef } from './access.ref.ts';
import type { TokenRow } from './access.table.ts';
import { createPerson } from './people.service.ts';
import { createFirstAdministrator, signIn, signOut } from './sessions.service.ts';
import { createToken, revokeToken } from './tokens.service.ts';

const SignInInput = builder.inputType('SignInInput', {
  description: 'Who wants in.',
  fields: (t) => ({
    email: t.string({ required: true, description: 'In any case.' }),
    password: t.string({ required: true, description: 'In clear: the connection must be encrypted.' }),
  }),
});

const CreateFirstAdministratorInput = builder.inputType('CreateFirstAdministratorInput', {
  description: 'The first person of a new installation.',
  fields: (t) => ({
    code: t.string({ required: true, description: 'From the one-time link that the server printed.' }),
    email: t.string({ required: true, description: 'To sign in with.' }),
    name: t.string({ required: true, description: '1 to 200 characters.' }),
    password: t.string({ required: true, description: '10 to 200 characters.' }),
  }),
});

export const MembershipInput = builder.inputType('MembershipInput', {
  description: 'Roles in one plant.',
  fields: (t) => ({
    plantId: t.id({ required: true, description: 'A plant of which the caller is administrator.' }),
    roles: t.field({ type: [RoleRef], required: true, description: 'What the person may do there.' }),
  }),
});

const CreatePersonInput = builder.inputType('CreatePersonInput', {
  description: 'A new person.',
  fields: (t) => ({
    email: t.string({ required: true, description: 'To sign in with; nobody else has it.' }),
    name: t.string({ required: true, description: '1 to 200 characters.' }),
    password: t.string({ required: true, description: '10 to 200 characters.' }),
    memberships: t.field({ type: [MembershipInput], required: true, description: 'What they may do where.' }),
  }),
});

const CreateTokenInput = builder.inputType('CreateTokenInput', {
  description: 'A new token.',
  fields: (t) => ({
    plantId: t.id({ required: true, description: 'The plant it is good for.' }),
    name: t.string({ required: true, description: 'What it is for, 1 to 200 characters.' }),
    role: t.field({ type: TokenRoleRef, required: true, description: 'What it may do.' }),
    edgeNodeId: t.id({ description: 'The node; needed for EDGE_NODE, and for it only.' }),
    expiresAt: t.field({ type: 'DateTime', description: 'When it ends by itself; never when left out.' }),
  }),
});

const CreatedTokenRef = builder.objectRef<{ secret: string; token: TokenRow }>('CreatedToken');
CreatedTokenRef.implement({
  description: 'A token just made. The secret is shown this once.',
  authScopes: { roles: ADMINISTRATORS },
  fields: (t) => ({
    secret: t.exposeString('secret', { description: 'Send it as `Authorization: Bearer …`.' }),
    token: t.field({ type: TokenRef, description: 'The token.', resolve: ({ token }) => token }),
  }),
});

const SignOutPayloadRef = builder.objectRef<{ signedOut: boolean }>('SignOutPayload');
SignOutPayloadRef.implement({
  description: 'What signing out did.',
  // the session ended a moment ago, and with it every right
  authScopes: { public: true },
  fields: (t) => ({
    signedOut: t.exposeBoolean('signedOut', { description: 'Whether there was a session to end.' }),
  }),
});

builder.mutationFields((t) => ({
  signIn: t.field({
    type: ViewerRef,
    authScopes: { public: true },
    description: 'Signs a person in: the answer sets the session cookie.',
    errors: { types: [WrongCredentialsError, TooManyAttemptsError] },
    args: { input: t.arg({ type: SignInInput, required: true, description: 'Who wants in.' }) },
    resolve: async (_root, { input }, context) => {
      await signIn(context, input);
      return { principal: context.viewer, rights: context.rights };
    },
  }),
  signOut: t.field({
    type: SignOutPayloadRef,
    authScopes: { person: true },
    description: 'Ends the session and everything that is connected with it.',
    resolve: async (_root, _args, context) => ({ signedOut: await signOut(context) }),
  }),
  createFirstAdministrator: t.field({
    type: ViewerRef,
    authScopes: { public: true },
    description: 'Makes the first person of a new installation and signs them in.',
    errors: { types: [WrongCredentialsError, InvalidInputError, ConflictError] },
    args: {
      input: t.arg({ type: CreateFirstAdministratorInput, required: true, description: 'The person and the code.' }),
    },
    resolve: async (_root, { input }, context) => {
      await createFirstAdministrator(context, input);
      return { principal: context.viewer, rights: context.rights };
    },
  }),
  createPerson: t.field({
    type: PersonRef,
    authScopes: { roles: ADMINISTRATORS },
    description: 'Makes a person with roles in plants of which the caller is administrator.',
    errors: { types: [InvalidInputError, ConflictError, NotFoundError] },
    args: { input: t.arg({ type: CreatePersonInput, required: true, description: 'The person.' }) },
    resolve: (_root, { input }, context) => createPerson(context, input),
  }),
  createToken: t.field({
    type: CreatedTokenRef,
    authScopes: { roles: ADMINISTRATORS },
    description: 'Makes a token for a machine. For administrators of the plant.',
    errors: { types: [InvalidInputError, ConflictError, NotFoundError] },
    args: { input: t.arg({ type: CreateTokenInput, required: true, description: 'The token.' }) },
    resolve: (_root, { input }, context) => createToken(context, input),
  }),
  revokeToken: t.field({
    type: TokenRef,
    authScopes: { roles: ADMINISTRATORS },
    description: 'Ends a token and everything that is connected with it, at once. For administrators of its plant.',
    errors: { types: [NotFoundError] },
    args: { tokenId: t.arg.id({ required: true, description: 'The token.' }) },
    resolve: (_root, { tokenId }, context) => revokeToken(context, tokenId),
  }),
}));
