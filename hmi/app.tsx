/** Composition root: client, session, addresses. */
import { A, Route, Router } from '@solidjs/router';
import { createClient, fetchExchange } from '@urql/core';
import { Provider } from '@urql/solid';
import { type JSX, Match, onCleanup, onMount, Show, Switch } from 'solid-js';
import { Frame } from './features/frame/frame.tsx';
import { LineScreen } from './features/line/line-screen.tsx';
import { OverviewScreen } from './features/overview/overview-screen.tsx';
import { createSession, type Person, type Session } from './features/session/create-session.ts';
import { roleNames } from './features/session/role-names.ts';
import { SetUpScreen } from './features/session/set-up.tsx';
import { SignInScreen } from './features/session/sign-in.tsx';
import { CatalogueContext } from './lib/catalogue.ts';
import { createCatalogue } from './lib/create-catalogue.ts';
import { words } from './lib/language.ts';
import { createLive, LiveContext } from './lib/live.ts';
import { makeLiveClient } from './lib/live-client.ts';
import { reloadOutdated } from './lib/reload-outdated.ts';
import { storedOperationExchange } from './lib/stored-operation.ts';
import './lib/theme.ts';
import { EmptyState } from './ui/empty-state.tsx';

export function App() {
  // No cache: what the screens show is either live or asked for when it is needed.
  const client = createClient({
    url: '/graphql',
    exchanges: [storedOperationExchange(reloadOutdated), fetchExchange],
    preferGetMethod: false,
    // Without the streams that urql would also take: those come over the WebSocket.
    fetchOptions: { headers: { accept: 'application/graphql-response+json, application/json' } },
  });
  const session = createSession(client);
  onMount(session.start);

  const Gate = (props: { children?: JSX.Element }) => {
    const viewer = () => {
      const state = session.state();
      return state.kind === 'signed-in' ? state.viewer : undefined;
    };
    return (
      <Switch>
        <Match when={viewer()}>
          {(person) => (
            <Inside viewer={person()} session={session}>
              {props.children}
            </Inside>
          )}
        </Match>
        <Match when={session.state().kind === 'anonymous'}>
          <SignInScreen session={session} />
        </Match>
        <Match when={session.state().kind === 'unreachable'}>
          <Notice text={words().session.unreachable} />
        </Match>
        <Match when={session.state().kind === 'asking'}>
          <Notice text={words().session.connecting} />
        </Match>
      </Switch>
    );
  };

  return (
    <Provider value={client}>
      <Router>
        <Route path="/setup" component={() => <SetUpScreen session={session} />} />
        <Route component={Gate}>
          <Route path="/" component={OverviewScreen} />
          <Route path="/plants/:plant/lines/:line" component={LineScreen} />
          <Route path="*" component={NotFound} />
        </Route>
      </Router>
    </Provider>
  );
}

/** Everything that needs a person: its feeds end with the session. */
function Inside(props: { viewer: Person; session: Session; children?: JSX.Element }) {
  const live = createLive(() => liveClient);
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
  const liveClient = makeLiveClient({
    url: `${scheme}//${location.host}/graphql`,
    hasSession: () => props.session.isPresent(),
    connected: live.resetClock,
    outdated: reloadOutdated,
  });
  onCleanup(() => liveClient.dispose());
  const catalogue = createCatalogue();

  return (
    <Show when={catalogue()} fallback={<Notice text={words().session.connecting} />}>
      {(plants) => (
        <LiveContext.Provider value={live}>
          <CatalogueContext.Provider value={plants}>
            <Frame
              who={{ name: props.viewer.person?.name ?? '', roles: roleNames(props.viewer, words().roles) }}
              onSignOut={() => props.session.signOut()}
            >
              {props.children}
            </Frame>
          </CatalogueContext.Provider>
        </LiveContext.Provider>
      )}
    </Show>
  );
}

function NotFound() {
  return (
    <EmptyState>
      {words().line.notFound} <A href="/">{words().line.backToOverview}</A>
    </EmptyState>
  );
}

function Notice(props: { text: string }) {
  return (
    <main class="door">
      <p role="status">{props.text}</p>
    </main>
  );
}
