/** Sending again what was refused: names and shapes only. */
import { READERS_AND_NODES, SETTERS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { EdgeNodeRef } from '../../plant/parts/plants.ref.ts';
import { retryDeadLetters } from './dead-letters.service.ts';

builder.objectField(EdgeNodeRef, 'deadLetterRetryAt', (t) =>
  t.expose('dead_letter_retry_at', {
    type: 'DateTime',
    nullable: true,
    authScopes: { roles: READERS_AND_NODES },
    description: 'When a person last asked for all that was refused to be sent again; the node does so once for each.',
  }),
);

builder.mutationField('retryDeadLetters', (t) =>
  t.field({
    type: EdgeNodeRef,
    description: 'Has a node send again all that the server has refused, after what was wrong has been put right.',
    authScopes: { roles: SETTERS },
    errors: { types: [InvalidInputError, NotFoundError] },
    args: { edgeNodeId: t.arg.id({ required: true, description: 'The node.' }) },
    resolve: (_root, { edgeNodeId }, context) => retryDeadLetters(context, edgeNodeId),
  }),
);
