import { createSignal } from 'solid-js';
import { createAct } from '../../lib/create-act.ts';
import { words } from '../../lib/language.ts';
import { Field } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { CreatePerson } from './people.documents.ts';
import { changedMemberships, type RoleChoice } from './role-choice.ts';
import { RoleMatrix } from './role-matrix.tsx';

interface NewPersonProps {
  plants: readonly { id: string; name: string }[];
  onCreated: (id: string) => Promise<void>;
}

/** A new person with a first password, which the person changes after signing in. */
export function NewPerson(props: NewPersonProps) {
  const act = createAct();
  const [name, setName] = createSignal('');
  const [email, setEmail] = createSignal('');
  const [password, setPassword] = createSignal('');
  const [choice, setChoice] = createSignal<RoleChoice>({});

  async function create() {
    const memberships = changedMemberships({}, choice());
    const input = { name: name().trim(), email: email().trim(), password: password(), memberships };
    const made = await act.send(CreatePerson, { input });
    if (made) await props.onCreated(made.id);
  }

  return (
    <div class="person">
      <header>
        <h2 class="person-name">{words().people.newPerson}</h2>
      </header>
      <Form
        submit={words().people.create}
        waiting={act.isWaiting()}
        refusal={act.refusalBeside(['name', 'email', 'password'])}
        onSubmit={() => void create()}
      >
        <Field
          label={words().setUp.name}
          name="name"
          value={name()}
          refusal={act.refusalAt('name')}
          onInput={setName}
        />
        <Field
          label={words().session.email}
          type="email"
          name="email"
          value={email()}
          refusal={act.refusalAt('email')}
          onInput={setEmail}
        />
        <Field
          label={words().people.firstPassword}
          type="password"
          name="password"
          autocomplete="new-password"
          hint={words().people.firstPasswordHint}
          value={password()}
          refusal={act.refusalAt('password')}
          onInput={setPassword}
        />
        <div class="form-wide">
          <RoleMatrix plants={props.plants} choice={choice()} onChange={setChoice} />
        </div>
      </Form>
      <a class="people-cancel" href="?">
        {words().act.cancel}
      </a>
    </div>
  );
}
