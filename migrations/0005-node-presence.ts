/** Which edge nodes are up: so that each coming and going is one event, whichever server process notices. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<any>): Promise<void> {
  await sql`
    -- a row from the first report on until the node has been silent for too long
    CREATE TABLE node_presence (
      edge_node_id uuid PRIMARY KEY,
      plant_id uuid NOT NULL,
      up_since timestamptz NOT NULL,
      FOREIGN KEY (plant_id, edge_node_id) REFERENCES edge_node (plant_id, id)
    );
  `.execute(db);
}
