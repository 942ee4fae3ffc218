/** The pool's types by name, so that other modules can point to them and add to them. */
import { builder } from '../../../kit/builder.ts';
import type { PoolImageRow, PoolViewRow } from './pool.table.ts';

export const PoolImageRef = builder.objectRef<PoolImageRow>('PoolImage');
export const PoolViewRef = builder.objectRef<PoolViewRow>('PoolView');

export const LabelStateEnum = builder.enumType('LabelState', {
  description: 'How far people are with an image.',
  values: {
    UNLABELLED: { value: 'unlabelled', description: 'Nobody has said anything of it.' },
    SUGGESTED: { value: 'suggested', description: 'An operator has answered at the line; that is no label.' },
    PENDING: { value: 'pending', description: 'More people have to say the same.' },
    CONFLICT: { value: 'conflict', description: 'People disagree: a third decides.' },
    LABELLED: { value: 'labelled', description: 'Enough people have said what it shows.' },
  } as const,
});

export const PoolOriginEnum = builder.enumType('PoolOrigin', {
  description: 'How an image came.',
  values: {
    LINE: { value: 'line', description: 'An edge node sent it.' },
    IMPORT: { value: 'import', description: 'A person brought it.' },
  } as const,
});
