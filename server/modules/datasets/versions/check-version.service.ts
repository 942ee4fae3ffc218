/** Checks of drafts: asked for by a person, carried out by a job, read with what was found. */
import { act } from '../../../kit/act.ts';
import type { Context } from '../../../kit/context.ts';
import { InvalidInputError } from '../../../kit/errors.ts';
import { loadByParent } from '../../../kit/load-rows.ts';
import { type Connection, type PageArgs, parsePage, toConnection } from '../../../kit/page.ts';
import {
  type IssueKey,
  type PlacedIssue,
  selectChecks,
  selectIssuePages,
  upsertQueuedCheck,
} from './checks.queries.ts';
import type { DatasetCheckRow } from './dataset-checks.table.ts';
import type { DatasetVersionRow } from './datasets.table.ts';
import { editableVersion, personOf, subjectOf } from './draft-access.ts';
import { lockDraft } from './draft-items.service.ts';

export const CHECK_JOB = 'dataset-check';

/** A check that has not ended by then is dead: asking again starts another. */
export const CHECK_EXPIRES_S = 3600;

/** Asks for a check; one that is under way is not started again. The job exists exactly when the row says so. */
export async function checkDatasetVersion(context: Context, versionGlobalId: string): Promise<DatasetVersionRow> {
  const field = 'datasetVersionId';
  const version = await editableVersion(context, versionGlobalId, field);
  const by = { personId: personOf(context), at: context.now() };
  return act(context, async ({ trx, audit }) => {
    const locked = await lockDraft(trx, version, field, versionGlobalId);
    const [check] = await selectChecks(trx, [version.id]);
    const isUnderWay = check?.state === 'queued' || check?.state === 'running';
    if (isUnderWay && check.requested_at.getTime() > by.at.getTime() - CHECK_EXPIRES_S * 1000) return locked;
    await upsertQueuedCheck(trx, version, by);
    await context.jobs.send(trx, CHECK_JOB, { datasetVersionId: version.id });
    audit('dataset.check', subjectOf(version), { revision: locked.revision });
    return locked;
  });
}

/** The last check of a version, or null. One statement for all that ask. */
export async function loadCheck(context: Context, versionId: string): Promise<DatasetCheckRow | null> {
  const select = (ids: readonly string[]) => selectChecks(context.db, ids);
  const [row] = await loadByParent(context, 'dataset checks', versionId, select, (each) => each.dataset_version_id);
  return row ?? null;
}

/** What the last check said of single images, the worst first. */
export async function listIssues(
  context: Context,
  versionId: string,
  args: PageArgs & { kind?: string | null | undefined; flagged?: boolean | null | undefined },
): Promise<Connection<PlacedIssue>> {
  const page = parsePage(args, context.config.limits, 3);
  const keys = { after: issueKey(page.after, 'after'), before: issueKey(page.before, 'before') };
  const question = { kind: args.kind ?? null, flagged: args.flagged ?? null };
  // lists of versions ask for the same page of each
  const rows = await loadByParent(
    context,
    `dataset issues ${JSON.stringify([page, question])}`,
    versionId,
    (ids) => selectIssuePages(context.db, ids, question, { ...page, ...keys }),
    (row) => row.dataset_version_id,
  );
  return toConnection(rows, page, (row) => [row.score, row.kind, row.image_sha256.toString('hex')]);
}

function issueKey(parts: readonly (string | number)[] | null, field: string): IssueKey | null {
  if (parts === null) return null;
  const [score, kind, sha256] = parts;
  if (typeof score !== 'number' || typeof kind !== 'string' || !/^[0-9a-f]{64}$/.test(String(sha256))) {
    throw new InvalidInputError(field, parts.join(' '), 'give a cursor as this field returned it');
  }
  return { score, kind, sha256: String(sha256) };
}
