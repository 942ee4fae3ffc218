import { For, Show } from 'solid-js';
import { countText } from '../../lib/count-text.ts';
import { formatAge, formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { useLive } from '../../lib/live.ts';
import { nodeProblems } from '../../lib/node-health.ts';
import { problemWords } from '../../lib/problem-words.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Reading } from '../../ui/reading.tsx';
import type { LinePicture } from './create-line-picture.ts';

type EdgeNode = LinePicture['edgeNodes'][number];
type CameraStatus = NonNullable<EdgeNode['status']>['cameras'][number];

/** The health of what looks at the parts: nodes and their cameras. */
export function NodePanel(props: { picture: LinePicture }) {
  return (
    <section class="panel node-panel">
      <h2 class="visually-hidden">{words().nodes.title}</h2>
      <For each={props.picture.edgeNodes} fallback={<EmptyState>{words().nodes.none}</EmptyState>}>
        {(node) => <NodeReadings node={node} picture={props.picture} />}
      </For>
    </section>
  );
}

function NodeReadings(props: { node: EdgeNode; picture: LinePicture }) {
  const live = useLive();
  const now = () => live.now() ?? Date.parse(props.picture.sentAt);
  const problems = () => nodeProblems(props.node, props.picture.sentAt);
  const cameraName = (cameraId: string) =>
    props.picture.line.stations.flatMap(({ cameras }) => cameras).find(({ id }) => id === cameraId)?.name;
  const silence = () => {
    const first = problems()[0];
    return first?.kind === 'down' || first?.kind === 'never-seen' ? problemWords(first, now()) : undefined;
  };
  /** A node may serve cameras of other lines too: those stand on their own screens. */
  const cameras = () => props.node.status?.cameras.filter(({ cameraId }) => cameraName(cameraId)) ?? [];

  return (
    <div class="node">
      <p class="node-head">
        <span class="node-name">{props.node.name}</span>
        <For
          each={problems().filter(({ kind }) => kind !== 'camera' && kind !== 'gate')}
          fallback={<span class="hint figure">{words().nodes.healthy}</span>}
        >
          {(problem) => <span class="figure abnormal">{problemWords(problem, now())}</span>}
        </For>
      </p>
      <dl class="readings">
        <For each={cameras()}>
          {(camera) => (
            <CameraReading
              name={cameraName(camera.cameraId) ?? ''}
              camera={camera}
              now={now() + (props.node.skewMs ?? 0)}
              doubt={silence()}
            />
          )}
        </For>
        <Show when={props.node.status}>
          {(status) => (
            <>
              <Reading label={words().nodes.outbox} doubt={silence()}>
                {words().nodes.outboxOf(
                  formatNumber(status().outboxResults, 0, locale()),
                  formatNumber(status().outboxImages, 0, locale()),
                )}
              </Reading>
              <Show when={status().droppedFrames > 0}>
                <Reading label="" doubt={silence()} isAbnormal>
                  {words().nodes.dropped(formatNumber(status().droppedFrames, 0, locale()))}
                </Reading>
              </Show>
            </>
          )}
        </Show>
        <Show when={props.node.skewMs !== null}>
          <Reading label={words().nodes.skew} unit={words().units.milliseconds} doubt={silence()}>
            {formatNumber(props.node.skewMs ?? 0, 0, locale())}
          </Reading>
        </Show>
      </dl>
    </div>
  );
}

/** `now` by the node's clock, as its time stamps are. */
function CameraReading(props: { name: string; camera: CameraStatus; now: number; doubt: string | undefined }) {
  return (
    <>
      <Reading label={props.name} unit={words().units.milliseconds} doubt={props.doubt}>
        <Show when={props.camera.lastFrameAt}>
          {/* An element, not a text: a text would be written once and never grow older. */}
          {(at) => <>{`${words().nodes.lastFrame(formatAge(props.now - Date.parse(at()), locale()))} · `}</>}
        </Show>
        {countText(props.camera.p50LatencyMs)}
      </Reading>
      <Show when={props.camera.problem}>
        {(problem) => (
          <Reading label="" isAbnormal doubt={props.doubt}>
            {problem()}
          </Reading>
        )}
      </Show>
    </>
  );
}
