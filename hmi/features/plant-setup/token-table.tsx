import '../../ui/data-table.css';
import { For, Show } from 'solid-js';
import { createAct } from '../../lib/create-act.ts';
import { words } from '../../lib/language.ts';
import { TwoTaps } from '../../ui/two-taps.tsx';
import { RevokeToken } from './keys.documents.ts';
import { useMoments } from './moments.ts';
import { isGood } from './node-key-state.ts';

interface ShownToken {
  id: string;
  name: string;
  isKey: boolean;
  createdAt: string;
  lastUsedAt: string | null;
  expiresAt: string | null;
  revokedAt: string | null;
}

/** Keys and tokens with what became of them; those that are good can be ended. */
export function TokenTable(props: { tokens: readonly ShownToken[]; onChanged: () => Promise<void> }) {
  return (
    <table class="data-table">
      <thead>
        <tr>
          <th>{words().setup.fields.name}</th>
          <th>{words().setup.made}</th>
          <th>{words().setup.lastUsed}</th>
          <th>{words().setup.state}</th>
        </tr>
      </thead>
      <tbody>
        <For each={props.tokens.toReversed()}>{(token) => <TokenRow token={token} onChanged={props.onChanged} />}</For>
      </tbody>
    </table>
  );
}

function TokenRow(props: { token: ShownToken; onChanged: () => Promise<void> }) {
  const act = createAct();
  const { now, at, ago } = useMoments();
  const isOpen = () => isGood(props.token, now());
  const stateText = () => {
    const { revokedAt, expiresAt } = props.token;
    if (revokedAt !== null) return words().setup.endedAt(at(revokedAt));
    if (expiresAt === null) return words().setup.good;
    return isOpen() ? words().setup.goodUntil(at(expiresAt)) : words().setup.endedAt(at(expiresAt));
  };
  return (
    <tr classList={{ 'is-retired': !isOpen() }}>
      <td>
        {props.token.name} <span class="hint">{props.token.isKey ? words().setup.ownKey : words().setup.secret}</span>
      </td>
      <td>{at(props.token.createdAt)}</td>
      <td>{ago(props.token.lastUsedAt)}</td>
      <td>
        {stateText()}
        <Show when={isOpen()}>
          <TwoTaps
            label={words().setup.revoke}
            consequence={words().setup.revokeConsequence}
            confirm={words().setup.revokeNow}
            cancel={words().act.cancel}
            waiting={act.isWaiting()}
            refusal={act.refusal()?.text}
            onConfirm={async () => {
              if (await act.send(RevokeToken, { tokenId: props.token.id })) await props.onChanged();
            }}
          />
        </Show>
      </td>
    </tr>
  );
}
