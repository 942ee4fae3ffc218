/** Every SQL statement of the training module: rows in, rows out, no rules. */
import { sql } from 'kysely';
import type { Db, Trx } from '../../../database/database.ts';
import type { TrainingRunRow, TrainingRunTable } from './training.table.ts';

export async function insertTrainingRun(trx: Trx, row: TrainingRunRow): Promise<void> {
  await trx.insertInto('training_run').values(row).execute();
}

export function selectTrainingRun(db: Db, id: string): Promise<TrainingRunRow | undefined> {
  return db.selectFrom('training_run').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Marks the run as begun, unless it has ended. False when it has. */
export async function beginTrainingRun(db: Db, id: string, at: Date): Promise<boolean> {
  const result = await db
    .updateTable('training_run')
    .set({ state: 'running', started_at: at, progress: 0, step: null })
    .where('id', '=', id)
    .where('state', 'in', ['queued', 'running'])
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

export async function updateTrainingRun(
  db: Db,
  id: string,
  change: Partial<Pick<TrainingRunTable, 'state' | 'step' | 'error' | 'finished_at'>> & { progress?: number },
): Promise<void> {
  await db.updateTable('training_run').set(change).where('id', '=', id).execute();
}

/** Hashes of the good images that a version gives to training; golden and validation images are never among them. */
export async function selectTrainingImages(db: Db, datasetVersionId: string): Promise<string[]> {
  const { rows } = await sql<{ sha256: string }>`
    SELECT encode(image_sha256, 'hex') AS sha256 FROM dataset_item
    WHERE dataset_version_id = ${datasetVersionId}::uuid AND split = 'train' AND label = 'good'
    ORDER BY image_sha256
  `.execute(db);
  return rows.map((row) => row.sha256);
}
