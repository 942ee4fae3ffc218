/** Factors of production context that came later. Null in older rows; no table is rewritten. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<any>): Promise<void> {
  await sql`
    ALTER TABLE inspection ADD COLUMN lamp_hours real, ADD COLUMN material_supplier text,
      ADD COLUMN shift text, ADD COLUMN shift_calendar text;
    ALTER TABLE pool_image ADD COLUMN lamp_hours real, ADD COLUMN material_supplier text,
      ADD COLUMN shift text, ADD COLUMN shift_calendar text;
    ALTER TABLE pool_awaited ADD COLUMN lamp_hours real, ADD COLUMN material_supplier text,
      ADD COLUMN shift text, ADD COLUMN shift_calendar text;
    ALTER TABLE machine_status ADD COLUMN lamp_hours double precision;
  `.execute(db);
}
