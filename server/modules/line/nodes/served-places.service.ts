/** Which stations and cameras a node serves. */
import type { Db } from '../../../database/database.ts';
import { selectServedPlaces } from './node-events.queries.ts';
import { type NodePlaces, nodePlaces } from './place-node-event.ts';

export async function servedPlaces(db: Db, edgeNodeId: string): Promise<NodePlaces> {
  return nodePlaces(await selectServedPlaces(db, edgeNodeId));
}
