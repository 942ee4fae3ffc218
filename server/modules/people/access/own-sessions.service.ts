/** The sessions of the one who asks. */
import { act } from '../../../kit/act.ts';
import type { Context } from '../../../kit/context.ts';
import { NotFoundError } from '../../../kit/errors.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { revokeSession, selectOpenSessions } from './access.queries.ts';
import type { SessionRow } from './access.table.ts';

export interface OwnSession extends SessionRow {
  isCurrent: boolean;
}

/** Those that are open, newest first; none for a machine. */
export async function ownSessions(context: Context): Promise<OwnSession[]> {
  const { viewer } = context;
  if (viewer.kind !== 'person') return [];
  const rows = await selectOpenSessions(context.db, viewer.personId, context.now());
  return rows.map((row) => ({ ...row, isCurrent: row.id === viewer.sessionId }));
}

/** Ends one of the own sessions and what is connected with it. */
export async function endSession(context: Context, globalId: string): Promise<OwnSession> {
  const id = keyOf('Session', globalId, 'sessionId');
  const session = (await ownSessions(context)).find((own) => own.id === id);
  if (!session) throw new NotFoundError('sessionId', globalId);
  return act(context, async ({ trx, now, audit, revoke }) => {
    await revokeSession(trx, id, now);
    audit('session.close', { plantId: null, subjectType: 'Session', subjectId: id });
    revoke(`session:${id}`);
    return { ...session, revoked_at: now };
  });
}
