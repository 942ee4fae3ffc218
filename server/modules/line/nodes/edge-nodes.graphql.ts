/** The edge node; what it last said of itself is in `node-status.graphql.ts`. */
import { READERS_AND_NODES } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { EdgeNodeRef, PlantRef, StationRef } from '../../plant/parts/plants.ref.ts';
import { findVisible, loadPart, loadPartsOf } from '../../plant/parts/plants.service.ts';

const readersAndNodes = { roles: READERS_AND_NODES };

builder.node(EdgeNodeRef, {
  description: 'A computer at the line that serves one or more stations of a plant.',
  authScopes: readersAndNodes,
  id: { resolve: (node) => node.id, description: 'Global id.' },
  loadManyWithoutCache: (ids: string[], context) => findVisible(context, 'edge_node', ids),
  fields: (t) => ({
    code: t.exposeString('code', { description: 'Unique in the plant.' }),
    name: t.exposeString('name', { description: 'What people call it.' }),
    plant: t.field({
      type: PlantRef,
      description: 'The plant it stands in.',
      resolve: (node, _args, context) => loadPart(context, 'plant', node.plant_id),
    }),
    stations: t.field({
      type: [StationRef],
      description: 'The stations it serves, by code.',
      args: { includeRetired: t.arg.boolean({ description: 'Those that have been retired, too.' }) },
      resolve: (node, { includeRetired }, context) =>
        loadPartsOf(context, 'station', 'edge_node_id', node.id, includeRetired === true),
    }),
    lastSeenAt: t.expose('last_seen_at', {
      type: 'DateTime',
      nullable: true,
      description: 'When it last reported, by the server’s clock.',
    }),
    skewMs: t.exposeFloat('skew_ms', {
      nullable: true,
      description: 'Its clock minus the server’s at the last report, in milliseconds.',
    }),
  }),
});
