import { words } from '../../lib/language.ts';
import { EmptyState } from '../../ui/empty-state.tsx';

/** Every kept image of the plant. */
export function PoolScreen() {
  return <EmptyState>{words().pool.none}</EmptyState>;
}
