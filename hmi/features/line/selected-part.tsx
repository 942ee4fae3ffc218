import { useClient } from '@urql/solid';
import { createResource, Show } from 'solid-js';
import { words } from '../../lib/language.ts';
import { useLive } from '../../lib/live.ts';
import { Button } from '../../ui/button.tsx';
import type { Part } from './create-part-strip.ts';
import { type GateMarks, markOf } from './gate-marks.ts';
import { LargePart } from './large-part.tsx';
import { PartDetail, type PartDetails } from './line.documents.ts';
import { PartContext } from './part-context.tsx';

type Answer = { kind: 'known'; detail: PartDetails } | { kind: 'unknown' } | { kind: 'failed' };

/** One part by its id: shown at once when the strip has it, completed by the server's answer. */
export function SelectedPart(props: {
  id: string;
  known: Part | undefined;
  marks: GateMarks;
  timeZone: string;
  plantId: string;
}) {
  const client = useClient();
  const live = useLive();
  const [answer, { refetch }] = createResource(
    () => props.id,
    async (id): Promise<Answer> => {
      const result = await client.query(PartDetail, { id }).toPromise();
      if (result.error?.networkError) return { kind: 'failed' };
      const node = result.data?.node;
      return node?.__typename === 'Inspection' ? { kind: 'known', detail: node } : { kind: 'unknown' };
    },
  );
  const detail = () => {
    const present = answer();
    return present?.kind === 'known' ? present.detail : undefined;
  };

  return (
    <>
      <Show when={detail() ?? props.known}>
        {(part) => (
          <LargePart part={part()} mark={markOf(props.marks, part())} timeZone={props.timeZone} plantId={props.plantId}>
            <Show when={detail()}>{(known) => <PartContext detail={known()} />}</Show>
          </LargePart>
        )}
      </Show>
      <Show when={answer()?.kind === 'unknown'}>
        <p role="alert">{words().part.notFound}</p>
      </Show>
      <Show when={answer()?.kind === 'failed'}>
        <p role="alert">{words().problems.failed}</p>
        <Button disabled={live.isLocked()} waiting={answer.loading} onClick={() => void refetch()}>
          {words().retry}
        </Button>
      </Show>
    </>
  );
}
