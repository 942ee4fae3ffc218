import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changedMemberships, personRoles, roleChoice, toggleRole } from '../../hmi/features/people/role-choice.ts';
import { fieldOf, refusalIn } from '../../hmi/lib/refusal.ts';
import { administers, administersAny } from '../../hmi/lib/viewer.ts';

describe('choosing roles', () => {
  const role = fc.constantFrom(...personRoles);

  it('is back where it was after two taps, and nothing is sent', () => {
    fc.assert(
      fc.property(fc.uniqueArray(role), role, (held, tapped) => {
        const before = roleChoice([{ plant: { id: 'p' }, roles: held }]);
        const once = toggleRole(before, 'p', tapped);
        expect(changedMemberships(before, once)).toHaveLength(1);
        expect(changedMemberships(before, toggleRole(once, 'p', tapped))).toEqual([]);
      }),
    );
  });

  it('sends all roles of the plants that changed, and an empty list to take them away', () => {
    const before = roleChoice([
      { plant: { id: 'p' }, roles: ['OPERATOR', 'VIEWER'] },
      { plant: { id: 'q' }, roles: ['OPERATOR'] },
    ]);
    const after = toggleRole(toggleRole(toggleRole(before, 'q', 'OPERATOR'), 'r', 'APPROVER'), 'p', 'VIEWER');
    expect(changedMemberships(before, after)).toEqual([
      { plantId: 'p', roles: ['OPERATOR'] },
      { plantId: 'q', roles: [] },
      { plantId: 'r', roles: ['APPROVER'] },
    ]);
  });
});

describe('who may open the administration', () => {
  const person = { personId: 'x', name: 'X', isAdministrator: false, administeredPlantIds: ['p'], rolesIn: {} };
  it('is the administrator of the installation everywhere, and of a plant there', () => {
    expect([administers(person, 'p'), administers(person, 'q'), administersAny(person)]).toEqual([true, false, true]);
    expect(administers({ ...person, isAdministrator: true }, 'q')).toBe(true);
    expect(administersAny({ ...person, administeredPlantIds: [] })).toBe(false);
  });
});

describe('reading a refusal', () => {
  it('finds the field of the form, and says the remedy as a sentence', () => {
    const answer = { __typename: 'InvalidInputError', field: 'input.name', message: 'm', remedy: 'give a name' };
    expect(refusalIn(answer)).toEqual({ field: 'name', text: 'Give a name.' });
    expect(refusalIn({ __typename: 'WrongCredentialsError', message: 'No.' })).toEqual({
      field: undefined,
      text: 'No.',
    });
    expect(refusalIn({ __typename: 'Area', id: '1' })).toBeUndefined();
    expect(refusalIn(null)).toBeUndefined();
  });

  it.each([
    ['input.memberships[2].roles', 'memberships'],
    ['input', undefined],
    ['input.id', undefined],
    ['id', undefined],
    ['edgeNodeId', 'edgeNodeId'],
  ])('takes %s as %s', (path, field) => {
    expect(fieldOf(path)).toBe(field);
  });
});
