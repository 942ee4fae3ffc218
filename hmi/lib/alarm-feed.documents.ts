/** The open alarms of a plant as the banner and every row in trouble show them. */
import { graphql, type ResultOf } from '#schema/graphql.ts';

/** Texts in both languages: screens in either share one picture of the server. */
export const OpenAlarmFragment = graphql(`
  fragment OpenAlarm on Alarm @_unmask {
    id
    type
    priority
    state
    raisedAt
    raiseCount
    en: text(language: EN) { title }
    de: text(language: DE) { title }
    plant { id }
    line { id code name }
    station { id name }
    camera { id name }
    edgeNode { id code name }
  }
`);

export type OpenAlarm = ResultOf<typeof OpenAlarmFragment>;

export const WatchAlarms = graphql(
  `subscription WatchAlarms($plantId: ID!) {
    alarmList(plantId: $plantId) {
      sentAt
      open
      hidden
      tallies { priority open unacknowledged }
      alarms { ...OpenAlarm }
    }
  }`,
  [OpenAlarmFragment],
);

export type AlarmPicture = ResultOf<typeof WatchAlarms>['alarmList'];
