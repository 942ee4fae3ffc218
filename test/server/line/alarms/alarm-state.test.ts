/** The state machine of alarms against a transition table of its own, and over random sequences: no activation is lost. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AlarmEvent,
  type AlarmState,
  alarmState,
  alarmStateName,
  conditionState,
  isHidden,
  isUnacknowledged,
  normalState,
} from '../../../../server/modules/line/alarms/alarm-state.ts';

/**
 * Written from the alarm state transition diagram of ISA-18.2 / IEC 62682, with its own abbreviations: normal, unacknowledged,
 * acknowledged, returned to normal unacknowledged, latched (un)acknowledged. A dot: the diagram has no such transition.
 */
const diagram = `
  state  occurs  returns  returns-latching  acknowledge  reset
  NORM   UNACK   .        .                 .            .
  UNACK  .       RTNUN    LATUN             ACKED        .
  ACKED  .       NORM     LATAK             .            .
  RTNUN  UNACK   .        .                 NORM         .
  LATUN  UNACK   .        .                 LATAK        .
  LATAK  UNACK   .        .                 .            NORM
`;
const abbreviations: Record<string, string> = {
  NORM: 'normal',
  UNACK: 'unacknowledged',
  ACKED: 'acknowledged',
  RTNUN: 'returned_unacknowledged',
  LATUN: 'latched_unacknowledged',
  LATAK: 'latched_acknowledged',
};
const [head = [], ...rows] = diagram
  .trim()
  .split('\n')
  .map((row) => row.trim().split(/ +/));

const events: Record<string, AlarmEvent> = {
  occurs: { kind: 'activate' },
  returns: { kind: 'clear', isLatching: false },
  'returns-latching': { kind: 'clear', isLatching: true },
  acknowledge: { kind: 'acknowledge' },
  reset: { kind: 'reset' },
};
/** How each state comes about, in the words of the table. */
const ways: Record<string, string[]> = {
  NORM: [],
  UNACK: ['occurs'],
  ACKED: ['occurs', 'acknowledge'],
  RTNUN: ['occurs', 'returns'],
  LATUN: ['occurs', 'returns-latching'],
  LATAK: ['occurs', 'returns-latching', 'acknowledge'],
};
const brought = (name: string, from = normalState): AlarmState =>
  (ways[name] ?? []).reduce((state, event) => alarmState(state, eventOf(event)) ?? unknown(), from);

const cells = rows.flatMap(([from = '', ...next]) =>
  next.map((to, column) => ({ from, event: head[column + 1] ?? '', to })),
);
const hiding = [
  { by: { kind: 'shelve', shelf: 'timed' }, until: { kind: 'unshelve' }, shown: 'shelved' },
  { by: { kind: 'suppress' }, until: { kind: 'unsuppress' }, shown: 'suppressed' },
  { by: { kind: 'remove_from_service' }, until: { kind: 'return_to_service' }, shown: 'out_of_service' },
] as const satisfies readonly { by: AlarmEvent; until: AlarmEvent; shown: string }[];

describe('the state of an alarm', () => {
  it('has a row for every condition, and a way there', () => {
    expect(cells).toHaveLength(30);
    for (const name of Object.keys(ways)) expect(alarmStateName(brought(name)), name).toBe(abbreviations[name]);
  });

  it.each(cells)('$from, $event: $to', ({ from, event, to }) => {
    const next = alarmState(brought(from), eventOf(event));
    expect(next && alarmStateName(next)).toBe(to === '.' ? undefined : abbreviations[to]);
  });

  it.each(cells.flatMap((cell) => hiding.map((hidden) => ({ ...cell, ...hidden }))))(
    '$from, $shown, $event: the condition is followed beneath, people leave it alone, and it comes back as it is then',
    ({ from, event, to, by, until, shown }) => {
      // Design hides nothing that was announced and nobody has acknowledged: such a one has arisen beneath.
      const isAnnounced = shown === 'suppressed' && isUnacknowledged(conditionState(brought(from)));
      if (isAnnounced) expect(alarmState(brought(from), by)).toBeUndefined();
      const hidden = isAnnounced
        ? brought(from, alarmState(normalState, by))
        : (alarmState(brought(from), by) ?? unknown());
      expect(alarmStateName(hidden)).toBe(shown);
      expect(alarmState(hidden, by)).toBeUndefined();
      const isOfPeople = event === 'acknowledge' || event === 'reset';
      const next = alarmState(hidden, eventOf(event));
      if (to === '.' || isOfPeople) expect(next).toBeUndefined();
      const then = next ?? hidden;
      expect(alarmStateName(then)).toBe(shown);
      const back = alarmState(then, until) ?? unknown();
      expect(alarmStateName(back)).toBe(abbreviations[to === '.' || isOfPeople ? from : to]);
    },
  );

  it('ends a one-shot shelf with the activation that it was made for, and shows what nobody acknowledged', () => {
    const shelved = alarmState(brought('UNACK'), { kind: 'shelve', shelf: 'one_shot' }) ?? unknown();
    const returned = alarmState(shelved, eventOf('returns')) ?? unknown();
    expect(alarmStateName(returned)).toBe('returned_unacknowledged');
  });

  it('shows the strongest of what hides it', () => {
    let state = brought('ACKED');
    for (const { by, shown } of [hiding[1], hiding[0], hiding[2]]) {
      state = alarmState(state, by) ?? unknown();
      expect(alarmStateName(state)).toBe(shown);
    }
    expect(alarmState(state, { kind: 'shelve', shelf: 'one_shot' }), 'no shelf when out of service').toBeUndefined();
  });

  it('loses no activation that nobody has acknowledged, whatever happens in whatever order', () => {
    const all: AlarmEvent[] = [
      ...Object.values(events),
      ...hiding.flatMap(({ by, until }) => [by, until]),
      { kind: 'shelve', shelf: 'one_shot' },
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...all), { maxLength: 60 }), (sequence) => {
        let state = normalState;
        // kept by counting alone: an activation that nobody could see and answer since, and whether it was shown
        let isPending = false;
        let isAnnounced = false;
        for (const event of sequence) {
          const wasHidden = isHidden(state);
          const next = alarmState(state, event);
          if (event.kind === 'activate' && next) isPending = true;
          if (event.kind === 'acknowledge' && next) {
            expect(wasHidden).toBe(false);
            isPending = false;
            isAnnounced = false;
          }
          state = next ?? state;
          if (isPending && !isHidden(state)) isAnnounced = true;
          if (isAnnounced) expect(alarmStateName(state)).not.toBe('suppressed');
          expect(isUnacknowledged(conditionState(state))).toBe(isPending);
          if (!isHidden(state)) expect(isUnacknowledged(alarmStateName(state))).toBe(isPending);
          expect(state.isActive && state.isLatched).toBe(false);
        }
        for (const { until } of hiding) state = alarmState(state, until) ?? state;
        expect(isHidden(state)).toBe(false);
        expect(isUnacknowledged(alarmStateName(state))).toBe(isPending);
      }),
      { numRuns: 2000, seed: 4, endOnFailure: true },
    );
  });
});

function eventOf(name: string): AlarmEvent {
  return events[name] ?? unknown();
}

function unknown(): never {
  throw new Error('the diagram has no such transition');
}
