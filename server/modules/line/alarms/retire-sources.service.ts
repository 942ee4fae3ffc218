/** Parts that are retired have no conditions any more. */
import type { ActScope } from '../../../kit/act.ts';
import { alarmTypes } from './alarm-definitions.ts';
import { selectAlarmsOf } from './alarms.queries.ts';
import { observeConditions } from './observe-conditions.service.ts';

/** Lets the alarms of these parts of a plant return: nobody will ever say that their conditions are gone. Answered ones are normal then. */
export async function clearAlarmsOf(
  scope: ActScope,
  plantId: string,
  sourceIds: readonly string[],
  at: Date,
): Promise<void> {
  const keys = sourceIds.flatMap((sourceId) => alarmTypes.map((type) => ({ type, sourceId })));
  const held = (await selectAlarmsOf(scope.trx, plantId, keys)).filter((alarm) => alarm.is_observed);
  await observeConditions(
    scope,
    plantId,
    held.map(({ type, source_kind: kind, source_id: id, observed_at: heardAt, data }) => ({
      type: type as (typeof alarmTypes)[number],
      source: { kind, id },
      state: 'clear',
      // a source whose clock runs ahead has the last word otherwise
      at: heardAt > at ? heardAt : at,
      data,
    })),
  );
}
