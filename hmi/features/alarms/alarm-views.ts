/** Which alarms the address asks for. Pure. */
import type { AlarmInList } from './alarms.documents.ts';

export type AlarmState = AlarmInList['state'];

export const alarmViews = ['open', 'hidden', 'past'] as const;
export type AlarmView = (typeof alarmViews)[number];

export const statesOf: Readonly<Record<AlarmView, readonly AlarmState[]>> = {
  open: ['UNACKNOWLEDGED', 'ACKNOWLEDGED', 'RETURNED_UNACKNOWLEDGED', 'LATCHED_UNACKNOWLEDGED', 'LATCHED_ACKNOWLEDGED'],
  hidden: ['SHELVED', 'SUPPRESSED', 'OUT_OF_SERVICE'],
  past: ['NORMAL'],
};

/** What stands in the address; anything else there is as if it were not. */
export interface AlarmChoice {
  view: AlarmView;
  lineId: string | undefined;
  state: AlarmState | undefined;
}

export function alarmChoice(search: { show?: string; line?: string; state?: string }): AlarmChoice {
  const view = alarmViews.find((each) => each === search.show) ?? 'open';
  return { view, lineId: search.line, state: statesOf[view].find((each) => each === search.state) };
}

/** As the server filters. */
export function alarmFilter({ view, lineId, state }: AlarmChoice): { lineId: string | null; states: AlarmState[] } {
  return { lineId: lineId ?? null, states: state ? [state] : [...statesOf[view]] };
}
