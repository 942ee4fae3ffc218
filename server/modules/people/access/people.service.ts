/** The people: loads them for resolvers, makes new ones, and says who may read what of whom. */

import { uniqueViolation } from '../../../database/postgres-error.ts';
import { forbidden } from '../../../kit/access-error.ts';
import { act } from '../../../kit/act.ts';
import type { Context } from '../../../kit/context.ts';
import { ConflictError, InvalidInputError } from '../../../kit/errors.ts';
import { newId } from '../../../kit/ids.ts';
import { loadById, loadByParent, loadKnown } from '../../../kit/load-rows.ts';
import { insertMemberships, insertPerson, selectMemberships, selectPersons } from './access.queries.ts';
import type { PersonRole, PersonRow } from './access.table.ts';
import { administeredPlant } from './administered-plant.service.ts';
import { hashPassword } from './passwords.service.ts';

/** The person that a foreign key points to. */
export function loadPerson(context: Context, id: string): Promise<PersonRow> {
  return loadKnown(context, 'person', id, (ids) => selectPersons(context.db, ids));
}

/** The people with these ids whom the caller may know: oneself and those of the own plants. */
export async function findPeople(context: Context, ids: readonly string[]): Promise<(PersonRow | null)[]> {
  return Promise.all(
    ids.map(async (id) => {
      const person = await loadById(context, 'person', id, (all) => selectPersons(context.db, all));
      return person && (await isKnown(context, person)) ? person : null;
    }),
  );
}

/** For administrators and the person. */
export async function emailOf(context: Context, person: PersonRow): Promise<string | null> {
  if (context.rights.isAdministrator || isSelf(context, person)) return person.email;
  const plantIds = await plantsOf(context, person);
  return plantIds.some((id) => context.rights.rolesIn(id).has('administrator')) ? person.email : null;
}

async function isKnown(context: Context, person: PersonRow): Promise<boolean> {
  if (context.rights.isAdministrator || isSelf(context, person)) return true;
  return (await plantsOf(context, person)).some((id) => context.rights.rolesIn(id).size > 0);
}

function isSelf(context: Context, person: PersonRow): boolean {
  return context.viewer.kind === 'person' && context.viewer.personId === person.id;
}

async function plantsOf(context: Context, person: PersonRow): Promise<string[]> {
  const select = (ids: readonly string[]) => selectMemberships(context.db, ids);
  const memberships = await loadByParent(context, 'memberships', person.id, select, (row) => row.person_id);
  return memberships.map((row) => row.plant_id);
}

export interface NewPerson {
  email: string;
  name: string;
  password: string;
  memberships: readonly { plantId: string; roles: readonly PersonRole[] }[];
}

/**
 * Makes a person with roles in plants where the caller is administrator; only an administrator of the installation may
 * make one without any. Throws `InvalidInputError`, `NotFoundError` and `ConflictError`.
 */
export async function createPerson(context: Context, input: NewPerson): Promise<PersonRow> {
  const roles: { plant_id: string; role: PersonRole }[] = [];
  for (const [index, { plantId, roles: named }] of input.memberships.entries()) {
    const id = await administeredPlant(context, plantId, `input.memberships[${index}].plantId`);
    roles.push(...named.map((role) => ({ plant_id: id, role })));
  }
  if (roles.length === 0 && !context.rights.isAdministrator)
    throw forbidden('to make a person without a role in a plant');

  const person = await preparePerson(context, input, false);
  const given = new Map(roles.map((role) => [`${role.plant_id} ${role.role}`, role]));
  const memberships = [...given.values()].map((role) => ({
    ...role,
    person_id: person.id,
    granted_at: person.created_at,
  }));

  await refuseKnownEmail(input.email, () =>
    act(context, async ({ trx, audit }) => {
      await insertPerson(trx, person);
      await insertMemberships(trx, memberships);
      const { email, name } = person;
      const after = { email, name, memberships: roles.map((role) => ({ ...role })) };
      audit('person.create', personSubject(person.id), { before: null, after });
    }),
  );
  return person;
}

/** People belong to no plant. */
export function personSubject(personId: string) {
  return { plantId: null, subjectType: 'Person', subjectId: personId };
}

const emailShape = /^[^\s@]+@[^\s@]+$/;

/** The row of a new person, checked and with the password hashed. */
export async function preparePerson(
  context: Context,
  input: Pick<NewPerson, 'email' | 'name' | 'password'>,
  isAdministrator: boolean,
): Promise<PersonRow> {
  return {
    id: newId(),
    email: checkEmail(input.email),
    name: checkPersonName(input.name),
    password_hash: await hashPassword(input.password, 'input.password'),
    is_administrator: isAdministrator,
    created_at: context.now(),
    disabled_at: null,
  };
}

/** In lower case. Throws `InvalidInputError`. */
export function checkEmail(text: string): string {
  const email = text.trim().toLowerCase();
  if (emailShape.test(email) && email.length <= 254) return email;
  throw new InvalidInputError('input.email', text, 'give an email address of at most 254 characters');
}

/** Without blanks at the ends. Throws `InvalidInputError`. */
export function checkPersonName(text: string): string {
  const name = text.trim();
  if (name.length >= 1 && name.length <= 200) return name;
  throw new InvalidInputError('input.name', text, 'give a name of 1 to 200 characters');
}

/** What the person may do where, for those who administer it: in the plants where the caller is administrator, by plant. */
export async function membershipsOf(
  context: Context,
  person: PersonRow,
): Promise<{ plantId: string; roles: string[] }[]> {
  const select = (ids: readonly string[]) => selectMemberships(context.db, ids);
  const rows = await loadByParent(context, 'memberships', person.id, select, (row) => row.person_id);
  const seen = rows.filter((row) => context.rights.rolesIn(row.plant_id).has('administrator'));
  const byPlant = Map.groupBy(seen, (row) => row.plant_id);
  return [...byPlant]
    .map(([plantId, roles]) => ({ plantId, roles: roles.map(({ role }) => role.toUpperCase()).sort() }))
    .sort((a, b) => (a.plantId < b.plantId ? -1 : 1));
}

export async function refuseKnownEmail<T>(email: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (uniqueViolation(error) === undefined) throw error;
    throw new ConflictError('input.email', email, 'there is a person with this email already: use another one');
  }
}
