/** The types of events by name, so that other modules can point to them. */
import { builder } from '../../../kit/builder.ts';
import type { EventRow } from './events.table.ts';

export const EventRef = builder.objectRef<EventRow>('Event');

/** Who caused something. */
export const ActorRef = builder.objectRef<Pick<EventRow, 'actor_kind' | 'actor_id'>>('Actor');
