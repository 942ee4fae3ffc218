import { createSignal, Show } from 'solid-js';
import { createAct } from '../../lib/create-act.ts';
import { createAnswer } from '../../lib/create-answer.ts';
import { words } from '../../lib/language.ts';
import { Field } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { ScrollArea } from '../../ui/scroll-area.tsx';
import { SecretOnce } from '../../ui/secret-once.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { CreateToken } from './keys.documents.ts';
import { usePlantSetUp } from './plant-context.ts';
import { PlantTokens } from './plant-setup.documents.ts';
import { TokenTable } from './token-table.tsx';

const noFields = ['name', 'expiresAt', 'edgeNodeId'] as const;

/** Tokens for MES and for nodes that cannot be enrolled: made here, shown once, ended here. */
export function TokensScreen() {
  const { plant } = usePlantSetUp();
  const answer = createAnswer(PlantTokens, () => ({ plantId: plant().id }));
  const tokens = () =>
    (answer.data()?.tokens ?? []).map((token) => ({
      ...token,
      name: token.edgeNode ? `${token.name} · ${token.edgeNode.name}` : token.name,
    }));

  return (
    <div class="set-up-split set-up-split-even">
      <ScrollArea label={words().setup.tabs.tokens} class="panel">
        <Show
          when={tokens().length > 0}
          fallback={
            <Show when={answer.data()} fallback={<p role="status">{answer.failure() ?? words().session.waiting}</p>}>
              <p class="quiet-text">{words().setup.noTokens}</p>
            </Show>
          }
        >
          <TokenTable tokens={tokens()} onChanged={answer.ask} />
        </Show>
      </ScrollArea>
      <ScrollArea label={words().setup.newToken} class="panel">
        <NewToken onCreated={answer.ask} />
      </ScrollArea>
    </div>
  );
}

function NewToken(props: { onCreated: () => Promise<void> }) {
  const { plant } = usePlantSetUp();
  const act = createAct();
  const [name, setName] = createSignal('');
  const [nodeId, setNodeId] = createSignal('');
  const [lastDay, setLastDay] = createSignal('');
  const [secret, setSecret] = createSignal<{ name: string; text: string }>();

  async function create() {
    const role = nodeId() === '' ? 'MES' : 'EDGE_NODE';
    const expiresAt = lastDay() === '' ? null : new Date(`${lastDay()}T23:59:59`).toISOString();
    const input = { plantId: plant().id, name: name().trim(), role, edgeNodeId: nodeId() || null, expiresAt } as const;
    const made = await act.send(CreateToken, { input });
    if (!made) return;
    setSecret({ name: made.token.name, text: made.secret });
    setName('');
    await props.onCreated();
  }

  return (
    <div class="details">
      <header class="details-head">
        <h2>{words().setup.newToken}</h2>
      </header>
      <p class="quiet-text">{words().setup.tokenHint}</p>
      <Form
        submit={words().setup.createToken}
        waiting={act.isWaiting()}
        refusal={act.refusalBeside(noFields)}
        onSubmit={() => void create()}
      >
        <Field
          label={words().setup.tokenName}
          name="name"
          value={name()}
          refusal={act.refusalAt('name')}
          onInput={setName}
        />
        <SelectField
          label={words().setup.tokenFor}
          name="edgeNodeId"
          value={nodeId()}
          refusal={act.refusalAt('edgeNodeId')}
          onChoose={setNodeId}
          options={[
            { value: '', name: words().setup.tokenForMes },
            ...plant()
              .edgeNodes.filter((node) => node.retiredAt === null)
              .map((node) => ({ value: node.id, name: words().setup.tokenForNode(node.name) })),
          ]}
        />
        <Field
          label={words().setup.optional(words().setup.tokenLastDay)}
          name="expiresAt"
          type="date"
          isOptional
          value={lastDay()}
          refusal={act.refusalAt('expiresAt')}
          onInput={setLastDay}
        />
      </Form>
      <Show when={secret()}>
        {(made) => (
          <SecretOnce
            label={words().setup.secretOf(made().name)}
            secret={made().text}
            copy={words().setup.copy}
            copied={words().chart.copied}
            selectAndCopy={words().chart.selectAndCopy}
            close={words().setup.putAway}
            onClose={() => setSecret(undefined)}
          >
            <p>{words().setup.secretShownOnce}</p>
            <pre>{`Authorization: Bearer ${made().text}`}</pre>
          </SecretOnce>
        )}
      </Show>
    </div>
  );
}
