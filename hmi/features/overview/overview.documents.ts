import { graphql } from '#schema/graphql.ts';

/** The picture of one line, as much of it as a row shows. */
export const WatchLineRow = graphql(`
  subscription WatchLineRow($lineId: ID!) {
    lineStatus(lineId: $lineId) {
      sentAt
      ratePerMin
      line {
        id
        targetRatePerMin
        highestAlarm { id priority state en: text(language: EN) { title } de: text(language: DE) { title } }
        stations { id cameras { id assignment { id modelVersion { id number createdAt } } } }
      }
      machine { quality receivedAt sourceTime state signals { name quality sourceTime } }
      edgeNodes {
        id
        lastSeenAt
        status { machineConnected deadLetters problem gates { stationId problem } cameras { cameraId problem } }
      }
      lastHour { bucket total rejectRate }
      total { total rejectRate rejectRateLow rejectRateHigh }
    }
  }
`);
