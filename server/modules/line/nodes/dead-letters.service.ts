/** What the server refused stays with the node until a person has found out why and has it sent again. */
import { requireRole, SETTERS } from '../../../kit/access.ts';
import { actorOf, appendAudit } from '../../../kit/audit.ts';
import type { Context } from '../../../kit/context.ts';
import { NotFoundError } from '../../../kit/errors.ts';
import { appendEvents } from '../../../kit/event-log.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { findPart } from '../../plant/parts/plants.service.ts';
import type { EdgeNodeRow } from '../../plant/parts/plants.table.ts';

/** Asks the node to send all of it once more; it learns of that with its next plan. */
export async function retryDeadLetters(context: Context, edgeNodeId: string): Promise<EdgeNodeRow> {
  const node = await findPart(context, 'edge_node', keyOf('EdgeNode', edgeNodeId, 'edgeNodeId'));
  if (!node) throw new NotFoundError('edgeNodeId', edgeNodeId);
  requireRole(context, node.plant_id, SETTERS, { field: 'edgeNodeId', value: edgeNodeId });
  const at = context.now();
  await context.db.transaction().execute(async (trx) => {
    await trx.updateTable('edge_node').set({ dead_letter_retry_at: at }).where('id', '=', node.id).execute();
    const actor = actorOf(context.viewer);
    const data = { node: edgeNodeId, deadLetters: node.status?.deadLetters ?? null };
    const event = { kind: 'node.dead_letters_retried', occurredAt: at, edgeNodeId: node.id, actor, data };
    await appendEvents(trx, node.plant_id, [event]);
    const subject = { subjectType: 'EdgeNode', subjectId: node.id, plantId: node.plant_id };
    await appendAudit(trx, { actor, at, ...subject, action: 'dead-letters.retry', detail: {} });
  });
  context.hub.wake('event', node.plant_id);
  return { ...node, dead_letter_retry_at: at };
}
