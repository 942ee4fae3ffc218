/** Delays, pulses, deadbands, shelves and the rule that hides, in time: pure. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packmlModes, packmlStates } from '../../../../schema/packml.ts';
import {
  type AlarmDefinition,
  alarmDefinitions,
  definitionIn,
  isSuppressedByDesign,
} from '../../../../server/modules/line/alarms/alarm-definitions.ts';
import {
  type Finding,
  type Life,
  lifeAfter,
  observe,
  passTime,
} from '../../../../server/modules/line/alarms/alarm-life.ts';
import { isUnacknowledged } from '../../../../server/modules/line/alarms/alarm-state.ts';
import type { AlarmRow } from '../../../../server/modules/line/alarms/alarms.table.ts';

const start = Date.parse('2026-06-01T10:00:00Z');
const at = (seconds: number) => new Date(start + seconds * 1000);
const definition: AlarmDefinition = {
  ...alarmDefinitions.OUTBOX_FILLING,
  onDelayMs: 10_000,
  offDelayMs: 5000,
  returnMs: 30_000,
  deadband: 0.25,
};
const fresh: AlarmRow = {
  ...{ id: 'a', plant_id: 'p', type: 'OUTBOX_FILLING', source_kind: 'edge_node', source_id: 'n', priority: 3 },
  ...{ line_id: null, station_id: null, camera_id: null, edge_node_id: 'n', created_at: at(0), state: 'normal' },
  ...{ is_active: false, is_acknowledged: true, is_latched: false, is_suppressed: false },
  ...{ shelf: null, shelved_until: null, shelved_by: null, shelf_reason: null },
  ...{ out_of_service_since: null, out_of_service_by: null, out_of_service_reason: null },
  ...{ is_observed: false, observed_since: at(0), observed_at: at(0), pulse_until: null, due_at: null },
  ...{ raised_at: null, last_raised_at: null, returned_at: null, acknowledged_at: null, acknowledged_by: null },
  ...{ raise_count: 0, data: {} },
};

/** The machine goes into maintenance and back into production: what its design hides is followed at once. */
type Mode = 'maintenance' | 'production';
type Scene = readonly [second: number, happening: Finding | 'acknowledge' | 'time' | Mode];

/** A story: what was found, or what a person did, each at its second. */
function live(story: readonly Scene[], own = definition): Life {
  let life: Life = { alarm: fresh, changes: [] };
  let isSuppressed = false;
  for (const [second, happening] of story) {
    if (happening === 'maintenance' || happening === 'production') isSuppressed = happening === 'maintenance';
    const circumstances = { definition: own, isSuppressed, now: at(second) };
    const next =
      happening === 'time' || happening === 'maintenance' || happening === 'production'
        ? passTime(life.alarm, circumstances)
        : happening === 'acknowledge'
          ? (lifeAfter(life.alarm, { kind: 'acknowledge', personId: 'x' }, circumstances) ?? {
              alarm: life.alarm,
              changes: [],
            })
          : observe(life.alarm, { state: happening, at: at(second), data: { second } }, circumstances);
    life = { alarm: next.alarm, changes: [...life.changes, ...next.changes] };
  }
  return life;
}
const isHidden = (state: string, mode: string) =>
  isSuppressedByDesign(alarmDefinitions.TRACKING_LOST, { state, mode, isTrusted: true });
/** Anything but the two modes that are known to be maintenance; among it words that hold theirs. */
const words = fc
  .oneof(
    fc.string({ maxLength: 20 }),
    fc.constantFrom('Produce', 'Production', 'Automatic', 'Clean', '2', '3', 'un-manual'),
  )
  .filter((word) => !/^(maintenance|manual)(mode)?$/.test(word.toLowerCase().replace(/[^a-z]/g, '')));
const told = ({ changes }: Life) =>
  changes.map(({ kind, at: when }) => `${(when.getTime() - start) / 1000} ${kind.replace('alarm.', '')}`);

