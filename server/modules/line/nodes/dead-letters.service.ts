/** What the server refused stays with the node until a person has found out why and has it sent again. */

import { requireRole, SETTERS } from '../../../kit/access.ts';
import { act } from '../../../kit/act.ts';
import type { Context } from '../../../kit/context.ts';
import { NotFoundError } from '../../../kit/errors.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { findPart } from '../../plant/parts/plants.service.ts';
import type { EdgeNodeRow } from '../../plant/parts/plants.table.ts';

/** Asks the node to send all of it once more; it learns of that with its next plan. */
export async function retryDeadLetters(context: Context, edgeNodeId: string): Promise<EdgeNodeRow> {
  const node = await findPart(context, 'edge_node', keyOf('EdgeNode', edgeNodeId, 'edgeNodeId'));
  if (!node) throw new NotFoundError('edgeNodeId', edgeNodeId);
  requireRole(context, node.plant_id, SETTERS, { field: 'edgeNodeId', value: edgeNodeId });
  return act(context, async ({ trx, now, audit, event }) => {
    const written = await trx
      .updateTable('edge_node')
      .set({ dead_letter_retry_at: now })
      .where('id', '=', node.id)
      .returningAll()
      .executeTakeFirstOrThrow();
    const data = { node: edgeNodeId, deadLetters: node.status?.deadLetters ?? null };
    event(node.plant_id, { kind: 'node.dead_letters_retried', edgeNodeId: node.id, data });
    const subject = { subjectType: 'EdgeNode', subjectId: node.id, plantId: node.plant_id };
    const [before, after] = [{ retryAt: node.dead_letter_retry_at }, { retryAt: now }];
    audit('dead-letters.retry', subject, { deadLetters: data.deadLetters, before, after });
    return written;
  });
}
