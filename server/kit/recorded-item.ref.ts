/** The outcomes of an edge node's calls in the schema. */
import { builder } from './builder.ts';
import type { RecordedItem, RecordOutcome } from './recorded-item.ts';

export const RecordOutcomeEnum = builder.enumType('RecordOutcome', {
  description: 'What became of an item.',
  values: {
    RECORDED: { value: 'recorded' as RecordOutcome, description: 'Written now.' },
    DUPLICATE: { value: 'duplicate' as RecordOutcome, description: 'Was written before; nothing has changed.' },
    CONFLICT: {
      value: 'conflict' as RecordOutcome,
      description: 'The id was written before with other content; nothing has changed.',
    },
    REFUSED: { value: 'refused' as RecordOutcome, description: 'Cannot be taken; see field, value and reason.' },
  },
});

/** An object type of this name with the fields of `RecordedItem`. */
export function recordedItemRef(name: string) {
  return builder.objectRef<RecordedItem>(name).implement({
    description: 'What became of one item.',
    authScopes: { roles: ['edge_node'] },
    fields: (t) => ({
      id: t.exposeID('id', { description: 'The item’s id, as it was sent.' }),
      outcome: t.expose('outcome', { type: RecordOutcomeEnum, description: 'What became of it.' }),
      field: t.string({
        nullable: true,
        description: 'Of REFUSED and CONFLICT: path inside the item.',
        resolve: (item) => item.field ?? null,
      }),
      value: t.string({
        nullable: true,
        description: 'Of REFUSED and CONFLICT: the value there.',
        resolve: (item) => item.value ?? null,
      }),
      reason: t.string({
        nullable: true,
        description: 'Of REFUSED and CONFLICT: what is wrong with the value and what to do.',
        resolve: (item) => item.reason ?? null,
      }),
    }),
  });
}

/** Of calls other than `recordInspections`, whose items have a type of their own. */
const RecordedItemRef = recordedItemRef('RecordedItem');

/** The answer to one of those calls: an object type of this name. */
export function recordedItemsPayload(name: string) {
  return builder.objectRef<{ items: RecordedItem[] }>(name).implement({
    description: 'What became of the items of a call.',
    authScopes: { roles: ['edge_node'] },
    fields: (t) => ({
      items: t.field({
        type: [RecordedItemRef],
        description: 'In the order of the input.',
        resolve: ({ items }) => items,
      }),
    }),
  });
}
