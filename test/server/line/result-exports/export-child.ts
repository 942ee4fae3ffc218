/** Carries out one export in a process of its own, as a worker does: node export-child.ts EXPORT_ID, with DATABASE_URL and LEHR_HOME. */
import { readConfig } from '../../../../server/config.ts';
import { openDatabase } from '../../../../server/database/open-database.ts';
import { selectExport } from '../../../../server/modules/line/result-exports/result-exports.queries.ts';
import { runExport } from '../../../../server/modules/line/result-exports/run-export.ts';

const [id = ''] = process.argv.slice(2);
const config = readConfig();
const { db, close } = await openDatabase({
  url: config.databaseUrl,
  dataDir: null,
  statementMs: 20_000,
  connections: 1,
  onFailure: () => {},
});
const row = await selectExport(db, id);
if (!row) throw new Error(`there is no export ${id}`);
console.log('begun');
await runExport({ db, config }, row, AbortSignal.timeout(120_000));
console.log('done');
await close();
