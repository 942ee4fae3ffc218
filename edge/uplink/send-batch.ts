/** One call that carries many items, each answered for itself. A call that is refused as a whole is halved until the item at fault is found. */
import type { z } from 'zod';
import type { ItemsAnswer } from './answers.ts';
import type { QueuedItem, Refusal, Settlement } from './outbox-messages.ts';
import { type ServerClient, UplinkError } from './server-client.ts';

export interface BatchCall {
  document: string;
  schema: z.ZodType<ItemsAnswer>;
}

/** Throws `UplinkError` when the answer says nothing of the items: they are to be sent again, the same bytes. */
export async function sendBatch(
  client: ServerClient,
  call: BatchCall,
  batch: readonly QueuedItem[],
  signal: AbortSignal,
): Promise<Settlement[]> {
  try {
    const variables = `{"input":[${batch.map(({ body }) => body).join(',')}]}`;
    const answer = await client.graphql(call.document, variables, call.schema, signal);
    if (!('items' in answer)) {
      const { message, remedy, field, value } = answer;
      return await divide({ reason: `${message} ${remedy}`, field, value });
    }
    return batch.map(({ seq, id }, index) => {
      const item = answer.items[index];
      if (item?.id.toLowerCase() !== id)
        throw new UplinkError('contract', `item ${index} is answered as ${item?.id}, expected ${id}`);
      if (item.outcome === 'RECORDED' || item.outcome === 'DUPLICATE') return { seq, refusal: null };
      return { seq, refusal: { reason: item.reason ?? item.outcome, field: item.field, value: item.value } };
    });
  } catch (error) {
    if (!(error instanceof UplinkError) || error.trouble !== 'invalid') throw error;
    return await divide({ reason: error.message, field: null, value: null });
  }

  async function divide(refusal: Refusal): Promise<Settlement[]> {
    const [only] = batch;
    if (only && batch.length === 1) return [{ seq: only.seq, refusal }];
    const half = Math.ceil(batch.length / 2);
    return [
      ...(await sendBatch(client, call, batch.slice(0, half), signal)),
      ...(await sendBatch(client, call, batch.slice(half), signal)),
    ];
  }
}
