/** Every part of a line as it passes: the newest ones at once, then the lossless stream from the newest one's cursor. */
import { useClient } from '@urql/solid';
import { type Accessor, createSignal, onCleanup, onMount } from 'solid-js';
import type { ResultOf } from '#schema/graphql.ts';
import { backOffMs } from '../../lib/back-off.ts';
import { type Feed, useLive } from '../../lib/live.ts';
import { FollowParts, type PartFragment, RecentParts } from './line.documents.ts';
import { mergeParts } from './strip.ts';

export type Part = ResultOf<typeof PartFragment>;

/** More than the widest screen shows. */
const KEEP_PER_CAMERA = 60;
const RECENT = 100;

export interface PartStrip {
  parts: Accessor<readonly Part[]>;
  /** Undefined until the stream has been asked for. */
  feed: Accessor<Feed | undefined>;
}

export function createPartStrip(lineId: string, runWithOwner: (work: () => void) => void): PartStrip {
  const client = useClient();
  const live = useLive();
  const [parts, setParts] = createSignal<readonly Part[]>([]);
  const [feed, setFeed] = createSignal<Feed>();
  let cursor: string | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isLeft = false;
  onCleanup(() => {
    isLeft = true;
    clearTimeout(timer);
  });

  async function askRecent(): Promise<boolean> {
    const result = await client.query(RecentParts, { lineId, first: RECENT }).toPromise();
    if (!result.data) return false;
    const newest = result.data.inspections.edges.map(({ node }) => node);
    cursor = newest[0]?.cursor;
    setParts((strip) => mergeParts(strip, newest, KEEP_PER_CAMERA));
    return true;
  }

  async function start(attempt: number): Promise<void> {
    const isAnswered = await askRecent();
    if (isLeft) return;
    if (!isAnswered) {
      timer = setTimeout(() => void start(attempt + 1), backOffMs(attempt, Math.random()));
      return;
    }
    runWithOwner(() => setFeed(follow()));
  }

  function follow(): Feed {
    return live.createFeed({
      document: FollowParts,
      variables: () => ({ lineId, after: cursor ?? null }),
      sentAt: (data) => data.inspections.sentAt,
      next: ({ inspections }) => {
        cursor = inspections.cursor;
        setParts((strip) => mergeParts(strip, inspections.items, KEEP_PER_CAMERA));
      },
      failed: ({ code }) => {
        // The cursor is older than what the server keeps, or no longer its own: begin again at the newest part.
        if (code !== undefined && /cursor/i.test(code)) {
          cursor = undefined;
          void askRecent();
        }
      },
      isVital: false,
    });
  }

  onMount(() => void start(0));
  return { parts, feed };
}
