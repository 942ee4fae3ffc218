/** Times and ages of one plant in the words of the screen. */
import { formatAge, formatDateMinute } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { useLive } from '../../lib/live.ts';
import { usePlantSetUp } from './plant-context.ts';

export function useMoments() {
  const live = useLive();
  const { plant } = usePlantSetUp();
  /** By the server where a feed has told its time; a screen without live data has only its own clock. */
  const now = () => live.now() ?? Date.now();
  return {
    now,
    /** In the plant's time zone. */
    at: (iso: string) => formatDateMinute(Date.parse(iso), plant().timeZone, locale()),
    ago: (iso: string | null) =>
      iso === null ? words().setup.never : words().setup.ago(formatAge(now() - Date.parse(iso), locale())),
  };
}
