/** People, tokens and who asks: names and shapes only. */
import { ADMINISTRATORS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { ErrorRef } from '../../../kit/error.ref.ts';
import { EdgeNodeRef, PlantRef } from '../../plant/parts/plants.ref.ts';
import { loadOptionalPart, loadPart, ownEdgeNode } from '../../plant/parts/plants.service.ts';
import { TooManyAttemptsError, WrongCredentialsError } from './access.errors.ts';
import { MembershipRef, PersonRef, TokenRef, TokenRoleRef, ViewerRef } from './access.ref.ts';
import { emailOf, findPeople, loadPerson } from './people.service.ts';
import { findTokens, listTokens } from './tokens.service.ts';

builder.node(PersonRef, {
  description: 'A person with an account.',
  authScopes: { person: true, roles: ['mes'] },
  id: { resolve: (person) => person.id, description: 'Global id.' },
  loadManyWithoutCache: (ids: string[], context) => findPeople(context, ids),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What people call them.' }),
    email: t.string({
      nullable: true,
      description: 'For administrators and the person.',
      resolve: (person, _args, context) => emailOf(context, person),
    }),
  }),
});

builder.node(TokenRef, {
  description: 'The right of a machine to act in a plant. Its secret is shown once, when it is made.',
  authScopes: { roles: ADMINISTRATORS },
  id: { resolve: (token) => token.id, description: 'Global id.' },
  loadManyWithoutCache: (ids: string[], context) => findTokens(context, ids),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What it is for.' }),
    role: t.field({ type: TokenRoleRef, description: 'What it may do.', resolve: (token) => token.role }),
    edgeNode: t.field({
      type: EdgeNodeRef,
      nullable: true,
      description: 'The node it is for; null for MES.',
      resolve: (token, _args, context) => loadOptionalPart(context, 'edge_node', token.edge_node_id),
    }),
    createdAt: t.expose('created_at', { type: 'DateTime', description: 'When it was made.' }),
    expiresAt: t.expose('expires_at', {
      type: 'DateTime',
      nullable: true,
      description: 'When it ends by itself; null for never.',
    }),
    revokedAt: t.expose('revoked_at', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was ended: by a person, by the key that follows it, or with its node.',
    }),
    lastUsedAt: t.expose('last_used_at', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was last used, to the minute; null for never.',
    }),
    isKey: t.boolean({
      description: 'Whether the node signs with a key of its own, so that no secret is known to anybody else.',
      resolve: (token) => token.public_key !== null,
    }),
  }),
});

MembershipRef.implement({
  description: 'What somebody may do in one plant.',
  authScopes: { signedIn: true },
  fields: (t) => ({
    plant: t.field({
      type: PlantRef,
      description: 'The plant.',
      resolve: ({ plantId }, _args, context) => loadPart(context, 'plant', plantId),
    }),
    roles: t.exposeStringList('roles', { description: 'Of a person names of Role, of a token its TokenRole.' }),
  }),
});

ViewerRef.implement({
  description: 'Who asks: a person or a machine’s token.',
  authScopes: { signedIn: true },
  fields: (t) => ({
    person: t.field({
      type: PersonRef,
      nullable: true,
      description: 'The person; null for a token.',
      resolve: ({ principal }, _args, context) =>
        principal.kind === 'person' ? loadPerson(context, principal.personId) : null,
    }),
    tokenName: t.string({
      nullable: true,
      description: 'The token’s name; null for a person.',
      resolve: ({ principal }) => (principal.kind === 'token' ? principal.name : null),
    }),
    edgeNode: t.field({
      type: EdgeNodeRef,
      nullable: true,
      description: 'The node whose token it is; null for everybody else.',
      resolve: (_viewer, _args, context) => ownEdgeNode(context),
    }),
    memberships: t.field({
      type: [MembershipRef],
      description: 'What the viewer may do where.',
      resolve: ({ rights }) =>
        rights.plantIds.map((plantId) => ({
          plantId,
          roles: [...rights.rolesIn(plantId)].map((role) => role.toUpperCase()).sort(),
        })),
    }),
    isAdministrator: t.boolean({
      description: 'May create plants and people, and is administrator of every plant.',
      resolve: ({ rights }) => rights.isAdministrator,
    }),
  }),
});

builder.objectType(WrongCredentialsError, {
  name: 'WrongCredentialsError',
  description: 'Email, password or code do not fit; which of them is not said.',
  interfaces: [ErrorRef],
  authScopes: { public: true },
});

builder.objectType(TooManyAttemptsError, {
  name: 'TooManyAttemptsError',
  description: 'Too many attempts for this email or from this address.',
  interfaces: [ErrorRef],
  authScopes: { public: true },
  fields: (t) => ({
    retryAfterS: t.exposeInt('retryAfterS', { description: 'Seconds until the next attempt is heard.' }),
  }),
});

builder.queryFields((t) => ({
  viewer: t.field({
    type: ViewerRef,
    nullable: true,
    authScopes: { public: true },
    description: 'Who asks; null when nobody is signed in.',
    resolve: (_root, _args, context) =>
      context.rights.isAnonymous ? null : { principal: context.viewer, rights: context.rights },
  }),
  tokens: t.field({
    type: [TokenRef],
    authScopes: { roles: ADMINISTRATORS },
    description: 'The tokens of a plant, oldest first. For administrators of the plant.',
    args: { plantId: t.arg.id({ required: true, description: 'The plant.' }) },
    resolve: (_root, { plantId }, context) => listTokens(context, plantId),
  }),
}));
