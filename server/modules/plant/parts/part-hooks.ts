/** What the modules above do when a part of the plant changes. Each act runs inside the transaction of the change. */
import type { Db, Trx } from '../../../database/database.ts';
import type { ActScope } from '../../../kit/act.ts';
import { defineHook } from '../../../kit/hook.ts';

/** A node was retired: its tokens end, and their connections after the commit. */
export const endNodeTokens = defineHook<[scope: ActScope, edgeNodeId: string], Promise<void>>('endNodeTokens');

/** A station went from one node to another. */
export const endCodesOfMove = defineHook<[trx: Trx, from: string | null, to: string | null], Promise<void>>(
  'endCodesOfMove',
);

/** Parts were retired: nobody will say any more that their conditions are gone. */
export const clearAlarmsOf = defineHook<
  [scope: ActScope, plantId: string, sourceIds: readonly string[], at: Date],
  Promise<unknown>
>('clearAlarmsOf');

/** Whether the plant has results, which are counted by the days of its time zone. */
export const hasInspections = defineHook<[trx: Trx, plantId: string], Promise<boolean>>('hasInspections');

/** After the commit: a camera or a station stands elsewhere. */
export const forgetCameraPlaces = defineHook<[db: Db], void>('forgetCameraPlaces');
