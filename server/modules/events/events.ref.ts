/** The event's type by name, so that other modules can point to it. */
import { builder } from '../../kit/builder.ts';
import type { EventRow } from './events.table.ts';

export const EventRef = builder.objectRef<EventRow>('Event');
