/** Which rights a one-time code stands on: the same rule when it is made and when it is used. Pure. */
import type { Rights } from '../../../kit/rights.ts';

/** The person for whom a password may be set, as far as it decides who may do so. */
export interface ResetSubject {
  isAdministrator: boolean;
  isDisabled: boolean;
  /** Plants in which the person has a role. */
  plantIds: readonly string[];
}

export type CodeFault = 'issuer_unknown' | 'issuer_disabled' | 'issuer_without_rights' | 'subject_disabled';

/** Whether somebody with these rights may change the person: not one with rights where they have none, who could be taken over. */
export function mayChangePerson(rights: Rights, subject: Pick<ResetSubject, 'isAdministrator' | 'plantIds'>): boolean {
  if (rights.isAdministrator) return true;
  if (subject.isAdministrator || subject.plantIds.length === 0) return false;
  return subject.plantIds.every((id) => rights.rolesIn(id).has('administrator'));
}

/** Why somebody with these rights may not let the person set a password anew; null when they may. */
export function resetCodeFault(issuer: Rights, subject: ResetSubject): CodeFault | null {
  if (issuer.isAnonymous) return 'issuer_disabled';
  if (!mayChangePerson(issuer, subject)) return 'issuer_without_rights';
  return subject.isDisabled ? 'subject_disabled' : null;
}

/** Why somebody with these rights may not enrol the node; null when they may. */
export function enrolmentCodeFault(issuer: Rights, node: { plantId: string; isRetired: boolean }): CodeFault | null {
  if (issuer.isAnonymous) return 'issuer_disabled';
  if (!issuer.rolesIn(node.plantId).has('administrator')) return 'issuer_without_rights';
  return node.isRetired ? 'subject_disabled' : null;
}
