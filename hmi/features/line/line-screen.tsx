import './line.css';
import { A, useParams, useSearchParams } from '@solidjs/router';
import { createMemo, getOwner, runWithOwner, Show } from 'solid-js';
import { type CatalogueLine, type CataloguePlant, findLine, useCatalogue } from '../../lib/catalogue.ts';
import { words } from '../../lib/language.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { createGateMarks } from './create-gate-marks.ts';
import { createLinePicture } from './create-line-picture.ts';
import { createPartStrip } from './create-part-strip.ts';
import { GatePanel } from './gate-panel.tsx';
import { LineHead } from './line-head.tsx';
import { MachinePanel } from './machine-panel.tsx';
import { NodePanel } from './node-panel.tsx';
import { PartPanel } from './part-panel.tsx';
import { PartStripPanel } from './part-strip-panel.tsx';
import { RejectPanel } from './reject-panel.tsx';

/** Level 2: one line. The address names it, and the part that is looked at. */
export function LineScreen() {
  const plants = useCatalogue();
  const params = useParams<{ plant: string; line: string }>();
  const place = createMemo(() => findLine(plants(), params.plant, params.line));
  // The id, not the object: a refreshed catalogue must not begin the screen anew.
  const lineId = createMemo(() => place()?.line.id);
  return (
    <Show
      when={lineId()}
      keyed
      fallback={
        <EmptyState>
          {words().line.notFound} <A href="/">{words().line.backToOverview}</A>
        </EmptyState>
      }
    >
      <Show when={place()}>{(found) => <LineInstruments plant={found().plant} line={found().line} />}</Show>
    </Show>
  );
}

function LineInstruments(props: { plant: CataloguePlant; line: CatalogueLine }) {
  const owner = getOwner();
  const { picture, feed } = createLinePicture(props.line.id);
  const strip = createPartStrip(props.line.id, (work) => runWithOwner(owner, work));
  const marks = createGateMarks(props.plant.id, props.line.id);
  const [search, setSearch] = useSearchParams<{ part: string }>();
  const select = (partId: string | undefined) => setSearch({ part: partId }, { replace: true });
  const selected = () => (search.part ? strip.parts().find((part) => part.id === search.part) : undefined);

  return (
    <section class="line-screen" data-no-data={feed.isStale() ? '' : undefined}>
      <h1 class="visually-hidden">{props.line.name}</h1>
      <Show when={feed.failure()?.message}>
        {(message) => (
          <p class="line-refusal" role="alert">
            {words().problems.refused} {message()}
          </p>
        )}
      </Show>
      <Show when={picture()}>
        {(shown) => (
          <div class="line-grid">
            <LineHead picture={shown()} />
            <PartStripPanel
              stations={shown().line.stations}
              strip={strip}
              timeZone={props.plant.timeZone}
              selectedId={search.part}
              onSelect={select}
            />
            <PartPanel
              lastReject={shown().lastReject}
              selectedId={search.part}
              selected={selected()}
              marks={marks()}
              plantId={props.plant.id}
              timeZone={props.plant.timeZone}
              onSelect={select}
            />
            <RejectPanel picture={shown()} timeZone={props.plant.timeZone} />
            <GatePanel picture={shown()} />
            <MachinePanel picture={shown()} />
            <NodePanel picture={shown()} />
          </div>
        )}
      </Show>
    </section>
  );
}
