/** The open alarms of every plant that the person belongs to, live: one for the banner, the same for every screen. */
import { type Accessor, createContext, createMemo, mapArray, useContext } from 'solid-js';
import { createStore, reconcile } from 'solid-js/store';
import { type AlarmPicture, type OpenAlarm, WatchAlarms } from './alarm-feed.documents.ts';
import type { AlarmTally } from './alarm-order.ts';
import type { Feed, Live } from './live.ts';

interface PlantAlarms {
  plantId: string;
  picture: Accessor<AlarmPicture | undefined>;
  feed: Feed;
}

export interface Alarms {
  /** The highest open ones of each plant. */
  open: Accessor<readonly OpenAlarm[]>;
  /** All open ones, shown or not. */
  openCount: Accessor<number>;
  /** Shelved, suppressed by design or out of service. */
  hiddenCount: Accessor<number>;
  tallies: Accessor<readonly AlarmTally[]>;
  /** Every plant has told its alarms: only then is an empty list good news. */
  isKnown: Accessor<boolean>;
  /** Some plant's alarms are older than two heartbeats. */
  isStale: Accessor<boolean>;
  /** Whether this plant's alarms may be acted on. */
  isFresh: (plantId: string) => boolean;
  /** Of the oldest picture; undefined before the first. */
  ageMs: Accessor<number | undefined>;
  /** The server's refusal to tell alarms. */
  refusal: Accessor<string | undefined>;
  /** Changes whenever an alarm does, for what is asked and not streamed. */
  revision: Accessor<string>;
}

/** Must be called under an owner. Plants are followed by id: a refreshed catalogue begins nothing anew. */
export function createAlarms(live: Live, plantIds: Accessor<readonly string[]>): Alarms {
  const plants = createMemo(mapArray(plantIds, (plantId) => followPlant(live, plantId)));
  const sum = (of: (picture: AlarmPicture) => number) =>
    plants().reduce((total, { picture }) => total + of(picture() ?? nothing), 0);

  return {
    open: createMemo(() => plants().flatMap(({ picture }) => picture()?.alarms ?? [])),
    openCount: () => sum(({ open }) => open),
    hiddenCount: () => sum(({ hidden }) => hidden),
    tallies: () => plants().flatMap(({ picture }) => picture()?.tallies ?? []),
    isKnown: () => plants().every(({ picture }) => picture() !== undefined),
    isStale: () => plants().some(({ feed }) => feed.isStale()),
    isFresh: (plantId) => {
      const feed = plants().find((plant) => plant.plantId === plantId)?.feed;
      return feed?.ageMs() !== undefined && !feed.isStale();
    },
    ageMs: () => {
      const ages = plants().flatMap(({ feed }) => feed.ageMs() ?? []);
      return ages.length > 0 ? Math.max(...ages) : undefined;
    },
    refusal: () => plants().flatMap(({ feed }) => feed.failure()?.message ?? [])[0],
    revision: createMemo(() =>
      JSON.stringify(
        plants().map(({ picture }) => [
          picture()?.hidden,
          picture()?.open,
          picture()?.alarms.map(({ id, state, priority, raiseCount }) => [id, state, priority, raiseCount]),
        ]),
      ),
    ),
  };
}

const nothing: AlarmPicture = { sentAt: '', open: 0, hidden: 0, tallies: [], alarms: [] };

function followPlant(live: Live, plantId: string): PlantAlarms {
  const [store, setStore] = createStore<{ picture?: AlarmPicture }>({});
  const feed = live.createFeed({
    document: WatchAlarms,
    variables: () => ({ plantId }),
    sentAt: (data) => data.alarmList.sentAt,
    next: (data) => setStore('picture', reconcile(data.alarmList)),
    isVital: true,
  });
  return { plantId, picture: () => store.picture, feed };
}

export const AlarmsContext = createContext<Alarms>();

export function useAlarms(): Alarms {
  const alarms = useContext(AlarmsContext);
  if (!alarms) throw new Error('useAlarms needs an AlarmsContext above it');
  return alarms;
}
