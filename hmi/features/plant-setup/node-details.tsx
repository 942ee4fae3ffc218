import { createSignal, Show } from 'solid-js';
import { createAct } from '../../lib/create-act.ts';
import { words } from '../../lib/language.ts';
import { Button } from '../../ui/button.tsx';
import { Reading } from '../../ui/reading.tsx';
import { SecretOnce } from '../../ui/secret-once.tsx';
import { TwoTaps } from '../../ui/two-taps.tsx';
import { Details } from './details.tsx';
import { CreateEnrolmentCode } from './keys.documents.ts';
import { useMoments } from './moments.ts';
import { nodeKeyState } from './node-key-state.ts';
import { PartForm } from './part-form.tsx';
import type { NodeInSetUp } from './plant-setup.documents.ts';
import { RetirePart } from './retire-part.tsx';
import { TokenTable } from './token-table.tsx';

interface NodeDetailsProps {
  node: NodeInSetUp;
  onChanged: () => Promise<void>;
}

/** One edge node: its name, how it proves who it is, and what ends that. */
export function NodeDetails(props: NodeDetailsProps) {
  return (
    <Show when={props.node.id} keyed>
      {(id) => (
        <Details kind={words().setup.kinds.edgeNode} name={props.node.name} code={props.node.code}>
          <PartForm
            kind="edgeNode"
            part={{ id, values: { name: props.node.name, code: props.node.code } }}
            parentId=""
            disabled={props.node.retiredAt !== null}
            onWritten={props.onChanged}
          />
          <Show when={props.node.retiredAt === null}>
            <Enrolment node={props.node} onChanged={props.onChanged} />
          </Show>
          <Show when={props.node.tokens.length > 0}>
            <section class="details-part">
              <h3>{words().setup.keys}</h3>
              <TokenTable tokens={props.node.tokens} onChanged={props.onChanged} />
            </section>
          </Show>
          <div class="details-part">
            <RetirePart kind="edgeNode" id={id} isRetired={props.node.retiredAt !== null} onDone={props.onChanged} />
          </div>
        </Details>
      )}
    </Show>
  );
}

/** The state of its key, and the one-time code that gives it one. */
function Enrolment(props: NodeDetailsProps) {
  const act = createAct();
  const { now, at, ago } = useMoments();
  const [created, setCreated] = createSignal<{ code: string; expiresAt: string }>();
  const state = () => nodeKeyState(props.node, now());

  async function create() {
    const made = await act.send(CreateEnrolmentCode, { edgeNodeId: props.node.id });
    if (!made) return;
    setCreated(made);
    await props.onChanged();
  }

  return (
    <section class="details-part">
      <h3>{words().setup.enrolment}</h3>
      <dl class="readings enrolment-state">
        <Reading label={words().setup.key}>{words().setup.keyStates[state().kind]}</Reading>
        <Show when={state().token}>
          {(token) => <Reading label={words().setup.lastUsed}>{ago(token().lastUsedAt)}</Reading>}
        </Show>
        <Show when={state().codeUntil}>
          {(until) => <Reading label={words().setup.codeWaits}>{words().setup.until(at(until()))}</Reading>}
        </Show>
        <Reading label={words().setup.stations}>
          {props.node.stations.map(({ line, name }) => `${line.name} · ${name}`).join(', ') || words().value.none}
        </Reading>
        <Show when={props.node.skewMs}>
          {(skew) => (
            <Reading label={words().nodes.skew} unit={words().units.milliseconds}>
              {Math.round(skew())}
            </Reading>
          )}
        </Show>
      </dl>
      <Show
        when={created()}
        fallback={
          <Show
            when={state().kind !== 'none'}
            fallback={
              <div class="two-taps">
                <p class="quiet-text">{words().setup.enrolmentHint}</p>
                <Button isStrong waiting={act.isWaiting()} onClick={() => void create()}>
                  {words().setup.createCode}
                </Button>
                <Show when={act.refusal()}>{(refusal) => <p role="alert">{refusal().text}</p>}</Show>
              </div>
            }
          >
            <TwoTaps
              label={words().setup.createNewCode}
              consequence={words().setup.newCodeConsequence}
              confirm={words().setup.createCode}
              cancel={words().act.cancel}
              waiting={act.isWaiting()}
              refusal={act.refusal()?.text}
              onConfirm={create}
            />
          </Show>
        }
      >
        {(code) => (
          <SecretOnce
            label={words().setup.enrolmentCode}
            secret={code().code}
            copy={words().setup.copy}
            copied={words().chart.copied}
            selectAndCopy={words().chart.selectAndCopy}
            close={words().setup.putAway}
            onClose={() => setCreated(undefined)}
          >
            <p>{words().setup.codeShownOnce(at(code().expiresAt))}</p>
            <p>{words().setup.codeGoesTo}</p>
            <pre>{`server:\n  url: ${location.origin}\n  enrolmentCode: ${code().code}`}</pre>
            <p>{words().setup.codeOrVariable}</p>
            <pre>{`LEHR_ENROLMENT_CODE=${code().code}`}</pre>
          </SecretOnce>
        )}
      </Show>
    </section>
  );
}
