/** Changing people: who they are, what they may do where, whether they may sign in. What they have open ends at once. */

import type { Trx } from '../../../database/database.ts';
import { forbidden } from '../../../kit/access-error.ts';
import { act } from '../../../kit/act.ts';
import type { Context } from '../../../kit/context.ts';
import { ConflictError, NotFoundError } from '../../../kit/errors.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { type Connection, type PageArgs, parsePage, toConnection } from '../../../kit/page.ts';
import {
  deleteMemberships,
  insertMemberships,
  lockInstallationAdministrators,
  lockPerson,
  type PersonChange,
  revokeSessionsOf,
  selectMemberships,
  selectPeoplePage,
  updatePerson as updatePersonRow,
} from './access.queries.ts';
import type { MembershipRow, PersonRole, PersonRow } from './access.table.ts';
import { administeredPlant } from './administered-plant.service.ts';
import { endCodesOf } from './one-time-codes.service.ts';
import { checkEmail, checkPersonName, findPeople, personSubject, refuseKnownEmail } from './people.service.ts';
import { mayChangePerson } from './rights-behind-codes.ts';

type Maybe<T> = T | null | undefined;

/** The people of the plants that the caller administers, oldest account first; all of them for administrators of the installation. */
export async function listPeople(
  context: Context,
  args: PageArgs & { plantId?: Maybe<string>; includeDisabled?: Maybe<boolean> },
): Promise<Connection<PersonRow>> {
  const page = parsePage(args, context.config.limits, 1);
  const { rights } = context;
  const own = rights.plantIds.filter((id) => rights.rolesIn(id).has('administrator'));
  const plantIds = args.plantId ? [keyOf('Plant', args.plantId, 'plantId')].filter((id) => own.includes(id)) : own;
  const everybody = rights.isAdministrator && !args.plantId;
  const rows = await selectPeoplePage(context.db, everybody ? null : plantIds, args.includeDisabled === true, page);
  return toConnection(rows, page, (row) => [row.id]);
}

export function updatePerson(
  context: Context,
  input: { personId: string; name?: Maybe<string>; email?: Maybe<string> },
): Promise<PersonRow> {
  return changePerson(context, input.personId, 'person.change', async (trx, person) => {
    const change: PersonChange = {};
    if (typeof input.name === 'string') change.name = checkPersonName(input.name);
    if (typeof input.email === 'string') change.email = checkEmail(input.email);
    if (Object.keys(change).length === 0) return unchanged(person);
    const changed = await refuseKnownEmail(input.email ?? '', () => updatePersonRow(trx, person.id, change));
    const factsOf = ({ name, email }: PersonRow) => ({ name, email });
    const told = { before: factsOf(person), after: factsOf(changed) };
    return { person: changed, ...told, endsSessions: false, endsCodes: changed.email !== person.email };
  });
}

/** Who may sign in no more keeps the name beside what was done. Enabling gives back what the person may do, but no session. */
export function setPersonDisabled(context: Context, personId: string, isDisabled: boolean): Promise<PersonRow> {
  const action = isDisabled ? 'person.disable' : 'person.enable';
  return changePerson(context, personId, action, async (trx, person) => {
    if ((person.disabled_at !== null) === isDisabled) return unchanged(person);
    if (isDisabled) await refuseLastAdministrator(trx, person, personId);
    const changed = await updatePersonRow(trx, person.id, { disabled_at: isDisabled ? context.now() : null });
    const told = { before: { disabledAt: person.disabled_at }, after: { disabledAt: changed.disabled_at } };
    return { person: changed, ...told, endsSessions: isDisabled, endsCodes: true };
  });
}

/** Makes the person an administrator of the installation, or one no more. For administrators of the installation. */
export function setInstallationAdministrator(
  context: Context,
  input: { personId: string; isAdministrator: boolean },
): Promise<PersonRow> {
  return changePerson(context, input.personId, 'person.set_administrator', async (trx, person) => {
    if (person.is_administrator === input.isAdministrator) return unchanged(person);
    if (!input.isAdministrator) await refuseLastAdministrator(trx, person, input.personId);
    const changed = await updatePersonRow(trx, person.id, { is_administrator: input.isAdministrator });
    const told = {
      before: { isAdministrator: person.is_administrator },
      after: { isAdministrator: input.isAdministrator },
    };
    return { person: changed, ...told, endsSessions: false, endsCodes: true };
  });
}

export interface MembershipWish {
  plantId: string;
  roles: readonly PersonRole[];
}

