/** What the screen knows of its own freshness: every live feed with its age, and the one verdict that the truth bar shows. */
import type { TadaDocumentNode } from 'gql.tada';
import { type Accessor, createContext, createMemo, createSignal, onCleanup, useContext } from 'solid-js';
import { type Freshness, freshnessOf, isStale } from './freshness.ts';
import type { LiveClient, LiveFailure } from './live-client.ts';
import { observeServer, type ServerClock, serverTime } from './server-clock.ts';

/** Ages are shown with one decimal; five looks a second keep it moving. */
const TICK_MS = 200;

export interface Feed {
  /** Age of the last payload in ms by the server's stamps; undefined before the first. */
  ageMs: Accessor<number | undefined>;
  isStale: Accessor<boolean>;
  /** The server's refusal, until the next payload. */
  failure: Accessor<LiveFailure | undefined>;
}

interface FeedOptions<Data, Variables> {
  document: TadaDocumentNode<Data, Variables>;
  variables: () => Variables;
  /** The server's time stamp of a payload. */
  sentAt: (data: Data) => string;
  next: (data: Data) => void;
  failed?: (failure: LiveFailure) => void;
  /** The screen's truth depends on this feed. */
  isVital: boolean;
}

export interface Live {
  createFeed<Data, Variables>(options: FeedOptions<Data, Variables>): Feed;
  freshness: Accessor<Freshness>;
  /** Nothing may be acted on: the screen shows the past. */
  isLocked: Accessor<boolean>;
  /** The server's wall clock in ms; undefined before the first payload. */
  now: Accessor<number | undefined>;
  /** The browser's monotonic clock as the screen last looked, five times a second. */
  tick: Accessor<number>;
  /** To be called when a new connection stands. */
  resetClock: () => void;
}

interface VitalFeed {
  since: number;
  ageMs: Accessor<number | undefined>;
}

/** Must be called under an owner; `client` is asked for lazily because it reports its connections to this. */
export function createLive(client: () => LiveClient): Live {
  const [tick, setTick] = createSignal(performance.now());
  const timer = setInterval(() => setTick(performance.now()), TICK_MS);
  onCleanup(() => clearInterval(timer));

  const [clock, setClock] = createSignal<ServerClock>();
  const [vital, setVital] = createSignal<readonly VitalFeed[]>([]);
  let isNewConnection = true;

  const now = () => {
    const present = clock();
    return present && serverTime(present, tick());
  };
  const freshness = createMemo(() =>
    freshnessOf(vital().map((feed) => ({ ageMs: feed.ageMs(), waitedMs: tick() - feed.since }))),
  );

  function createFeed<Data, Variables>(options: FeedOptions<Data, Variables>): Feed {
    const [sentAt, setSentAt] = createSignal<number>();
    const [failure, setFailure] = createSignal<LiveFailure>();
    const ageMs = () => {
      const present = now();
      const sent = sentAt();
      return present === undefined || sent === undefined ? undefined : Math.max(0, present - sent);
    };

    const stop = client().follow({
      document: options.document,
      variables: options.variables,
      next: (data) => {
        const sent = Date.parse(options.sentAt(data));
        // A socket without a backlog: what was measured over the old one says nothing about it.
        setClock((before) => observeServer(isNewConnection ? undefined : before, sent, performance.now()));
        isNewConnection = false;
        setSentAt(sent);
        setFailure(undefined);
        options.next(data);
      },
      failed: (reason) => {
        if (reason.message) setFailure(reason);
        options.failed?.(reason);
      },
    });
    onCleanup(stop);

    if (options.isVital) {
      const feed = { since: performance.now(), ageMs };
      setVital((feeds) => [...feeds, feed]);
      onCleanup(() => setVital((feeds) => feeds.filter((other) => other !== feed)));
    }
    return { ageMs, isStale: createMemo(() => isStale(ageMs())), failure };
  }

  return {
    createFeed,
    freshness,
    isLocked: createMemo(() => freshness().kind === 'no-data'),
    now,
    tick,
    resetClock: () => {
      isNewConnection = true;
    },
  };
}

export const LiveContext = createContext<Live>();

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (!live) throw new Error('useLive needs a LiveContext above it');
  return live;
}
