import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { particularsOf } from '../../hmi/features/alarms/alarm-particulars.ts';
import { alarmChoice, alarmFilter, alarmViews, statesOf } from '../../hmi/features/alarms/alarm-views.ts';
import { isUnacknowledged, mostUrgent, waitingBeside } from '../../hmi/lib/alarm-order.ts';
import { alarmPlace } from '../../hmi/lib/alarm-place.ts';
import { formatElapsed } from '../../hmi/lib/format.ts';
import { answersAlarms, isQualityEngineer } from '../../hmi/lib/viewer.ts';
import { de } from '../../hmi/lib/words-de.ts';
import { en } from '../../hmi/lib/words-en.ts';

const openStates = statesOf.open;
const alarm = fc.record({
  id: fc.uuid(),
  priority: fc.integer({ min: 1, max: 4 }),
  state: fc.constantFrom(...openStates),
  raisedAt: fc.integer({ min: 0, max: 1_000_000 }).map((ms) => new Date(ms).toISOString()),
});

describe('the alarm that an operator looks at first', () => {
  it('has the highest priority of all; among those nobody has seen it, if there is one; then it is the oldest', () => {
    fc.assert(
      fc.property(fc.array(alarm, { minLength: 1 }), (alarms) => {
        const first = mostUrgent(alarms);
        const highest = alarms.filter(({ priority }) => priority === Math.min(...alarms.map((each) => each.priority)));
        const unseen = highest.filter(isUnacknowledged);
        const candidates = unseen.length > 0 ? unseen : highest;
        const oldest = Math.min(...candidates.map(({ raisedAt }) => Date.parse(raisedAt)));
        expect(candidates).toContain(first);
        expect(Date.parse(first?.raisedAt ?? '')).toBe(oldest);
      }),
      { numRuns: 200, endOnFailure: true },
    );
    expect(mostUrgent([])).toBeUndefined();
  });

  it('never hides that another one waits to be acknowledged', () => {
    fc.assert(
      fc.property(fc.array(alarm, { minLength: 1 }), (alarms) => {
        const shown = mostUrgent(alarms);
        const tallies = [1, 2, 3, 4].map((priority) => ({
          priority,
          unacknowledged: alarms.filter((each) => each.priority === priority && isUnacknowledged(each)).length,
        }));
        const others = alarms.filter((each) => each !== shown && isUnacknowledged(each));
        const expected = others.length > 0 ? Math.min(...others.map(({ priority }) => priority)) : undefined;
        expect(waitingBeside(tallies, shown)).toBe(expected);
      }),
      { numRuns: 200, endOnFailure: true },
    );
  });
});

describe('where and for how long', () => {
  it('names the place from the large to the small, and a node by itself', () => {
    const none = { line: null, station: null, camera: null, edgeNode: null };
    const line = { name: 'Line 3' };
    expect(alarmPlace({ ...none, line, station: { name: 'Side wall' } })).toBe('Line 3 · Side wall');
    expect(alarmPlace({ ...none, edgeNode: { name: 'Node 1' } }, 'Werk Süd')).toBe('Werk Süd · Node 1');
  });

  it.each([
    [-5, '00:00'],
    [42_900, '00:42'],
    [725_000, '12:05'],
    [3_725_000, '1:02:05'],
    [47 * 3_600_000, '47:00:00'],
    [3 * 86_400_000, '3 d'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(formatElapsed(ms, 'en-GB')).toBe(text);
  });
});

describe('the choice in the address', () => {
  it('is open, of all lines and states, unless the address says otherwise', () => {
    expect(alarmChoice({})).toEqual({ view: 'open', lineId: undefined, state: undefined });
    expect(alarmChoice({ show: 'hidden', state: 'SHELVED', line: 'l' })).toEqual({
      view: 'hidden',
      lineId: 'l',
      state: 'SHELVED',
    });
  });

  it('ignores what is not there to be chosen', () => {
    expect(alarmChoice({ show: 'nonsense', state: 'SHELVED' })).toEqual({
      view: 'open',
      lineId: undefined,
      state: undefined,
    });
  });

  it('shows every state in one view and no more', () => {
    const all = alarmViews.flatMap((view) => statesOf[view]);
    expect(new Set(all).size).toBe(all.length);
    expect([...all].sort()).toEqual(Object.keys(en.alarms.states).sort());
    expect(alarmFilter(alarmChoice({ state: 'ACKNOWLEDGED' }))).toEqual({ lineId: null, states: ['ACKNOWLEDGED'] });
    expect(alarmFilter(alarmChoice({})).states).toEqual(openStates);
  });
});

describe('the particulars of an alarm', () => {
  it('are what people can read, in the order of the server', () => {
    const data = { partId: 'L1-1', cameraId: 'x', inspectionId: 'y', count: 3, share: 0.812, at: null, more: { a: 1 } };
    expect(particularsOf(data, 'de-DE')).toEqual([
      { name: 'partId', text: 'L1-1' },
      { name: 'count', text: '3' },
      { name: 'share', text: '0,81' },
      { name: 'more', text: '{"a":1}' },
    ]);
    expect(particularsOf(null, 'en-GB')).toEqual([]);
    expect(particularsOf(['a'], 'en-GB')).toEqual([]);
  });

  it('and the changes have words in both languages', () => {
    expect(Object.keys(de.alarms.changes)).toEqual(Object.keys(en.alarms.changes));
    expect(Object.keys(de.alarms.data)).toEqual(Object.keys(en.alarms.data));
    expect(Object.keys(de.machine.signalNames)).toEqual(Object.keys(en.machine.signalNames));
  });
});

describe('who may answer alarms', () => {
  const person = { personId: 'x', name: 'X', isAdministrator: false, administeredPlantIds: [], rolesIn: {} };
  it.each([
    ['VIEWER', false, false],
    ['OPERATOR', true, false],
    ['ML_ENGINEER', false, false],
    ['QUALITY_ENGINEER', true, true],
    ['ADMINISTRATOR', true, true],
  ])('a %s: answers %s, decides %s, and only in that plant', (role, answers, decides) => {
    const viewer = { ...person, rolesIn: { p: [role] } };
    expect([answersAlarms(viewer, 'p'), isQualityEngineer(viewer, 'p')]).toEqual([answers, decides]);
    expect([answersAlarms(viewer, 'q'), isQualityEngineer(viewer, 'q')]).toEqual([false, false]);
  });

  it('the administrator of the installation: everywhere', () => {
    expect(answersAlarms({ ...person, isAdministrator: true }, 'q')).toBe(true);
  });
});
