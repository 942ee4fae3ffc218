import './frame.css';
import type { JSX } from 'solid-js';
import { words } from '../../lib/language.ts';
import { useLive } from '../../lib/live.ts';
import { AlarmBanner } from './alarm-banner.tsx';
import { Breadcrumb } from './breadcrumb.tsx';
import { Navigation } from './navigation.tsx';
import { TruthBar } from './truth-bar.tsx';

interface FrameProps {
  children: JSX.Element;
  who: { name: string; roles: string[] };
  onSignOut: () => Promise<boolean>;
}

/** What stands around every screen: where one is, where one can go, and how far the screen may be trusted. */
export function Frame(props: FrameProps) {
  const live = useLive();
  return (
    <div class="frame">
      <header class="frame-head">
        <span class="frame-name">{words().appName}</span>
        <Breadcrumb />
        <AlarmBanner />
      </header>
      <Navigation />
      <main class="frame-screen" data-no-data={live.isLocked() ? '' : undefined}>
        {props.children}
      </main>
      <TruthBar who={props.who} onSignOut={props.onSignOut} />
    </div>
  );
}
