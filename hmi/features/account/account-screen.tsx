import './account.css';
import '../../ui/data-table.css';
import { createSignal, For, Show } from 'solid-js';
import { createAct } from '../../lib/create-act.ts';
import { createAnswer } from '../../lib/create-answer.ts';
import { formatDateMinute } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { ChangePassword, EndSession, OwnAccount, type OwnSession } from './account.documents.ts';

/** One's own account, for everybody: the password, and where one is signed in. */
export function AccountScreen() {
  const answer = createAnswer(OwnAccount, () => ({}));
  const viewer = () => answer.data()?.viewer ?? undefined;
  return (
    <div class="account panel">
      <Show when={viewer()} fallback={<p role="status">{answer.failure() ?? words().session.waiting}</p>}>
        {(known) => (
          <>
            <header>
              <h1 class="account-name">{known().person?.name}</h1>
              <p class="quiet-text">{known().person?.email}</p>
            </header>
            <OwnPassword onChanged={answer.ask} />
            <section class="account-part">
              <h2>{words().account.sessions}</h2>
              <p class="quiet-text">{words().account.sessionsHint}</p>
              <table class="data-table">
                <thead>
                  <tr>
                    <th>{words().account.begun}</th>
                    <th>{words().account.ends}</th>
                    <th>{words().setup.state}</th>
                  </tr>
                </thead>
                <tbody>
                  <For each={known().sessions}>
                    {(session) => <SessionRow session={session} onEnded={answer.ask} />}
                  </For>
                </tbody>
              </table>
            </section>
          </>
        )}
      </Show>
    </div>
  );
}

function OwnPassword(props: { onChanged: () => Promise<void> }) {
  const act = createAct();
  const [former, setFormer] = createSignal('');
  const [next, setNext] = createSignal('');
  const [again, setAgain] = createSignal('');
  const [isDone, setDone] = createSignal(false);

  async function change() {
    setDone(false);
    if (next() !== again()) return act.refuse(words().setUp.mismatch, 'again');
    const changed = await act.send(ChangePassword, { input: { oldPassword: former(), newPassword: next() } });
    if (!changed) return;
    setFormer('');
    setNext('');
    setAgain('');
    setDone(true);
    await props.onChanged();
  }

  return (
    <section class="account-part">
      <h2>{words().account.changePassword}</h2>
      <Form
        submit={words().account.changePassword}
        waiting={act.isWaiting()}
        refusal={act.refusalBeside(['oldPassword', 'newPassword', 'again'])}
        done={isDone() ? words().account.passwordChanged : undefined}
        onSubmit={() => void change()}
      >
        <Field
          label={words().account.oldPassword}
          type="password"
          name="old-password"
          autocomplete="current-password"
          value={former()}
          refusal={act.refusalAt('oldPassword')}
          onInput={setFormer}
        />
        <Field
          label={words().account.newPassword}
          type="password"
          name="new-password"
          autocomplete="new-password"
          hint={words().people.passwordHint}
          value={next()}
          refusal={act.refusalAt('newPassword')}
          onInput={setNext}
        />
        <Field
          label={words().setUp.passwordAgain}
          type="password"
          name="new-password-again"
          autocomplete="new-password"
          value={again()}
          refusal={act.refusalAt('again')}
          onInput={setAgain}
        />
      </Form>
    </section>
  );
}

function SessionRow(props: { session: OwnSession; onEnded: () => Promise<void> }) {
  const act = createAct();
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const at = (iso: string) => formatDateMinute(Date.parse(iso), zone, locale());
  async function end() {
    if (await act.send(EndSession, { sessionId: props.session.id })) await props.onEnded();
  }
  return (
    <tr>
      <td>{at(props.session.createdAt)}</td>
      <td>{at(props.session.expiresAt)}</td>
      <td>
        <Show when={!props.session.isCurrent} fallback={<span class="quiet-text">{words().account.thisOne}</span>}>
          <Button waiting={act.isWaiting()} onClick={() => void end()}>
            {words().account.end}
          </Button>
        </Show>
        <Show when={act.refusal()}>{(refusal) => <p role="alert">{refusal().text}</p>}</Show>
      </td>
    </tr>
  );
}
