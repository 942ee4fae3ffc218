import './session.css';
import { useNavigate, useSearchParams } from '@solidjs/router';
import { useClient } from '@urql/solid';
import { createSignal, Show } from 'solid-js';
import { words } from '../../lib/language.ts';
import { failureOf } from '../../lib/refusal.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import type { Session } from './create-session.ts';
import { CreateFirstAdministrator } from './session.documents.ts';

/** Names the first administrator, with the one-time code that the server printed. */
export function SetUpScreen(props: { session: Session }) {
  const client = useClient();
  const navigate = useNavigate();
  const [search] = useSearchParams<{ code: string }>();
  const [name, setName] = createSignal('');
  const [email, setEmail] = createSignal('');
  const [password, setPassword] = createSignal('');
  const [again, setAgain] = createSignal('');
  const [isWaiting, setWaiting] = createSignal(false);
  const [refusal, setRefusal] = createSignal<string>();

  async function submit(code: string) {
    if (password() !== again()) return setRefusal(words().setUp.mismatch);
    setWaiting(true);
    setRefusal(undefined);
    const input = { code, name: name(), email: email(), password: password() };
    const result = await client.mutation(CreateFirstAdministrator, { input }).toPromise();
    setWaiting(false);

    const answer = result.data?.createFirstAdministrator;
    switch (answer?.__typename) {
      case 'Viewer':
        props.session.enter(answer);
        return navigate('/', { replace: true });
      case 'WrongCredentialsError':
        return setRefusal(words().setUp.wrongCode);
      case 'InvalidInputError':
      case 'ConflictError':
        return setRefusal(`${answer.message} ${answer.remedy}`);
      default:
        setRefusal(failureOf(result, words().setUp.noAnswer) ?? words().setUp.noAnswer);
    }
  }

  return (
    <main class="door">
      <Show when={search.code} fallback={<p class="door-form">{words().setUp.noCode}</p>}>
        {(code) => (
          <form
            class="door-form"
            onSubmit={(event) => {
              event.preventDefault();
              void submit(code());
            }}
          >
            <h1 class="door-title">{words().setUp.title}</h1>
            <p class="quiet-text">{words().setUp.hint}</p>
            <Field
              label={words().setUp.name}
              type="text"
              name="name"
              autocomplete="name"
              value={name()}
              onInput={setName}
            />
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
              autocomplete="new-password"
              value={password()}
              onInput={setPassword}
            />
            <Field
              label={words().setUp.passwordAgain}
              type="password"
              name="password-again"
              autocomplete="new-password"
              value={again()}
              onInput={setAgain}
            />
            <Button type="submit" waiting={isWaiting()}>
              {words().setUp.create}
            </Button>
            <p class="door-refusal" role="alert">
              <Show when={refusal()}>{(message) => message()}</Show>
            </p>
          </form>
        )}
      </Show>
    </main>
  );
}
