/** Who is signed in at this browser, as far as the server has said. */
import type { Client } from '@urql/core';
import { createSignal, onCleanup } from 'solid-js';
import { type FragmentOf, type ResultOf, readFragment } from '#schema/graphql.ts';
import { backOffMs } from '../../lib/back-off.ts';
import { SignOut, ViewerFragment, WhoAmI } from './session.documents.ts';

export type Person = ResultOf<typeof ViewerFragment>;

export type SessionState =
  | { kind: 'asking' }
  /** Asking goes on by itself. */
  | { kind: 'unreachable' }
  | { kind: 'anonymous' }
  | { kind: 'signed-in'; viewer: Person };

export type Session = ReturnType<typeof createSession>;

export function createSession(client: Client) {
  const [state, setState] = createSignal<SessionState>({ kind: 'asking' });
  let timer: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(timer));

  async function ask(attempt: number): Promise<void> {
    const result = await client.query(WhoAmI, {}).toPromise();
    if (result.data) return enter(result.data.viewer);
    setState({ kind: 'unreachable' });
    timer = setTimeout(() => void ask(attempt + 1), backOffMs(attempt, Math.random()));
  }

  function enter(viewer: FragmentOf<typeof ViewerFragment> | null): void {
    const known = readFragment(ViewerFragment, viewer);
    setState(known?.person ? { kind: 'signed-in', viewer: known } : { kind: 'anonymous' });
  }

  /** One question for all feeds that lost their connection at once. */
  let asked: Promise<boolean> | undefined;
  async function askIfPresent(): Promise<boolean> {
    const result = await client.query(WhoAmI, {}).toPromise();
    // No answer says nothing about the session: the feeds go on trying.
    if (!result.data) return true;
    if (result.data.viewer) return true;
    setState({ kind: 'anonymous' });
    return false;
  }

  return {
    state,
    start: () => void ask(0),
    /** False when the server says that nobody is signed in: the sign-in screen then shows by itself. */
    isPresent: () => {
      asked ??= askIfPresent().finally(() => {
        asked = undefined;
      });
      return asked;
    },
    enter,
    signOut: async (): Promise<boolean> => {
      const result = await client.mutation(SignOut, {}).toPromise();
      if (!result.data) return false;
      setState({ kind: 'anonymous' });
      return true;
    },
  };
}
