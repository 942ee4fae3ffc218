import './session.css';
import { useClient } from '@urql/solid';
import { createSignal, Show } from 'solid-js';
import { formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { failureOf } from '../../lib/refusal.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import type { Session } from './create-session.ts';
import { SignIn } from './session.documents.ts';

/** The door. Where the person wanted to go stays in the address. */
export function SignInScreen(props: { session: Session }) {
  const client = useClient();
  const [email, setEmail] = createSignal('');
  const [password, setPassword] = createSignal('');
  const [isWaiting, setWaiting] = createSignal(false);
  const [refusal, setRefusal] = createSignal<string>();

  async function submit() {
    setWaiting(true);
    setRefusal(undefined);
    const result = await client.mutation(SignIn, { input: { email: email(), password: password() } }).toPromise();
    setWaiting(false);

    const answer = result.data?.signIn;
    if (answer?.__typename === 'Viewer') return props.session.enter(answer);
    if (answer?.__typename === 'WrongCredentialsError') return setRefusal(words().session.wrongCredentials);
    if (answer?.__typename === 'TooManyAttemptsError') {
      return setRefusal(words().session.tooManyAttempts(formatNumber(answer.retryAfterS, 0, locale())));
    }
    setRefusal(failureOf(result, words().session.noAnswer) ?? words().session.noAnswer);
  }

  return (
    <main class="door">
      <form
        class="door-form"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <h1 class="door-title">{words().appName}</h1>
        <Field
          label={words().session.email}
          type="email"
          name="email"
          autocomplete="username"
          value={email()}
          onInput={setEmail}
        />
        <Field
          label={words().session.password}
          type="password"
          name="password"
          autocomplete="current-password"
          value={password()}
          onInput={setPassword}
        />
        <Button type="submit" waiting={isWaiting()}>
          {words().session.signIn}
        </Button>
        <p class="door-refusal" role="alert">
          <Show when={refusal()}>{(message) => message()}</Show>
        </p>
      </form>
    </main>
  );
}
