/** What part of the plant an event is about. */
import { builder } from '../../../kit/builder.ts';
import { EventRef } from '../events/events.ref.ts';
import { EdgeNodeRef, LineRef, StationRef } from './plants.ref.ts';
import { loadOptionalPart } from './plants.service.ts';

builder.objectFields(EventRef, (t) => ({
  line: t.field({
    type: LineRef,
    nullable: true,
    description: 'The line it is about.',
    resolve: (event, _args, context) => loadOptionalPart(context, 'line', event.line_id),
  }),
  station: t.field({
    type: StationRef,
    nullable: true,
    description: 'The station it is about.',
    resolve: (event, _args, context) => loadOptionalPart(context, 'station', event.station_id),
  }),
  edgeNode: t.field({
    type: EdgeNodeRef,
    nullable: true,
    description: 'The edge node it is about.',
    resolve: (event, _args, context) => loadOptionalPart(context, 'edge_node', event.edge_node_id),
  }),
}));
