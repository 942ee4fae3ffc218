import { A } from '@solidjs/router';
import { For, Show } from 'solid-js';
import { linePath } from '../../lib/catalogue.ts';
import { formatAge, formatBytes, formatDateMinute, formatNumber, formatShare } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { useLive } from '../../lib/live.ts';
import { nodeProblems } from '../../lib/node-health.ts';
import { problemWords } from '../../lib/problem-words.ts';
import { Reading } from '../../ui/reading.tsx';
import { ShareBar } from '../../ui/share-bar.tsx';
import { CameraTable } from './camera-table.tsx';
import { DeadLetters } from './dead-letters.tsx';
import type { FleetNode, FleetPlant, NodeStatus } from './fleet.documents.ts';
import { GateTable } from './gate-table.tsx';
import { MachineTable } from './machine-table.tsx';
import { daysLeft, isDiskLow, isExpiring, isOutboxHigh, isSkewLarge } from './node-limits.ts';

interface NodeDetailsProps {
  node: FleetNode;
  plant: FleetPlant;
  isLocked: boolean;
  onChanged: () => Promise<void>;
}

/** All that a node says of itself. */
export function NodeDetails(props: NodeDetailsProps) {
  const live = useLive();
  const now = () => live.now() ?? Date.now();
  const problems = () => nodeProblems(props.node, new Date(now()).toISOString());
  const isSilent = () => problems().some(({ kind }) => kind === 'down' || kind === 'never-seen');
  const lines = () => [...new Map(props.node.stations.map(({ line }) => [line.id, line])).values()];

  return (
    <article class="node-details" data-no-data={isSilent() ? '' : undefined}>
      <header class="node-details-head">
        <h2 class="node-details-name">{props.node.name}</h2>
        <p>
          <For each={lines()}>
            {(line) => (
              <A class="node-details-line" href={linePath(props.plant, line)}>
                {line.name}
              </A>
            )}
          </For>
        </p>
        <ul class="node-problems">
          <For each={problems()} fallback={<li>{words().fleet.ok}</li>}>
            {(problem) => (
              <li>
                <span class="abnormal">{problemWords(problem, now())}</span>
              </li>
            )}
          </For>
        </ul>
      </header>
      <Show when={props.node.status} fallback={<p>{words().fleet.neverReported}</p>}>
        {(status) => (
          <>
            <div class="node-columns">
              <Computer {...props} status={status()} now={now()} />
              <Outbox status={status()} now={now()} />
            </div>
            <MachineTable node={props.node} status={status()} />
            <GateTable node={props.node} status={status()} now={now()} />
            <CameraTable node={props.node} status={status()} now={now()} />
            <DeadLetters {...props} status={status()} now={now()} />
          </>
        )}
      </Show>
    </article>
  );
}

function Computer(props: { node: FleetNode; plant: FleetPlant; status: NodeStatus; now: number }) {
  const hardware = () => props.status.hardware;
  const processor = () =>
    [hardware()?.processor, hardware()?.cores ? words().fleet.cores(String(hardware()?.cores)) : undefined]
      .filter(Boolean)
      .join(' · ');
  return (
    <section class="node-part">
      <h3>{words().fleet.self}</h3>
      <dl class="readings">
        <Show when={props.node.lastSeenAt}>
          {(at) => (
            <Reading label={words().fleet.lastReport}>
              {words().fleet.ago(formatAge(props.now - Date.parse(at()), locale()))}
            </Reading>
          )}
        </Show>
        <Reading label={words().fleet.upFor}>
          {formatAge(props.now - Date.parse(props.status.startedAt), locale())}
        </Reading>
        <Reading label={words().fleet.version}>{props.status.version}</Reading>
        <Show when={props.node.skewMs !== null}>
          <Reading
            label={words().nodes.skew}
            unit={words().units.milliseconds}
            isAbnormal={isSkewLarge(props.node.skewMs)}
          >
            {formatNumber(props.node.skewMs ?? 0, 0, locale())}
          </Reading>
        </Show>
        <Show when={props.status.certificateExpiresAt}>
          {(at) => (
            <Reading label={words().fleet.certificate} isAbnormal={isExpiring(at(), props.now)}>
              {formatDateMinute(Date.parse(at()), props.plant.timeZone, locale())}
              <span class="unit">{certificateWords(at(), props.now)}</span>
            </Reading>
          )}
        </Show>
        <Show when={props.status.disk}>
          {(disk) => (
            <Reading label={words().fleet.disk} isAbnormal={isDiskLow(disk())}>
              {words().fleet.diskFree(
                formatBytes(disk().freeBytes, locale()),
                formatBytes(disk().totalBytes, locale()),
              )}
            </Reading>
          )}
        </Show>
        <Show when={hardware()?.hostname}>{(name) => <Reading label={words().fleet.host}>{name()}</Reading>}</Show>
        <Show when={hardware()?.system}>{(system) => <Reading label={words().fleet.system}>{system()}</Reading>}</Show>
        <Show when={processor()}>{(text) => <Reading label={words().fleet.processor}>{text()}</Reading>}</Show>
        <Show when={hardware()?.memoryBytes}>
          {(bytes) => <Reading label={words().fleet.memory}>{formatBytes(bytes(), locale())}</Reading>}
        </Show>
      </dl>
    </section>
  );
}

function certificateWords(at: string, now: number): string {
  const days = daysLeft(at, now);
  return days < 0 ? words().fleet.expired : words().fleet.daysLeft(formatNumber(days, 0, locale()));
}

function Outbox(props: { status: NodeStatus; now: number }) {
  const count = (value: number) => formatNumber(value, 0, locale());
  const share = () => props.status.outboxLimitShare;
  return (
    <section class="node-part">
      <h3>{words().fleet.outbox}</h3>
      <Show when={share() !== null}>
        <ShareBar
          share={share() ?? 0}
          label={`${words().fleet.full} ${formatShare(share() ?? 0, locale())} ${words().units.percent}`}
        />
      </Show>
      <dl class="readings">
        <Show when={share() !== null}>
          <Reading label={words().fleet.full} unit={words().units.percent} isAbnormal={isOutboxHigh(share())}>
            {formatShare(share() ?? 0, locale())}
          </Reading>
        </Show>
        <Reading label={words().fleet.results}>{count(props.status.outboxResults)}</Reading>
        <Reading label={words().fleet.images}>
          {count(props.status.outboxImages)}
          <Show when={props.status.outboxImageBytes}>
            {(bytes) => <span class="unit">{formatBytes(bytes(), locale())}</span>}
          </Show>
        </Reading>
        <Show when={props.status.oldestResultAt}>
          {(at) => (
            <Reading label={words().fleet.oldest}>
              {words().fleet.ago(formatAge(props.now - Date.parse(at()), locale()))}
            </Reading>
          )}
        </Show>
        <Show when={props.status.sacrificedImages}>
          {(lost) => (
            <Reading label={words().fleet.sacrificedImages} isAbnormal>
              {count(lost())}
            </Reading>
          )}
        </Show>
        <Show when={props.status.sacrificedResults}>
          {(lost) => (
            <Reading label={words().fleet.sacrificedResults} isAbnormal>
              {count(lost())}
            </Reading>
          )}
        </Show>
      </dl>
    </section>
  );
}