describe('an alarm in time', () => {
  it('is raised when its condition has held for the delay, to the millisecond, and not before', () => {
    expect(
      told(
        live([
          [1, 'active'],
          [10.999, 'time'],
        ]),
      ),
    ).toEqual([]);
    expect(
      told(
        live([
          [1, 'active'],
          [11, 'time'],
        ]),
      ),
    ).toEqual(['11 raised']);
    expect(
      told(
        live([
          [1, 'active'],
          [60, 'time'],
        ]),
      ),
    ).toEqual(['11 raised']);
    expect(
      told(
        live([
          [1, 'active'],
          [10, 'clear'],
          [60, 'time'],
        ]),
      ),
    ).toEqual([]);
    expect(
      told(
        live([
          [1, 'active'],
          [9, 'clear'],
          [10, 'active'],
          [19, 'time'],
          [20, 'time'],
        ]),
      ),
    ).toEqual(['20 raised']);
  });

  it('returns when its condition has been gone for the delay', () => {
    const raised = [
      [1, 'active'],
      [11, 'time'],
    ] as const;
    expect(told(live([...raised, [20, 'clear'], [24.999, 'time']]))).toEqual(['11 raised']);
    expect(told(live([...raised, [20, 'clear'], [25, 'time']]))).toEqual(['11 raised', '25 returned']);
    expect(told(live([...raised, [20, 'clear'], [24, 'active'], [60, 'time']]))).toEqual(['11 raised']);
    expect(told(live([...raised, [12, 'acknowledge'], [20, 'clear'], [25, 'time']]))).toEqual([
      '11 raised',
      '12 acknowledged',
      '25 cleared',
    ]);
  });

  it('takes a pulse at once, counts the next ones, and lets it pass after the return time and the delay', () => {
    const life = live([
      [1, 'pulse'],
      [11, 'pulse'],
      [41, 'time'],
      [45.999, 'time'],
    ]);
    expect(told(life)).toEqual(['1 raised']);
    expect(life.alarm).toMatchObject({ raise_count: 2, last_raised_at: at(11), due_at: at(46), data: { second: 11 } });
    expect(
      told(
        live([
          [1, 'pulse'],
          [11, 'pulse'],
          [60, 'time'],
        ]),
      ),
    ).toEqual(['1 raised', '46 returned']);
  });

  it('does not end a condition that lasts with a pulse that passes', () => {
    expect(
      told(
        live([
          [1, 'active'],
          [11, 'time'],
          [12, 'pulse'],
          [500, 'time'],
        ]),
      ),
    ).toEqual(['11 raised']);
  });

  it('passes over what is older than the last word, but counts an older pulse, whose end is known', () => {
    const life = live([
      [1, 'pulse'],
      [5, 'clear'],
      [10, 'time'],
    ]);
    expect(told(life)).toEqual(['1 raised', '10 returned']);
    const circumstances = { definition, isSuppressed: false, now: at(20) };
    const stale = observe(life.alarm, { state: 'active', at: at(4), data: {} }, circumstances);
    expect(stale.changes).toEqual([]);
    expect(stale.alarm).toEqual(life.alarm);
    const late = observe(life.alarm, { state: 'pulse', at: at(3), data: {} }, circumstances);
    expect(late.changes.map(({ kind }) => kind)).toEqual(['alarm.raised', 'alarm.returned']);
    expect(late.alarm).toMatchObject({ raise_count: 2, is_active: false, state: 'returned_unacknowledged' });
  });

  it('stays as it was inside the deadband', () => {
    const quick = { ...definition, onDelayMs: 0, offDelayMs: 0 };
    const ratios = [0.99, 1, 0.76, 0.75, 0.7499, 0.8, 0.999, 1.2];
    const life = live(
      ratios.map((ratio, index) => [index + 1, { ratio }]),
      quick,
    );
    expect(told(life)).toEqual(['2 raised', '5 returned', '8 raised']);
  });

  it('is due when time alone changes it, and as if it had been looked at all the while', () => {
    const happening = fc.oneof(
      fc.constantFrom<Scene[1]>('active', 'clear', 'pulse', 'acknowledge', 'maintenance', 'production'),
      fc.double({ min: 0, max: 2, noNaN: true }).map((ratio) => ({ ratio })),
    );
    const stories = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), happening), { maxLength: 12 });
    fc.assert(
      fc.property(stories, (steps) => {
        let second = 0;
        const sparse: Scene[] = [];
        const dense: Scene[] = [];
        for (const [wait, what] of [...steps, [100, 'time'] as const]) {
          for (let tick = second + 1; tick <= second + wait; tick++) dense.push([tick, 'time']);
          second += wait;
          sparse.push([second, what]);
          dense.push([second, what]);
        }
        const [seldom, often] = [live(sparse), live(dense)];
        expect(told(seldom)).toEqual(told(often));
        expect(seldom.alarm).toEqual(often.alarm);
        // nothing is pending that no clock would end
        const { is_observed, is_active, due_at, pulse_until } = seldom.alarm;
        expect(due_at !== null).toBe(is_observed !== is_active || pulse_until !== null);
      }),
      { numRuns: 500, seed: 4, endOnFailure: true },
    );
  });

  it('is hidden by its design once it was acknowledged, and at once when it arises later', () => {
    const quick = { ...definition, onDelayMs: 0, offDelayMs: 0 };
    const raised = live(
      [
        [1, 'active'],
        [2, 'maintenance'],
        [3, 'time'],
        [4, 'acknowledge'],
      ],
      quick,
    );
    expect(told(raised)).toEqual(['1 raised', '4 acknowledged', '4 suppressed']);
    expect(
      told(
        live(
          [
            [1, 'maintenance'],
            [2, 'active'],
            [3, 'acknowledge'],
            [4, 'production'],
          ],
          quick,
        ),
      ),
    ).toEqual(['1 suppressed', '2 raised', '4 unsuppressed']);
    // its delay was over before the machine was said to stand: the tick only had not come yet
    expect(
      told(
        live([
          [1, 'active'],
          [12, 'maintenance'],
        ]),
      ),
    ).toEqual(['11 raised']);
    expect(
      told(
        live([
          [1, 'active'],
          [5, 'maintenance'],
          [12, 'time'],
        ]),
      ),
    ).toEqual(['5 suppressed', '11 raised']);
  });

  it('once announced leaves the screen by nothing but a person’s word, whatever mode the machine is said to be in', () => {
    const happening = fc.constantFrom<Scene[1]>(
      'active',
      'clear',
      'pulse',
      'acknowledge',
      'maintenance',
      'production',
      'time',
    );
    const stories = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), happening), { maxLength: 30 });
    fc.assert(
      fc.property(stories, (steps) => {
        let second = 0;
        const story = steps.map(([wait, what]): Scene => {
          second += wait;
          return [second, what];
        });
        let isAnnounced = false;
        let isMaintenance = false;
        story.forEach(([, what], index) => {
          const { alarm } = live(story.slice(0, index + 1));
          if (what === 'maintenance' || what === 'production') isMaintenance = what === 'maintenance';
          if (what === 'acknowledge') isAnnounced = false;
          if (isAnnounced) expect(isUnacknowledged(alarm.state)).toBe(true);
          isAnnounced ||= isUnacknowledged(alarm.state);
          // what is not announced and waits for nobody follows the mode
          if (!isAnnounced) expect(alarm.is_suppressed).toBe(isMaintenance);
        });
      }),
      { numRuns: 500, seed: 4, endOnFailure: true },
    );
  });

  it('hides nothing in a mode that is not known to be maintenance', () => {
    fc.assert(
      fc.property(fc.constantFrom(...packmlStates), words, (state, mode) => {
        expect(isHidden(state, mode)).toBe(false);
      }),
      { numRuns: 500, seed: 4, endOnFailure: true },
    );
  });

  it('hides what its design hides while the machine stands for maintenance, and nothing on doubt', () => {
    for (const state of packmlStates)
      for (const mode of packmlModes) {
        const isService = mode === 'Maintenance' || mode === 'Manual';
        const isStill = state === 'Stopped' || state === 'Idle' || state === 'Aborted';
        for (const spelling of [mode, mode.toUpperCase(), ` ${mode.toLowerCase()} mode`])
          expect(isHidden(state, spelling), `${state} ${spelling}`).toBe(isService && isStill);
      }
    const machine = { state: 'Stopped', mode: 'Maintenance', isTrusted: true };
    const gate = alarmDefinitions.TRACKING_LOST;
    expect(isSuppressedByDesign(gate, { ...machine, isTrusted: false })).toBe(false);
    expect(isSuppressedByDesign(gate, { ...machine, mode: null })).toBe(false);
    expect(isSuppressedByDesign(gate, { ...machine, state: null })).toBe(false);
    expect(isSuppressedByDesign(gate, null)).toBe(false);
    expect(isSuppressedByDesign(alarmDefinitions.NODE_UNREACHABLE, machine)).toBe(false);
  });

  it('takes from the plant what the plant sets, and the rest as the type comes', () => {
    const none = { on_delay_ms: null, off_delay_ms: null, return_ms: null, deadband: null, is_latching: null };
    const setting = { plant_id: 'p', type: 'DEAD_LETTERS', reason: 'x', changed_by: 'x', changed_at: at(0), ...none };
    const set = definitionIn('DEAD_LETTERS', { ...setting, priority: 1, on_delay_ms: 0, deadband: 0.5 });
    expect(set).toEqual({ ...alarmDefinitions.DEAD_LETTERS, priority: 1 });
  });
});
