import { useClient } from '@urql/solid';
import { createResource, Show } from 'solid-js';
import type { ResultOf } from '#schema/graphql.ts';
import { formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { useLive } from '../../lib/live.ts';
import { stateWord } from '../../lib/packml.ts';
import { Button } from '../../ui/button.tsx';
import { Reading } from '../../ui/reading.tsx';
import type { Part } from './create-part-strip.ts';
import { LargePart } from './large-part.tsx';
import { PartDetail } from './line.documents.ts';

type Detail = Extract<NonNullable<ResultOf<typeof PartDetail>['node']>, { __typename: 'Inspection' }>;
type Answer = { kind: 'known'; detail: Detail } | { kind: 'unknown' } | { kind: 'failed' };

/** One part by its id: shown at once when the strip has it, completed by the server's answer. */
export function SelectedPart(props: { id: string; known: Part | undefined; timeZone: string }) {
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
          <LargePart part={part()} timeZone={props.timeZone}>
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

/** The machine at the moment of capture; what was not known then is absent. */
function PartContext(props: { detail: Detail }) {
  const context = () => props.detail.context;
  return (
    <>
      <Reading label={words().part.verdict}>{words().verdicts[props.detail.verdict]}</Reading>
      <Show when={props.detail.modelVersion}>
        {(version) => (
          <Reading label={words().part.model}>
            {version().model.name} {version().number}
          </Reading>
        )}
      </Show>
      <Reading label={words().part.latency} unit={words().units.milliseconds}>
        {formatNumber(props.detail.latencyMs, 0, locale())}
      </Reading>
      <TextReading label={words().part.state} value={stateWord(context().machineState)} />
      <NumberReading
        label={words().part.speed}
        value={context().speedPerMin}
        digits={0}
        unit={words().units.perMinute}
      />
      <NumberReading
        label={words().part.temperature}
        value={context().temperatureC}
        digits={1}
        unit={words().units.celsius}
      />
      <NumberReading
        label={words().part.humidity}
        value={context().humidityPercent}
        digits={1}
        unit={words().units.relativeHumidity}
      />
      <TextReading label={words().part.product} value={props.detail.product?.name} />
      <TextReading label={words().part.recipe} value={props.detail.recipe?.code} />
      <TextReading label={words().part.batch} value={props.detail.batch?.code} />
      <TextReading label={words().part.job} value={props.detail.job?.code} />
    </>
  );
}

function TextReading(props: { label: string; value: string | null | undefined }) {
  return <Show when={props.value}>{(value) => <Reading label={props.label}>{value()}</Reading>}</Show>;
}

function NumberReading(props: { label: string; value: number | null; digits: number; unit: string }) {
  return (
    <Show when={props.value !== null}>
      <Reading label={props.label} unit={props.unit}>
        {formatNumber(props.value ?? 0, props.digits, locale())}
      </Reading>
    </Show>
  );
}
