/** People and their passwords and sessions, for administrators and for oneself: names and shapes only. */
import { ADMINISTRATORS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { encodeGlobalId } from '../../../kit/global-id.ts';
import { TooManyAttemptsError, WrongCredentialsError } from './access.errors.ts';
import { MembershipInput } from './access.mutations.graphql.ts';
import { MembershipRef, PersonRef, ViewerRef } from './access.ref.ts';
import {
  type CreatedPasswordReset,
  changePassword,
  createPasswordReset,
  resetPassword,
} from './change-password.service.ts';
import {
  listPeople,
  setInstallationAdministrator,
  setMemberships,
  setPersonDisabled,
  updatePerson,
} from './change-people.service.ts';
import { endSession, type OwnSession, ownSessions } from './own-sessions.service.ts';
import { membershipsOf } from './people.service.ts';

const authScopes = { roles: ADMINISTRATORS };
const personText = 'The person.';
const refusals = { types: [InvalidInputError, ConflictError, NotFoundError] };
const own = 'For administrators of every plant in which the person has a role.';

builder.objectFields(PersonRef, (t) => ({
  createdAt: t.expose('created_at', { type: 'DateTime', authScopes, description: 'When the account was made.' }),
  disabledAt: t.expose('disabled_at', {
    type: 'DateTime',
    nullable: true,
    authScopes,
    description: 'When the person was shut out; null for who may sign in.',
  }),
  isAdministrator: t.exposeBoolean('is_administrator', {
    authScopes,
    description: 'Whether the person is administrator of the installation.',
  }),
  memberships: t.field({
    type: [MembershipRef],
    authScopes,
    description: 'What the person may do in the plants of which the caller is administrator.',
    resolve: (person, _args, context) => membershipsOf(context, person),
  }),
}));

const SessionRef = builder.objectRef<OwnSession>('Session');
SessionRef.implement({
  description: 'The time from signing in to signing out, on one device.',
  authScopes: { person: true },
  fields: (t) => ({
    id: t.id({ description: 'For endSession.', resolve: ({ id }) => encodeGlobalId('Session', id) }),
    createdAt: t.expose('created_at', { type: 'DateTime', description: 'When it began.' }),
    expiresAt: t.expose('expires_at', { type: 'DateTime', description: 'When it ends by itself.' }),
    isCurrent: t.exposeBoolean('isCurrent', { description: 'Whether it is the one that asks.' }),
  }),
});

builder.objectField(ViewerRef, 'sessions', (t) =>
  t.field({
    type: [SessionRef],
    authScopes: { person: true },
    description: 'The own open sessions, newest first.',
    resolve: (_viewer, _args, context) => ownSessions(context),
  }),
);

builder.queryField('people', (t) =>
  t.connection({
    type: PersonRef,
    authScopes,
    description:
      'The people with a role in the plants of which the caller is administrator, oldest account first; all people for administrators of the installation.',
    args: {
      plantId: t.arg.id({ description: 'Only those with a role in this plant.' }),
      includeDisabled: t.arg.boolean({ description: 'Those who may not sign in, too.' }),
    },
    resolve: (_root, args, context) => listPeople(context, args),
  }),
);

const UpdatePersonInput = builder.inputType('UpdatePersonInput', {
  description: 'Changes of a person: what is left out stays as it is.',
  fields: (t) => ({
    personId: t.id({ required: true, description: personText }),
    name: t.string({ description: '1 to 200 characters.' }),
    email: t.string({ description: 'To sign in with; nobody else has it.' }),
  }),
});

const SetMembershipsInput = builder.inputType('SetMembershipsInput', {
  description: 'What a person may do in some plants from now on.',
  fields: (t) => ({
    personId: t.id({ required: true, description: personText }),
    memberships: t.field({
      type: [MembershipInput],
      required: true,
      description: 'All roles in each plant named, an empty list for none. Plants that are not named stay as they are.',
    }),
  }),
});

const SetInstallationAdministratorInput = builder.inputType('SetInstallationAdministratorInput', {
  description: 'Whether a person is administrator of the installation.',
  fields: (t) => ({
    personId: t.id({ required: true, description: personText }),
    isAdministrator: t.boolean({ required: true, description: 'May create plants and people, and administers all.' }),
  }),
});

const ChangePasswordInput = builder.inputType('ChangePasswordInput', {
  description: 'A new password for oneself.',
  fields: (t) => ({
    oldPassword: t.string({ required: true, description: 'The one until now.' }),
    newPassword: t.string({ required: true, description: '10 to 200 characters.' }),
  }),
});

const ResetPasswordInput = builder.inputType('ResetPasswordInput', {
  description: 'A new password for who has a code.',
  fields: (t) => ({
    code: t.string({ required: true, description: 'From createPasswordReset.' }),
    password: t.string({ required: true, description: '10 to 200 characters.' }),
  }),
});

const CreatedPasswordResetRef = builder.objectRef<CreatedPasswordReset>('CreatedPasswordReset');
CreatedPasswordResetRef.implement({
  description: 'A code with which a person sets a new password. It is shown this once.',
  authScopes,
  fields: (t) => ({
    code: t.exposeString('code', { description: 'Good once, for resetPassword.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'Until when it is good.' }),
    person: t.field({ type: PersonRef, description: 'For whom.', resolve: ({ person }) => person }),
  }),
});

builder.mutationFields((t) => ({
  updatePerson: t.field({
    type: PersonRef,
    authScopes,
    description: `Changes name and email of a person. ${own}`,
    errors: refusals,
    args: { input: t.arg({ type: UpdatePersonInput, required: true, description: 'What to change.' }) },
    resolve: (_root, { input }, context) => updatePerson(context, input),
  }),
  setMemberships: t.field({
    type: PersonRef,
    authScopes,
    description:
      'Gives a person roles in plants, or takes them away; what they have open ends at once. For administrators of the plants named.',
    errors: refusals,
    args: { input: t.arg({ type: SetMembershipsInput, required: true, description: 'Who, and what where.' }) },
    resolve: (_root, { input }, context) => setMemberships(context, input),
  }),
  setInstallationAdministrator: t.field({
    type: PersonRef,
    authScopes: { administrator: true },
    description:
      'Makes a person an administrator of the installation, or one no more; the last one stays. For administrators of the installation.',
    errors: refusals,
    args: { input: t.arg({ type: SetInstallationAdministratorInput, required: true, description: 'Who.' }) },
    resolve: (_root, { input }, context) => setInstallationAdministrator(context, input),
  }),
  disablePerson: t.field({
    type: PersonRef,
    authScopes,
    description: `Shuts a person out: sessions and all that is connected with them end at once. The last administrator of the installation stays. ${own}`,
    errors: refusals,
    args: { personId: t.arg.id({ required: true, description: personText }) },
    resolve: (_root, { personId }, context) => setPersonDisabled(context, personId, true),
  }),
  enablePerson: t.field({
    type: PersonRef,
    authScopes,
    description: `Lets a person sign in again. ${own}`,
    errors: refusals,
    args: { personId: t.arg.id({ required: true, description: personText }) },
    resolve: (_root, { personId }, context) => setPersonDisabled(context, personId, false),
  }),
  createPasswordReset: t.field({
    type: CreatedPasswordResetRef,
    authScopes,
    description: `Makes a code with which a person who has forgotten the password sets a new one; hand it over in person. ${own}`,
    errors: refusals,
    args: { personId: t.arg.id({ required: true, description: personText }) },
    resolve: (_root, { personId }, context) => createPasswordReset(context, personId),
  }),
  resetPassword: t.field({
    type: ViewerRef,
    authScopes: { public: true },
    description: 'Sets the password of the code’s person, ends what they have open, and signs them in.',
    errors: { types: [WrongCredentialsError, InvalidInputError] },
    args: { input: t.arg({ type: ResetPasswordInput, required: true, description: 'The code and the password.' }) },
    resolve: async (_root, { input }, context) => {
      await resetPassword(context, input);
      return { principal: context.viewer, rights: context.rights };
    },
  }),
  changePassword: t.field({
    type: PersonRef,
    authScopes: { person: true },
    description: 'Changes the own password; every other session of one’s own ends.',
    errors: { types: [WrongCredentialsError, TooManyAttemptsError, InvalidInputError] },
    args: { input: t.arg({ type: ChangePasswordInput, required: true, description: 'The old and the new one.' }) },
    resolve: (_root, { input }, context) => changePassword(context, input),
  }),
  endSession: t.field({
    type: SessionRef,
    authScopes: { person: true },
    description: 'Ends one of the own sessions and what is connected with it.',
    errors: { types: [InvalidInputError, NotFoundError] },
    args: { sessionId: t.arg.id({ required: true, description: 'The session.' }) },
    resolve: (_root, { sessionId }, context) => endSession(context, sessionId),
  }),
}));
