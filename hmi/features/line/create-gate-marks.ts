import { useClient } from '@urql/solid';
import { type Accessor, createSignal, onCleanup, onMount } from 'solid-js';
import { useLive } from '../../lib/live.ts';
import { addGateMarks, type GateMarks, gateEventKinds } from './gate-marks.ts';
import { FollowGateEvents, RecentGateEvents } from './line.documents.ts';

/** More rejects than a strip shows. */
const KEEP = 200;
const RECENT = 50;

/** What became of the line's rejects at the gate: the newest at once, then live. */
export function createGateMarks(plantId: string, lineId: string): Accessor<GateMarks> {
  const client = useClient();
  const [marks, setMarks] = createSignal<GateMarks>(new Map());
  const kinds = [...gateEventKinds];
  let cursor: string | undefined;
  let isLeft = false;
  onCleanup(() => {
    isLeft = true;
  });

  useLive().createFeed({
    document: FollowGateEvents,
    variables: () => ({ plantId, kinds, after: cursor ?? null }),
    sentAt: (data) => data.events.sentAt,
    next: ({ events }) => {
      cursor = events.cursor;
      setMarks((known) => addGateMarks(known, events.items, lineId, KEEP));
    },
    failed: ({ code }) => {
      // Older than what the server keeps: begin again with now.
      if (code !== undefined && /cursor/i.test(code)) cursor = undefined;
    },
    isVital: false,
  });

  onMount(async () => {
    const filter = { plantId, lineId, kinds };
    const result = await client.query(RecentGateEvents, { filter, first: RECENT }).toPromise();
    if (isLeft || !result.data) return;
    const older = result.data.events.edges.map(({ node }) => node).reverse();
    setMarks((newer) => new Map([...addGateMarks(new Map(), older, lineId, KEEP), ...newer]));
  });
  return marks;
}
