/** The rule behind one-time codes, for any rights. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { anonymousRights, makeRights, personRoles } from '../../../../server/kit/rights.ts';
import { enrolmentCodeFault, resetCodeFault } from '../../../../server/modules/people/access/rights-behind-codes.ts';

const plants = ['a', 'b', 'c'] as const;
const rolesByPlant = fc
  .uniqueArray(fc.constantFrom(...plants))
  .chain((ids) =>
    fc.tuple(...ids.map((id) => fc.tuple(fc.constant<string>(id), fc.subarray([...personRoles], { minLength: 1 })))),
  )
  .map((entries) => new Map(entries));
const issuers = fc
  .record({ rolesByPlant, isAdministrator: fc.boolean() })
  .map((from) => makeRights({ kind: 'person', ...from }));
const subjects = fc.record({
  isAdministrator: fc.boolean(),
  isDisabled: fc.boolean(),
  plantIds: fc.subarray<string>([...plants]),
});

it('lets nobody set the password of somebody with rights where they administer nothing', () => {
  fc.assert(
    fc.property(issuers, subjects, (issuer, subject) => {
      const isAbove = subject.plantIds.every((id) => issuer.rolesIn(id).has('administrator'));
      const isOwn = subject.plantIds.length > 0 && !subject.isAdministrator && isAbove;
      const may = resetCodeFault(issuer, subject) === null;
      expect(may).toBe(!subject.isDisabled && (issuer.isAdministrator || isOwn));
    }),
  );
});

it('gives back no right by taking roles of the issuer, or giving the subject more', () => {
  fc.assert(
    fc.property(issuers, subjects, fc.constantFrom(...plants), (issuer, subject, plant) => {
      if (resetCodeFault(issuer, subject) === null || subject.plantIds.length === 0) return;
      const more = { ...subject, plantIds: [...new Set([...subject.plantIds, plant])] };
      expect(resetCodeFault(issuer, more)).not.toBeNull();
      expect(resetCodeFault(issuer, { ...subject, isAdministrator: true })).not.toBeNull();
      expect(resetCodeFault(anonymousRights, subject)).toBe('issuer_disabled');
    }),
  );
});

it('lets the administrators of its plant enrol a node in use, and nobody else', () => {
  fc.assert(
    fc.property(issuers, fc.constantFrom(...plants), fc.boolean(), (issuer, plantId, isRetired) => {
      const may = enrolmentCodeFault(issuer, { plantId, isRetired }) === null;
      expect(may).toBe(!isRetired && issuer.rolesIn(plantId).has('administrator'));
      expect(enrolmentCodeFault(anonymousRights, { plantId, isRetired })).toBe('issuer_disabled');
    }),
  );
});
