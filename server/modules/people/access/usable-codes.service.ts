/**
 * A code that somebody brings, with the rights that it stands on asked anew. Whoever changes people or nodes holds them before
 * they end codes, so here, too, people come first, then the node, then the code: use and change cannot both succeed.
 */
import type { ActScope } from '../../../kit/act.ts';
import { systemActor } from '../../../kit/audit.ts';
import type { EdgeNodeRow } from '../../plant/parts/plants.table.ts';
import type { OneTimeCodeRow, OneTimePurpose, PersonRow } from './access.table.ts';
import { lockStandings } from './lock-standings.ts';
import { lockNode } from './node-tokens.queries.ts';
import { deleteCode } from './one-time-codes.queries.ts';
import { findCode, holdCode, isCodeGood } from './one-time-codes.service.ts';
import { type CodeFault, enrolmentCodeFault, resetCodeFault } from './rights-behind-codes.ts';

/** The code and its person, both held. Undefined for a code that is not good; the audit says why when it was good but for the rights. */
export async function usableResetCode(
  scope: ActScope,
  text: string,
  at: Date,
): Promise<{ code: OneTimeCodeRow; person: PersonRow } | undefined> {
  const held = await holdWithPeople(scope, 'reset_password', text, at);
  if (!held) return undefined;
  const { code, standings } = held;
  const subject = standings.get(code.person_id ?? '');
  const issuer = standings.get(code.created_by ?? '');
  if (!subject) return undefined;
  const { person, plantIds } = subject;
  const asked = { isAdministrator: person.is_administrator, isDisabled: person.disabled_at !== null, plantIds };
  const fault = issuer ? resetCodeFault(issuer.rights, asked) : 'issuer_unknown';
  if (fault === null) return { code, person };
  const refused = { plantId: null, action: 'person.refuse_password_reset', subjectType: 'Person' };
  return refuse(scope, { ...refused, subjectId: person.id, code, fault, at });
}

export type EnrolledNode = Pick<EdgeNodeRow, 'id' | 'plant_id' | 'code' | 'retired_at'>;

/** The code, its node and who made it, all held. Undefined as for `usableResetCode`. */
export async function usableEnrolmentCode(
  scope: ActScope,
  text: string,
  at: Date,
): Promise<{ code: OneTimeCodeRow; node: EnrolledNode; issuerId: string } | undefined> {
  const held = await holdWithPeople(scope, 'enrol_node', text, at);
  if (!held?.node) return undefined;
  const { code, node, standings } = held;
  const issuer = standings.get(code.created_by ?? '');
  const asked = { plantId: node.plant_id, isRetired: node.retired_at !== null };
  const fault = issuer ? enrolmentCodeFault(issuer.rights, asked) : 'issuer_unknown';
  if (issuer && fault === null) return { code, node, issuerId: issuer.person.id };
  const refused = { plantId: node.plant_id, action: 'edge_node.refuse_enrolment', subjectType: 'EdgeNode' };
  return refuse(scope, { ...refused, subjectId: node.id, code, fault: fault ?? 'issuer_unknown', at });
}

async function holdWithPeople({ trx }: ActScope, purpose: OneTimePurpose, text: string, at: Date) {
  const found = await findCode(trx, purpose, text);
  if (!isCodeGood(found, at)) return undefined;
  const people = [found.created_by, found.person_id].filter((id) => id !== null);
  const standings = await lockStandings(trx, people);
  const node = found.edge_node_id === null ? null : await lockNode(trx, found.edge_node_id);
  // it may have been used or ended while this one waited
  const code = await holdCode(trx, purpose, text);
  return isCodeGood(code, at) ? { code, node, standings } : undefined;
}

/** The code ends with the first refusal: the rights may come back, the code does not, and the audit has one entry for it. */
async function refuse(
  { trx, audit }: ActScope,
  refused: {
    plantId: string | null;
    action: string;
    subjectType: string;
    subjectId: string;
    code: OneTimeCodeRow;
    fault: CodeFault;
    at: Date;
  },
): Promise<undefined> {
  const { code, fault, action, at, ...subject } = refused;
  await deleteCode(trx, code.id);
  audit(action, subject, { why: fault, createdBy: code.created_by }, { actor: systemActor, at });
}
