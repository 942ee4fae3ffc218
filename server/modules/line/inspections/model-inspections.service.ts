/** Every verdict of a model version: the way from what taught it to what it did. */
import type { Context } from '../../../kit/context.ts';
import { loadByParent } from '../../../kit/load-rows.ts';
import { type Connection, type PageArgs, toConnection } from '../../../kit/page.ts';
import { parseTimePage, timeCursor } from '../../../kit/time-page.ts';
import type { ReadInspection } from './inspections.queries.ts';
import { type ModelInspectionQuestion, selectModelInspections } from './model-inspections.queries.ts';

/** One statement for all versions that ask for the same page. */
export async function listModelInspections(
  context: Context,
  modelVersionId: string,
  question: ModelInspectionQuestion,
  args: PageArgs,
): Promise<Connection<ReadInspection>> {
  const time = parseTimePage(args, context.config.limits);
  const rows = await loadByParent(
    context,
    `inspections of models ${JSON.stringify([question, time])}`,
    modelVersionId,
    (ids) => selectModelInspections(context.db, ids, question, time),
    (row) => row.model_version_id,
  );
  return toConnection(rows, time.page, (row) => timeCursor({ at: row.captured_at, id: row.id }));
}
