import { For, Show } from 'solid-js';
import { countText } from '../../lib/count-text.ts';
import { formatAge } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import type { FleetNode, NodeStatus } from './fleet.documents.ts';
import { runningModel } from './running-model.ts';

type CameraStatus = NodeStatus['cameras'][number];
type Camera = FleetNode['stations'][number]['cameras'][number];

/** The cameras, the model that judges each, and how long a verdict takes. */
export function CameraTable(props: { node: FleetNode; status: NodeStatus; now: number }) {
  const cameraOf = (id: string): Camera | undefined =>
    props.node.stations.flatMap(({ cameras }) => cameras).find((camera) => camera.id === id);
  return (
    <section class="node-part">
      <h3>{words().fleet.cameras}</h3>
      <Show when={props.status.cameras.length > 0} fallback={<p class="hint">{words().fleet.noCameras}</p>}>
        <table class="data-table">
          <thead>
            <tr>
              <th>{words().fleet.camera}</th>
              <th>{words().fleet.model}</th>
              <th class="fleet-number">
                {words().fleet.latency} {words().units.milliseconds}
              </th>
              <th class="fleet-number">{words().fleet.frames}</th>
              <th class="fleet-number">{words().fleet.dropped}</th>
              <th class="fleet-number">{words().fleet.lastFrame}</th>
            </tr>
          </thead>
          <tbody>
            <For each={props.status.cameras}>
              {(status) => (
                <tr>
                  <td>
                    {cameraOf(status.cameraId)?.name ?? words().value.none}
                    <Show when={status.problem}>{(problem) => <p class="abnormal">{problem()}</p>}</Show>
                  </td>
                  <td>
                    <Model camera={cameraOf(status.cameraId)} status={status} />
                  </td>
                  <td class="fleet-number figure">
                    {countText(status.p50LatencyMs)} / {countText(status.p99LatencyMs)}
                  </td>
                  <td class="fleet-number figure">{countText(status.framesTaken)}</td>
                  <td class="fleet-number">
                    <span class="figure" classList={{ abnormal: (status.droppedFrames ?? 0) > 0 }}>
                      {countText(status.droppedFrames)}
                    </span>
                  </td>
                  <td class="fleet-number figure">
                    {status.lastFrameAt === null
                      ? words().value.none
                      : words().fleet.ago(
                          formatAge(props.now + (props.node.skewMs ?? 0) - Date.parse(status.lastFrameAt), locale()),
                        )}
                  </td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </Show>
    </section>
  );
}

function Model(props: { camera: Camera | undefined; status: CameraStatus }) {
  const active = () => runningModel(props.camera?.assignment, props.status.modelVersionId);
  const shadow = () => runningModel(props.camera?.shadowAssignment, props.status.shadowModelVersionId);
  return (
    <>
      <span class="figure" classList={{ abnormal: active().kind !== 'running' }}>
        {active().kind === 'none' && words().fleet.noModel}
        {active().kind === 'running' && active().version}
        {active().kind === 'waiting' && words().fleet.notRunning(active().version)}
      </span>
      <Show when={shadow().kind !== 'none'}>
        <p class="hint">
          {words().fleet.shadow(
            shadow().kind === 'running' ? shadow().version : words().fleet.notRunning(shadow().version),
          )}
        </p>
      </Show>
    </>
  );
}
