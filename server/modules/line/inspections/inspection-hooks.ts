/** What the modules above do when recorded inspections change. Each act runs inside the transaction of the change. */
import type { Trx } from '../../../database/database.ts';
import { defineHook } from '../../../kit/hook.ts';
import type { ProductionChange } from './batch-factors.ts';
import type { CaptureState } from './captures.queries.ts';
import type { CorrectedRange } from './corrections.queries.ts';

/** The production of the inspections in the range was corrected. */
export const correctPooled = defineHook<[trx: Trx, range: CorrectedRange, change: ProductionChange], Promise<unknown>>(
  'correctPooled',
);

/** Images were thinned or lost after their results. */
export const revisePooled = defineHook<[trx: Trx, plantId: string, states: readonly CaptureState[]], Promise<unknown>>(
  'revisePooled',
);
