/** Words of an edge node's status that its report and what is read of it have in common. */
import { builder } from '../../../kit/builder.ts';
import type { DeadLetterKind, GateMode } from '../../plant/parts/node-report.table.ts';

export const GateModeEnum = builder.enumType('GateMode', {
  description: 'What a station’s gate does with a reject.',
  values: {
    ACTIVE: { value: 'active' as GateMode, description: 'It is driven.' },
    DRY_RUN: { value: 'dry_run' as GateMode, description: 'Its timing is proved and nothing is moved.' },
    OFF: { value: 'off' as GateMode, description: 'It is not driven.' },
  },
});

export const DeadLetterKindEnum = builder.enumType('DeadLetterKind', {
  description: 'What the server refused.',
  values: {
    RESULT: { value: 'result' as DeadLetterKind, description: 'An inspection.' },
    IMAGE: { value: 'image' as DeadLetterKind, description: 'An image.' },
    EVENT: { value: 'event' as DeadLetterKind, description: 'An event of the node.' },
    COUNTS: { value: 'counts' as DeadLetterKind, description: 'Counts of parts.' },
    REVISION: { value: 'revision' as DeadLetterKind, description: 'What became of an image later.' },
  },
});
