/** How far the hour and day rollups are behind, for /metrics. */
import { Gauge, type Registry } from 'prom-client';
import type { Db } from '../../../database/database.ts';
import { selectRollupLag } from './rollup.queries.ts';

/** Read when somebody scrapes. The present hour is never rolled up: up to an hour and some minutes of lag is as it should be. */
export function observeRollupLag(registry: Registry, db: Db, now: () => Date): void {
  const registers = [registry];
  const late = new Gauge({
    name: 'lehr_rollup_late_hours',
    help: 'Hours that changed after they were rolled up and wait for the job; statistics read their minutes.',
    registers,
  });
  new Gauge({
    name: 'lehr_rollup_lag_seconds',
    help: 'Age of the first hour that is not rolled up, of the line that is furthest behind.',
    registers,
    async collect() {
      const { seconds, lateHours } = await selectRollupLag(db, now());
      this.set(seconds);
      late.set(lateHours);
    },
  });
}
