import './session.css';
import { useNavigate, useSearchParams } from '@solidjs/router';
import { createSignal, Show } from 'solid-js';
import { createAct } from '../../lib/create-act.ts';
import { words } from '../../lib/language.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import type { Session } from './create-session.ts';
import { ResetPassword } from './session.documents.ts';

/** A new password for who opens the link that an administrator handed over; signs in. */
export function ResetPasswordScreen(props: { session: Session }) {
  const act = createAct();
  const navigate = useNavigate();
  const [search] = useSearchParams<{ code: string }>();
  const [password, setPassword] = createSignal('');
  const [again, setAgain] = createSignal('');

  async function submit(code: string) {
    if (password() !== again()) return act.refuse(words().setUp.mismatch, 'again');
    const viewer = await act.send(ResetPassword, { input: { code, password: password() } });
    if (!viewer) return;
    props.session.enter(viewer);
    navigate('/', { replace: true });
  }

  return (
    <main class="door">
      <Show when={search.code} fallback={<p class="door-form">{words().resetPassword.noCode}</p>}>
        {(code) => (
          <form
            class="door-form"
            onSubmit={(event) => {
              event.preventDefault();
              void submit(code());
            }}
          >
            <h1 class="door-title">{words().resetPassword.title}</h1>
            <p class="quiet-text">{words().resetPassword.hint}</p>
            <Field
              label={words().account.newPassword}
              type="password"
              name="password"
              autocomplete="new-password"
              hint={words().people.passwordHint}
              value={password()}
              refusal={act.refusalAt('password')}
              onInput={setPassword}
            />
            <Field
              label={words().setUp.passwordAgain}
              type="password"
              name="password-again"
              autocomplete="new-password"
              value={again()}
              refusal={act.refusalAt('again')}
              onInput={setAgain}
            />
            <Button type="submit" waiting={act.isWaiting()}>
              {words().resetPassword.set}
            </Button>
            <p class="door-refusal" role="alert">
              <Show when={act.refusalBeside(['password', 'again'])}>{(message) => message()}</Show>
            </p>
          </form>
        )}
      </Show>
    </main>
  );
}
