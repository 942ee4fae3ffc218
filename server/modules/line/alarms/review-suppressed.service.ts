/** What a server finds hidden when it starts may have been hidden by another rule than its own. */
import { act } from '../../../kit/act.ts';
import { systemActor } from '../../../kit/audit.ts';
import type { Services } from '../../../kit/context.ts';
import { lockEventStreams } from '../../../kit/event-log.ts';
import { passTime } from './alarm-life.ts';
import { isUnacknowledged } from './alarm-state.ts';
import { lockAlarms, selectSuppressed } from './alarms.queries.ts';
import { readCircumstances, writeAlarms } from './write-alarms.ts';

/** Shows what the present rule does not hide, and what was hidden although nobody had acknowledged it. Call it once, before the server is ready. */
export async function reviewSuppressed(services: Pick<Services, 'db' | 'hub' | 'now'>): Promise<void> {
  for (const [plantId, found] of Map.groupBy(await selectSuppressed(services.db), (alarm) => alarm.plant_id)) {
    const beneath = new Map(found.map((alarm) => [alarm.id, alarm.beneath]));
    await act(services, async (scope) => {
      const { trx, now } = scope;
      await lockEventStreams(trx, [plantId]);
      const alarms = await lockAlarms(trx, [...beneath.keys()]);
      const circumstances = await readCircumstances(trx, alarms, now);
      const decided = alarms.map((before) => {
        const present = circumstances(before);
        const wasAnnounced = isUnacknowledged(beneath.get(before.id) ?? 'normal');
        const life = passTime(before, { ...present, isSuppressed: present.isSuppressed && !wasAnnounced });
        return { before, life };
      });
      await writeAlarms(scope, plantId, decided, systemActor);
    });
  }
}
