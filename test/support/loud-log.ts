/** A log for tests: what a server would log as an error belongs beside the test that caused it. */
import { type Log, silentLog } from '../../server/kit/log.ts';

export const loudLog: Log = {
  ...silentLog,
  error: (...args: unknown[]) => console.error(...args),
  fatal: (...args: unknown[]) => console.error(...args),
};
