import './truth-bar.css';
import { A, useMatch } from '@solidjs/router';
import { createSignal, For, Show } from 'solid-js';
import { useCatalogue } from '../../lib/catalogue.ts';
import { formatAge, formatTime } from '../../lib/format.ts';
import { type Language, language, languages, locale, setLanguage, words } from '../../lib/language.ts';
import { useLive } from '../../lib/live.ts';
import { setThemeChoice, themeChoice, themeChoices } from '../../lib/theme.ts';
import { Button } from '../../ui/button.tsx';
import { Choice } from '../../ui/choice.tsx';
import { plantClocks } from './plant-clocks.ts';

interface TruthBarProps {
  who: { name: string; roles: string[] };
  onSignOut: () => Promise<boolean>;
}

/** Clock, freshness, who: the screen never lies about its own age. */
export function TruthBar(props: TruthBarProps) {
  const live = useLive();
  const [isLeaving, setLeaving] = createSignal(false);
  const [refusal, setRefusal] = createSignal<string>();

  async function leave() {
    setLeaving(true);
    setRefusal(undefined);
    const isGone = await props.onSignOut();
    setLeaving(false);
    if (!isGone) setRefusal(words().session.signOutFailed);
  }

  return (
    <footer class="truth-bar" data-no-data={live.isLocked() ? '' : undefined}>
      <Clocks />
      <FreshnessWord />
      <A class="truth-who" href="/account" title={words().account.title}>
        {props.who.name}
        <Show when={props.who.roles.length > 0}>
          <span class="truth-roles">{` · ${props.who.roles.join(', ')}`}</span>
        </Show>
      </A>
      <Show when={refusal()}>{(message) => <span role="alert">{message()}</span>}</Show>
      <span class="truth-controls">
        <Choice<Language>
          label={words().truth.language}
          options={[
            { value: 'en', name: languages.en },
            { value: 'de', name: languages.de },
          ]}
          value={language()}
          onChoose={setLanguage}
        />
        <Choice
          label={words().truth.theme}
          options={themeChoices.map((value) => ({ value, name: words().truth.themes[value] }))}
          value={themeChoice()}
          onChoose={setThemeChoice}
        />
        <Button waiting={isLeaving()} onClick={() => void leave()}>
          {words().session.signOut}
        </Button>
      </span>
    </footer>
  );
}

/** The plant's time by the server's clock: a screen with a wrong clock of its own still shows the right time. */
function Clocks() {
  const live = useLive();
  const plants = useCatalogue();
  const match = useMatch(() => '/plants/:plant/*rest');
  const setUp = useMatch(() => '/admin/plants/:plant/*rest');
  const clocks = () => plantClocks(plants(), (match() ?? setUp())?.params.plant);
  return (
    <Show when={live.now()}>
      {(now) => (
        <For each={clocks()}>
          {(clock) => (
            <span class="truth-clock">
              <time class="truth-time">{formatTime(now(), clock.timeZone, locale())}</time>{' '}
              <span class="truth-label">{clock.name ?? words().truth.plantTime}</span>
            </span>
          )}
        </For>
      )}
    </Show>
  );
}

function FreshnessWord() {
  const live = useLive();
  const text = () => {
    const freshness = live.freshness();
    const { truth } = words();
    switch (freshness.kind) {
      case 'none':
        return '';
      case 'waiting':
        return truth.waiting;
      case 'no-data':
        return truth.noData(formatAge(freshness.ageMs, locale()));
      case 'live': {
        const without = freshness.without > 0 ? ` · ${truth.withoutData(freshness.without)}` : '';
        return truth.live(formatAge(freshness.ageMs, locale())) + without;
      }
    }
  };
  return (
    <>
      <span class="truth-freshness" data-testid="freshness">
        {text()}
      </span>
      {/* Said once, when it changes: the running age would never let a screen reader finish. */}
      <span class="visually-hidden" role="status">
        {live.isLocked() ? words().truth.noData('') : ''}
      </span>
    </>
  );
}
