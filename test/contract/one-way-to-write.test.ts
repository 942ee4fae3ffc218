/** What the types cannot say: modules write through `act`, and the few that do not stand here with their reason. */
import { glob, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Transactions beside `act`: they leave no events and no entries, and wake nobody. */
const transactions: Readonly<Record<string, string>> = {
  'server/kit/act.ts': 'the one way to write',
  'server/modules/plant/plant-file/plant-file.service.ts':
    'reads a whole plant as it was at one moment (repeatable read); writes nothing',
  'server/modules/line/statistics/roll-up.service.ts':
    'derives sums from results; whoever recorded those left the entry',
  'server/modules/line/inspections/partitions.ts': 'makes the tables of a day, alone, before the results are written',
  'server/modules/people/access/node-tokens.queries.ts':
    'notes at each request when a token was last used; the first use ends the key before it, whose change was audited',
};

/** Calls of the hub beside `act`. */
const wakers: Readonly<Record<string, string>> = {
  'server/kit/act.ts': 'the one way to write',
  'server/modules/line/inspections/record-inspections.ts':
    'results, their positions and the audit’s entry are one statement that commits by itself; it wakes the line’s readers',
};

/** Users of the statements that `act` writes last. */
const writers: Readonly<Record<string, string>> = {
  'server/kit/act.ts': 'the one way to write',
  'server/kit/audit.ts': 'appends to the audit',
  'server/kit/event-log.ts': 'appends to the log',
  'server/modules/line/inspections/insert-results.queries.ts':
    'the statement of recorded results, with the audit’s entry in it',
};

const tables = [
  { name: 'transactions', pattern: /\.(start)?[tT]ransaction\(\)/, table: transactions },
  { name: 'calls of the hub', pattern: /\bhub\.(wake|touch|revoke)\(/, table: wakers },
  { name: 'statements of log and audit', pattern: /\b(appendAudit|auditSteps|appendEvents)\(/, table: writers },
];

async function sources(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const path of glob('server/**/*.ts', { cwd: root }))
    found.set(path, await readFile(`${root}${path}`, 'utf8'));
  return found;
}

const withoutComments = (text: string) => text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');

describe('one way to write', () => {
  it.each(tables)('has its $name where the table says, and nowhere else', async ({ pattern, table }) => {
    const files = await sources();
    expect(files.size).toBeGreaterThan(300);
    const users = [...files].filter(([, text]) => pattern.test(withoutComments(text))).map(([path]) => path);
    expect(users.toSorted(), 'write through act (server/kit/act.ts), or say here why not').toEqual(
      Object.keys(table).toSorted(),
    );
  });
});