/** Gives the person exactly these roles in the plants that are named; an empty list takes all away. Other plants stay as they are. */
export async function setMemberships(
  context: Context,
  input: { personId: string; memberships: readonly MembershipWish[] },
): Promise<PersonRow> {
  const named = { field: 'input.personId', value: input.personId };
  const wanted = new Map<string, ReadonlySet<PersonRole>>();
  for (const [index, { plantId, roles }] of input.memberships.entries()) {
    const field = `input.memberships[${index}].plantId`;
    const id = await administeredPlant(context, plantId, field);
    if (wanted.has(id)) throw new ConflictError(field, plantId, 'name each plant once');
    wanted.set(id, new Set(roles));
  }
  const id = keyOf('Person', input.personId, named.field);
  // asked past the loaders: what they remember is what the answer would show
  const present = await selectMemberships(context.db, [id]);
  const isSeen = context.rights.isAdministrator || present.some((row) => context.rights.rolesIn(row.plant_id).size > 0);
  if (!isSeen) throw new NotFoundError(named.field, named.value);

  return act(context, async ({ trx, now, audit, revoke }) => {
    const locked = await lockPerson(trx, id);
    if (!locked) throw new NotFoundError(named.field, named.value);
    const had = (await selectMemberships(trx, [id])).filter((row) => wanted.has(row.plant_id));
    await deleteMemberships(trx, id, [...wanted.keys()]);
    const rows = [...wanted].flatMap(([plant_id, roles]) =>
      [...roles].map((role) => ({ person_id: id, plant_id, role, granted_at: now })),
    );
    await insertMemberships(trx, rows);
    const before = rolesByPlant(wanted.keys(), had);
    const after = rolesByPlant(wanted.keys(), rows);
    audit('person.set_memberships', personSubject(id), { before, after, ...(await endCodesOf(trx, id)) });
    revoke(`person:${id}`);
    return locked;
  });
}

/** Of each of the plants, the roles in alphabetical order. */
function rolesByPlant(plantIds: Iterable<string>, rows: readonly Pick<MembershipRow, 'plant_id' | 'role'>[]) {
  return [...plantIds].map((plantId) => {
    const own = rows.filter((row) => row.plant_id === plantId);
    return { plantId, roles: own.map(({ role }) => role).sort() };
  });
}

/** The person, whom the caller may change: not one with rights where the caller has none, who could be taken over. */
export async function administeredPerson(context: Context, globalId: string, field: string): Promise<PersonRow> {
  const id = keyOf('Person', globalId, field);
  const [person] = await findPeople(context, [id]);
  if (!person) throw new NotFoundError(field, globalId);
  const plantIds = (await selectMemberships(context.db, [id])).map((row) => row.plant_id);
  if (!mayChangePerson(context.rights, { isAdministrator: person.is_administrator, plantIds })) throw foreignPerson();
  return person;
}

export function foreignPerson() {
  return forbidden('to change this person, who has roles where you are no administrator');
}

interface Change {
  person: PersonRow;
  /** What was changed, as it was and as it is; both null when nothing was. */
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  endsSessions: boolean;
  /** Those that the person has made or is meant to use. */
  endsCodes: boolean;
}

function unchanged(person: PersonRow): Change {
  return { person, before: null, after: null, endsSessions: false, endsCodes: false };
}

async function changePerson(
  context: Context,
  globalId: string,
  action: string,
  change: (trx: Trx, person: PersonRow) => Promise<Change>,
): Promise<PersonRow> {
  const { id } = await administeredPerson(context, globalId, 'personId');
  return act(context, async ({ trx, now, audit, revoke }) => {
    // in the same order for all who lock: the administrators first
    await lockInstallationAdministrators(trx);
    const locked = await lockPerson(trx, id);
    if (!locked) throw new NotFoundError('personId', globalId);
    const { person, before, after, endsSessions, endsCodes } = await change(trx, locked);
    if (endsSessions) await revokeSessionsOf(trx, id, null, now);
    const ended = endsCodes ? await endCodesOf(trx, id) : {};
    if (after === null) return person;
    audit(action, personSubject(id), { before, after, ...ended });
    revoke(`person:${id}`);
    return person;
  });
}

async function refuseLastAdministrator(trx: Trx, person: PersonRow, value: string): Promise<void> {
  if (!person.is_administrator) return;
  const others = (await lockInstallationAdministrators(trx)).filter(({ id }) => id !== person.id);
  if (others.length > 0) return;
  const remedy = 'it is the last administrator of the installation: make another one first';
  throw new ConflictError('personId', value, remedy);
}
