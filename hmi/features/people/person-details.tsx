import { createSignal, Show } from 'solid-js';
import { createAct } from '../../lib/create-act.ts';
import { formatDateMinute } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { useViewer } from '../../lib/viewer.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { SecretOnce } from '../../ui/secret-once.tsx';
import { TwoTaps } from '../../ui/two-taps.tsx';
import {
  CreatePasswordReset,
  DisablePerson,
  EnablePerson,
  type PersonInList,
  SetInstallationAdministrator,
  SetMemberships,
  UpdatePerson,
} from './people.documents.ts';
import { changedMemberships, type RoleChoice, roleChoice } from './role-choice.ts';
import { RoleMatrix } from './role-matrix.tsx';

interface PersonDetailsProps {
  person: PersonInList;
  plants: readonly { id: string; name: string }[];
  onChanged: () => Promise<void>;
}

/** One person: name, roles, password, and whether they may sign in. */
export function PersonDetails(props: PersonDetailsProps) {
  const viewer = useViewer();
  const isDisabled = () => props.person.disabledAt !== null;
  return (
    <div class="person">
      <header>
        <h2 class="person-name">{props.person.name}</h2>
        <Show when={isDisabled()}>
          <p class="quiet-text">{words().people.isDisabled}</p>
        </Show>
      </header>
      <NameForm {...props} />
      <Roles {...props} />
      <Show when={viewer().isAdministrator}>
        <InstallationAdministrator {...props} />
      </Show>
      <Show when={!isDisabled()}>
        <PasswordReset {...props} />
      </Show>
      <MaySignIn {...props} />
    </div>
  );
}

function NameForm(props: PersonDetailsProps) {
  const act = createAct();
  const [name, setName] = createSignal(props.person.name);
  const [email, setEmail] = createSignal(props.person.email ?? '');
  const [isDone, setDone] = createSignal(false);
  async function save() {
    setDone(false);
    const input = { personId: props.person.id, name: name().trim(), email: email().trim() };
    if (!(await act.send(UpdatePerson, { input }))) return;
    await props.onChanged();
    setDone(true);
  }
  return (
    <Form
      submit={words().setup.save}
      waiting={act.isWaiting()}
      refusal={act.refusalBeside(['name', 'email'])}
      done={isDone() ? words().setup.saved : undefined}
      onSubmit={() => void save()}
    >
      <Field label={words().setUp.name} name="name" value={name()} refusal={act.refusalAt('name')} onInput={setName} />
      <Field
        label={words().session.email}
        type="email"
        name="email"
        value={email()}
        refusal={act.refusalAt('email')}
        onInput={setEmail}
      />
    </Form>
  );
}

function Roles(props: PersonDetailsProps) {
  const act = createAct();
  const held = () => roleChoice(props.person.memberships);
  const [choice, setChoice] = createSignal<RoleChoice>(held());
  const changes = () => changedMemberships(held(), choice());
  const [isDone, setDone] = createSignal(false);
  async function save() {
    setDone(false);
    const input = { personId: props.person.id, memberships: changes() };
    if (!(await act.send(SetMemberships, { input }))) return;
    await props.onChanged();
    setDone(true);
  }
  return (
    <section class="person-part">
      <h3>{words().people.roles}</h3>
      <Show when={props.plants.length > 0} fallback={<p class="quiet-text">{words().setup.noPlants}</p>}>
        <Form
          submit={words().people.saveRoles}
          waiting={act.isWaiting()}
          disabled={changes().length === 0}
          refusal={act.refusal()?.text}
          done={isDone() && changes().length === 0 ? words().setup.saved : undefined}
          onSubmit={() => void save()}
        >
          <div class="form-wide">
            <RoleMatrix plants={props.plants} choice={choice()} onChange={setChoice} />
          </div>
        </Form>
      </Show>
    </section>
  );
}

function InstallationAdministrator(props: PersonDetailsProps) {
  const act = createAct();
  const set = async (isAdministrator: boolean) => {
    const input = { personId: props.person.id, isAdministrator };
    if (await act.send(SetInstallationAdministrator, { input })) await props.onChanged();
  };
  return (
    <section class="person-part">
      <h3>{words().people.installation}</h3>
      <p class="quiet-text">
        {props.person.isAdministrator ? words().people.isInstallation : words().people.notInstallation}
      </p>
      <TwoTaps
        label={props.person.isAdministrator ? words().people.endInstallation : words().people.makeInstallation}
        consequence={
          props.person.isAdministrator
            ? words().people.endInstallationConsequence
            : words().people.makeInstallationConsequence
        }
        confirm={words().people.doIt}
        cancel={words().act.cancel}
        waiting={act.isWaiting()}
        refusal={act.refusal()?.text}
        onConfirm={() => set(!props.person.isAdministrator)}
      />
    </section>
  );
}

function PasswordReset(props: PersonDetailsProps) {
  const act = createAct();
  const [created, setCreated] = createSignal<{ code: string; expiresAt: string }>();
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const link = (code: string) => `${location.origin}/reset-password?code=${encodeURIComponent(code)}`;
  return (
    <section class="person-part">
      <h3>{words().session.password}</h3>
      <Show
        when={created()}
        fallback={
          <TwoTaps
            label={words().people.resetPassword}
            consequence={words().people.resetConsequence}
            confirm={words().people.createLink}
            cancel={words().act.cancel}
            waiting={act.isWaiting()}
            refusal={act.refusal()?.text}
            onConfirm={async () => setCreated(await act.send(CreatePasswordReset, { personId: props.person.id }))}
          />
        }
      >
        {(reset) => (
          <SecretOnce
            label={words().people.resetLink}
            secret={link(reset().code)}
            copy={words().setup.copy}
            copied={words().chart.copied}
            selectAndCopy={words().chart.selectAndCopy}
            close={words().setup.putAway}
            onClose={() => setCreated(undefined)}
          >
            <p>{words().people.resetLinkHint(formatDateMinute(Date.parse(reset().expiresAt), zone, locale()))}</p>
          </SecretOnce>
        )}
      </Show>
    </section>
  );
}

function MaySignIn(props: PersonDetailsProps) {
  const act = createAct();
  async function enable() {
    if (await act.send(EnablePerson, { personId: props.person.id })) await props.onChanged();
  }
  return (
    <section class="person-part">
      <h3>{words().people.account}</h3>
      <Show
        when={props.person.disabledAt !== null}
        fallback={
          <TwoTaps
            label={words().people.disable}
            consequence={words().people.disableConsequence}
            confirm={words().people.disableNow}
            cancel={words().act.cancel}
            waiting={act.isWaiting()}
            refusal={act.refusal()?.text}
            onConfirm={async () => {
              if (await act.send(DisablePerson, { personId: props.person.id })) await props.onChanged();
            }}
          />
        }
      >
        <Button waiting={act.isWaiting()} onClick={() => void enable()}>
          {words().people.enable}
        </Button>
        <Show when={act.refusal()}>{(refusal) => <p role="alert">{refusal().text}</p>}</Show>
      </Show>
    </section>
  );
}
