/** Whether the server can do its work now, and if not, why. */
import { sql } from 'kysely';
import type { Db } from '../database/database.ts';

export interface Readiness {
  ready(): void;
  /** For good: the server is stopping or broken. */
  fail(reason: string): void;
  /** undefined when ready, otherwise the reason in words. */
  find(db: Db): Promise<string | undefined>;
}

const patienceMs = 2000;

export function createReadiness(): Readiness {
  let state: string | undefined = 'the server is starting';
  let hasFailed = false;
  return {
    ready() {
      if (!hasFailed) state = undefined;
    },
    fail(reason) {
      state = reason;
      hasFailed = true;
    },
    find: async (db) => state ?? (await databaseTrouble(db)),
  };
}

async function databaseTrouble(db: Db): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`the database gave no answer in ${patienceMs} ms`), patienceMs);
  });
  const asked = sql`SELECT 1`.execute(db).then(
    () => undefined,
    (error: unknown) => `the database does not answer: ${error instanceof Error ? error.message : String(error)}`,
  );
  const reason = await Promise.race([asked, late]);
  clearTimeout(timer);
  return reason;
}
