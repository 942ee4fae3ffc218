/** Composition root: client, session, addresses. */
import { A, Navigate, Route, Router } from '@solidjs/router';
import { createClient, fetchExchange } from '@urql/core';
import { Provider } from '@urql/solid';
import { type JSX, Match, onCleanup, onMount, Show, Switch } from 'solid-js';
import { AccountScreen } from './features/account/account-screen.tsx';
import { AgreementScreen } from './features/agreement/agreement-screen.tsx';
import { AlarmsScreen } from './features/alarms/alarms-screen.tsx';
import { DataFrame } from './features/data/data-frame.tsx';
import { SetScreen } from './features/datasets/set-screen.tsx';
import { SetsScreen } from './features/datasets/sets-screen.tsx';
import { BookScreen } from './features/defect-book/book-screen.tsx';
import { ExchangeScreen } from './features/exchange/exchange-screen.tsx';
import { FleetScreen } from './features/fleet/fleet-screen.tsx';
import { Frame } from './features/frame/frame.tsx';
import { LineScreen } from './features/line/line-screen.tsx';
import { OverviewScreen } from './features/overview/overview-screen.tsx';
import { PeopleScreen } from './features/people/people-screen.tsx';
import { FileScreen } from './features/plant-setup/file-screen.tsx';
import { MaterialsScreen } from './features/plant-setup/materials-screen.tsx';
import { NodesScreen } from './features/plant-setup/nodes-screen.tsx';
import { PlantSetUp } from './features/plant-setup/plant-set-up.tsx';
import { PlantsScreen } from './features/plant-setup/plants-screen.tsx';
import { ShiftsScreen } from './features/plant-setup/shifts-screen.tsx';
import { StructureScreen } from './features/plant-setup/structure-screen.tsx';
import { TokensScreen } from './features/plant-setup/tokens-screen.tsx';
import { PoolScreen } from './features/pool/pool-screen.tsx';
import { MapScreen } from './features/pool-map/map-screen.tsx';
import { RetentionScreen } from './features/retention/retention-screen.tsx';
import { LabelScreen } from './features/review/label-screen.tsx';
import { ReviewScreen } from './features/review/review-screen.tsx';
import { createSession, type Person, type Session } from './features/session/create-session.ts';
import { ResetPasswordScreen } from './features/session/reset-password.tsx';
import { roleNames } from './features/session/role-names.ts';
import { SetUpScreen } from './features/session/set-up.tsx';
import { SignInScreen } from './features/session/sign-in.tsx';
import { AlarmsContext, createAlarms } from './lib/alarms.ts';
import { CatalogueContext, CatalogueRefreshContext, useCatalogue } from './lib/catalogue.ts';
import { createCatalogue } from './lib/create-catalogue.ts';
import { words } from './lib/language.ts';
import { createLive, LiveContext, useLive } from './lib/live.ts';
import { makeLiveClient } from './lib/live-client.ts';
import { reloadOutdated } from './lib/reload-outdated.ts';
import { sessionEndedExchange } from './lib/session-ended.ts';
import { storedOperationExchange } from './lib/stored-operation.ts';
import './lib/theme.ts';
import { ViewerContext } from './lib/viewer.ts';
import { EmptyState } from './ui/empty-state.tsx';

export function App() {
  // No cache: what the screens show is either live or asked for when it is needed.
  const client = createClient({
    url: '/graphql',
    exchanges: [
      storedOperationExchange(reloadOutdated),
      sessionEndedExchange(() => void session.isPresent()),
      fetchExchange,
    ],
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
        <Route path="/reset-password" component={() => <ResetPasswordScreen session={session} />} />
        <Route component={Gate}>
          <Route path="/" component={OverviewScreen} />
          <Route path="/plants/:plant/lines/:line" component={LineScreen} />
          <Route path="/alarms" component={AlarmsScreen} />
          <Route path="/fleet/:node?" component={FleetScreen} />
          <Route path="/data/:plant/review/label" component={LabelScreen} />
          <Route path="/data/:plant" component={DataFrame}>
            <Route path="/" component={() => <Navigate href="pool" />} />
            <Route path="/pool" component={PoolScreen} />
            <Route path="/retention" component={RetentionScreen} />
            <Route path="/map" component={MapScreen} />
            <Route path="/exchange" component={ExchangeScreen} />
            <Route path="/sets" component={SetsScreen} />
            <Route path="/sets/:version" component={SetScreen} />
            <Route path="/review" component={ReviewScreen} />
            <Route path="/book" component={BookScreen} />
            <Route path="/agreement" component={AgreementScreen} />
          </Route>
          <Route path="/account" component={AccountScreen} />
          <Route path="/admin/people" component={PeopleScreen} />
          <Route path="/admin/plants" component={PlantsScreen} />
          <Route path="/admin/plants/:plant" component={PlantSetUp}>
            <Route path="/" component={() => <Navigate href="structure" />} />
            <Route path="/structure" component={StructureScreen} />
            <Route path="/nodes" component={NodesScreen} />
            <Route path="/materials" component={MaterialsScreen} />
            <Route path="/shifts" component={ShiftsScreen} />
            <Route path="/tokens" component={TokensScreen} />
            <Route path="/file" component={FileScreen} />
          </Route>
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
  const rights = () => ({
    personId: props.viewer.person?.id ?? '',
    name: props.viewer.person?.name ?? '',
    isAdministrator: props.viewer.isAdministrator,
    administeredPlantIds: props.viewer.memberships
      .filter(({ roles }) => roles.includes('ADMINISTRATOR'))
      .map(({ plant }) => plant.id),
    rolesIn: Object.fromEntries(props.viewer.memberships.map(({ plant, roles }) => [plant.id, roles])),
  });

  return (
    <Show when={catalogue.plants()} fallback={<Notice text={words().session.connecting} />}>
      {(plants) => (
        <LiveContext.Provider value={live}>
          <CatalogueContext.Provider value={plants}>
            <CatalogueRefreshContext.Provider value={catalogue.refresh}>
              <ViewerContext.Provider value={rights}>
                <Watched>
                  <Frame
                    who={{ name: props.viewer.person?.name ?? '', roles: roleNames(props.viewer, words().roles) }}
                    onSignOut={() => props.session.signOut()}
                  >
                    {props.children}
                  </Frame>
                </Watched>
              </ViewerContext.Provider>
            </CatalogueRefreshContext.Provider>
          </CatalogueContext.Provider>
        </LiveContext.Provider>
      )}
    </Show>
  );
}

/** The alarms of all plants, whatever screen is open. */
function Watched(props: { children: JSX.Element }) {
  const plants = useCatalogue();
  const alarms = createAlarms(useLive(), () => plants().map(({ id }) => id));
  return <AlarmsContext.Provider value={alarms}>{props.children}</AlarmsContext.Provider>;
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
