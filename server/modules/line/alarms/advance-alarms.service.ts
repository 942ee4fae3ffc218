/** What time alone does to alarms: delays, pulses and shelves end. */
import { act } from '../../../kit/act.ts';
import { systemActor } from '../../../kit/audit.ts';
import type { Services } from '../../../kit/context.ts';
import { lockEventStreams } from '../../../kit/event-log.ts';
import { passTime } from './alarm-life.ts';
import { lockDueAlarms, selectPlantsWithDueAlarms } from './alarms.queries.ts';
import { readCircumstances, writeAlarms } from './write-alarms.ts';

/**
 * Carries out what has become due; one statement when nothing has. Call it about once a second; each alarm is advanced once, however
 * many servers do so. Gives how many there were.
 */
export async function advanceAlarms(services: Pick<Services, 'db' | 'hub' | 'config' | 'now'>): Promise<number> {
  const { db, config, now } = services;
  const at = now();
  const plantIds = await selectPlantsWithDueAlarms(db, at);
  if (plantIds.length === 0) return 0;
  return act(services, async (scope) => {
    const { trx } = scope;
    await lockEventStreams(trx, plantIds);
    const alarms = await lockDueAlarms(trx, plantIds, at, config.limits.alarmSteps);
    const circumstances = await readCircumstances(trx, alarms, at);
    for (const [plantId, own] of Map.groupBy(alarms, (alarm) => alarm.plant_id)) {
      const decided = own.map((before) => ({ before, life: passTime(before, circumstances(before)) }));
      await writeAlarms(scope, plantId, decided, systemActor);
    }
    return alarms.length;
  });
}
