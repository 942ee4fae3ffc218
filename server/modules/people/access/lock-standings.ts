/** What people are and may do by what the database says in a transaction, not by what is remembered of them. */
import type { Trx } from '../../../database/database.ts';
import { anonymousRights, makeRights, type Rights, type Role } from '../../../kit/rights.ts';
import { lockInstallationAdministrators, lockPersons, selectMemberships } from './access.queries.ts';
import type { MembershipRow, PersonRow } from './access.table.ts';

export interface Standing {
  person: PersonRow;
  plantIds: string[];
  /** Those of nobody when the person is disabled. */
  rights: Rights;
}

/** Holds the people, so that neither roles nor accounts change before the transaction ends. */
export async function lockStandings(trx: Trx, ids: readonly string[]): Promise<Map<string, Standing>> {
  // in the same order for all who lock: the administrators first
  await lockInstallationAdministrators(trx);
  const persons = await lockPersons(trx, ids);
  const memberships = await selectMemberships(trx, ids);
  return new Map(
    persons.map((person) => {
      const own = memberships.filter((row) => row.person_id === person.id);
      const plantIds = [...new Set(own.map((row) => row.plant_id))];
      return [person.id, { person, plantIds, rights: rightsOf(person, own) }];
    }),
  );
}

function rightsOf(person: PersonRow, memberships: readonly MembershipRow[]): Rights {
  if (person.disabled_at !== null) return anonymousRights;
  const rolesByPlant = new Map<string, Role[]>();
  for (const { plant_id: plantId, role } of memberships)
    rolesByPlant.set(plantId, [...(rolesByPlant.get(plantId) ?? []), role]);
  return makeRights({ kind: 'person', rolesByPlant, isAdministrator: person.is_administrator });
}
